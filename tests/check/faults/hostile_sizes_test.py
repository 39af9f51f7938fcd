# SPDX-License-Identifier: LGPL-2.1-or-later
"""Headers that claim more than a frame may have, in files that are so long.

The guarantee: nobody fills more memory than max-frame-size, and for what is not
believed none at all: the most that each process ever held is far below what the
headers claim. A file with holes is as long as it has to be, and costs no disk.
"""

import os
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile

from faults import LONG, TOOL, WRONG, main
from omvimg import CODES, Writer, noise

MIB = 1 << 20
# As much as programs and the queues of pipelines need, and a lot more.
LIMIT = 200 * MIB
# more than max-frame-size, which is 256 MiB
W, H = 16384, 17500
SIZE = W * H
FILE_SIZE = SIZE + 5 * MIB
# What the one good frame shows, which comes before it.
PICTURE = noise(16 * 12)


def header(name, w, h, size_word=0):
    return struct.pack("<IiiII12x", 40, w, h, CODES[name], size_word)


# A frame that is larger than it may be.
CLAIMS = {
    "gray": ("2.0", header("GRAYSCALE", W, H)),
    "jpeg": ("2.0", header("JPEG", 320, 240, SIZE)),
    "png": ("2.0", header("PNG", 320, 240, SIZE + 1)),
    "old": ("1.1", struct.pack("<Iiii", 40, 320, 240, SIZE)),
    "bayer": ("2.0", header("BAYER_RGGB", W, H)),
}
DAMAGED = "it is larger than allowed"
# How a command ends, what it says, and the command.
COMMANDS = {
    "verify": (1, DAMAGED, TOOL, "verify", "--decode", "{}"),
    "pull": (0, DAMAGED, "gst-launch-1.0", "filesrc", "location={}", "!",
             "omvstrdemux", "!", "filesink", "location={}.out"),
    "push": (0, DAMAGED, "gst-launch-1.0", "filesrc", "location={}",
             "blocksize=1048576", "!", "queue", "!", "omvstrdemux", "!",
             "filesink", "location={}.out"),
    "info": (1, DAMAGED, TOOL, "info", "{}"),
    "list": (1, DAMAGED, TOOL, "list", "{}"),
    "extract": (1, "There is no frame 1, the last one is 0.", TOOL, "extract",
                "--force", "{}", "1", "{}.png"),
    "index": (0, "{}.idx", TOOL, "index", "{}"),
    "repair": (0, "frames: 1, damaged places: 1", TOOL, "repair", "--force",
               "{}", "{}.out"),
}


STORE = "__store: {class: VideoImgStore, format: avi/mjpeg, extension: .avi}\n"


def write_store(folder):
    """Whose table is a few hundred KB that become more than a table may be."""
    with open(os.path.join(folder, "metadata.yaml"), "w",
              encoding="utf-8") as file:
        file.write(STORE)
    with open(os.path.join(folder, "000000.avi"), "wb"):
        pass
    with zipfile.ZipFile(os.path.join(folder, "000000.npz"), "w",
                         zipfile.ZIP_DEFLATED, compresslevel=1) as table:
        for name, kind in ("frame_number", "<i8"), ("frame_time", "<f8"):
            head = (f"{{'descr': '{kind}', 'fortran_order': False, "
                    f"'shape': ({SIZE // 8},), }}\n").encode()
            with table.open(name + ".npy", "w") as member:
                member.write(b"\x93NUMPY\x01\0" + struct.pack("<H", len(head))
                             + head)
                for _ in range(SIZE // 8 * 8 // MIB):
                    member.write(bytes(MIB))
                member.write(bytes(SIZE // 8 * 8 % MIB))


def run_and_measure(command):
    """The exit code, what was said, and the most bytes of memory held."""
    with tempfile.TemporaryFile() as said, subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            env={**os.environ, "LC_ALL": "C.UTF-8"}) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return (process.returncode, said.read().decode(errors="replace"),
                usage.ru_maxrss * 1024)


@unittest.skipIf("asan" in os.environ.get("LD_PRELOAD", ""),
                 "the sanitizer keeps memory that was freed")
class HostileSizes(unittest.TestCase):
    def check(self, path, good, wanted_code, sentence, *command):
        code, said, size = run_and_measure(
            [word.replace("{}", path) for word in command])
        self.assertEqual(code, wanted_code, said)
        self.assertIn(sentence.replace("{}", path), said)
        self.assertIsNone(WRONG.search(said), said)
        self.assertLess(size, LIMIT)
        if "{}.out" in command[-1]:
            with open(path + ".out", "rb") as file:
                self.assertIn(file.read(), (PICTURE, good))

    def test_claims(self):
        chosen = [(claim, name) for claim in CLAIMS for name in COMMANDS] \
            if LONG else [("gray", "verify"), ("gray", "push"),
                          ("jpeg", "pull")]
        for claim, name in chosen:
            version, lie = CLAIMS[claim]
            writer = Writer(version)
            writer.frame(0, 16, 12, "GRAYSCALE", PICTURE)
            good = bytes(writer.data)
            with tempfile.TemporaryDirectory() as folder, \
                    self.subTest(claim=claim, command=name):
                path = os.path.join(folder, "a.bin")
                with open(path, "wb") as file:
                    file.write(good + lie)
                    file.truncate(FILE_SIZE)
                self.check(path, good, *COMMANDS[name])

    def test_table(self):
        with tempfile.TemporaryDirectory() as folder:
            write_store(folder)
            code, said, size = run_and_measure(
                [TOOL, "convert", folder, os.path.join(folder, "o.bin")])
            self.assertEqual(code, 1, said)
            self.assertIn("000000.npz", said)
            self.assertLess(size, LIMIT)

    def test_measure(self):
        """Who fills so much memory is seen."""
        _, _, size = run_and_measure(
            [sys.executable, "-c", f"b'x' * {SIZE}"])
        self.assertGreater(size, LIMIT)


if __name__ == "__main__":
    main()
