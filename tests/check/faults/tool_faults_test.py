# SPDX-License-Identifier: LGPL-2.1-or-later
"""omvstr on a disk on which each call of the system fails in turn.

convert_faults_test.py does it with what is no recording.
"""

import errno
import re

from faults import FaultTest, main
from omvimg import Recording
from toolfaults import EachCall, recording

METADATA = b'{\n  "label" : "part 17"\n}\n'


def lines(name):
    """Frame data that says beside which recording it lies."""
    return b"".join(b'{"frame": %d, "of": "%s"}\n' % (n, name.encode())
                    for n in range(12))


def damaged():
    """A recording with damage in its middle and a torn end."""
    data = bytearray(recording())
    place = Recording(bytes(data)).frames[4].offset
    data[place:place + 16] = b"\xff" * 16
    return bytes(data[:-1000])


class ToolFaults(EachCall):
    """Commands that read and write recordings."""

    def fail_each_of_info(self, files):
        """info reports what lies beside a recording: also that it is broken."""
        self.owns_up = "beside it, but it cannot be read"
        self.fail_each(files, "info", "a.bin")
        self.owns_up = None

    def inputs(self, **more):
        return {"a.bin": recording(), "a.bin.json": METADATA,
                "a.bin.jsonl": lines("a.bin"), **more}

    def wanted(self, after, run):
        """The lines of an input may be left out, if it is said."""
        wanted = super().wanted(after, run)
        for name in re.findall(r"(\S+)\.jsonl: This is left out", run.err):
            kept = [line for line in wanted["o.bin.jsonl"].splitlines(True)
                    if name.encode() not in line]
            wanted = {**wanted, "o.bin.jsonl": b"".join(kept)}
        return wanted

    def test_look(self):
        """What only reads."""
        self.fail_each_of_info(self.inputs())
        for command in ("list", "--csv"), ("verify", "--decode"):
            self.fail_each(self.inputs(), *command, "a.bin")

    def test_damaged(self):
        """Neither does a fault hide damage."""
        self.fail_each({"a.bin": damaged()}, "verify", "a.bin", code=1)

    def test_extract(self):
        for frame in "0", "2":
            self.fail_each(self.inputs(), "extract", "a.bin", frame, "o.png")
        self.fail_each(self.inputs(**{"o.png": b"old"}), "extract", "--force",
                       "a.bin", "3", "o.png")

    def test_index(self):
        self.fail_each(self.inputs(), "index", "a.bin")
        self.fail_each(self.inputs(**{"a.bin.idx": b"old"}), "index", "a.bin")

    def test_with_index(self):
        """An index that cannot be read is as none, and info says so."""
        self.fill(self.inputs())
        self.works("index", "a.bin")
        self.fail_each_of_info(self.content())

    def test_repair(self):
        self.fail_each(self.inputs(**{"a.bin": damaged()}), "repair", "a.bin",
                       "o.bin", ignored=("o.bin.json", "o.bin.jsonl"))

    def test_rewrite(self):
        self.fail_each(self.inputs(), "convert", "a.bin", "o.bin",
                       ignored=("o.bin.json", "o.bin.jsonl"))
        self.fail_each(self.inputs(**{"a.bin": recording(version="1.1")}),
                       "convert", "a.bin", "o.bin", "--version", "2.0",
                       ignored=("o.bin.json", "o.bin.jsonl"))

    def test_cut(self):
        self.fail_each(
            self.inputs(**{"o.bin": b"old", "o.bin.json": b"{}\n"}), "cut",
            "--force", "--from", "#2", "--to", "#9", "a.bin", "o.bin",
            ignored=("o.bin.json", "o.bin.jsonl"))

    def test_cat(self):
        more = {"b.bin": recording(5, seed=1), "b.bin.json": METADATA,
                "b.bin.jsonl": lines("b.bin")}
        self.fail_each(self.inputs(**more), "cat", "a.bin", "b.bin", "o.bin",
                       ignored=("o.bin.json", "o.bin.jsonl"))


class Record(FaultTest):
    """omvstr record, which cannot be run again."""

    ARGUMENTS = ("record", "test", "a.bin", "--frames", 40, "--size", "64x48",
                 "--rate", 400)

    def test_disk_full(self):
        """What was recorded before the disk failed stays, and is named."""
        self.fill({})
        good = self.run_tool(*self.ARGUMENTS, counted="write")
        self.assertEqual(good.code, 0, good.err)
        whole = self.path("a.bin").read_bytes()
        for kind in "full", f"dead {errno.EIO}":
            for number in range(2, len(good.calls) + 1):
                with self.subTest(number=number, kind=kind):
                    self.fill({})
                    run = self.run_tool(*self.ARGUMENTS, at=number, what=kind,
                                        counted="write")
                    self.assertEqual(run.code, 1)
                    self.assertIn("What was recorded is in a.bin.part.",
                                  run.err)
                    now = self.content()
                    self.assertEqual(list(now), ["a.bin.part"])
                    self.assertGreater(len(now["a.bin.part"]), 16)
                    self.assertTrue(whole.startswith(now["a.bin.part"]))

    def test_no_file(self):
        """Where not a frame could be written nothing is left."""
        self.fill({})
        run = self.run_tool(*self.ARGUMENTS, at=2, what=errno.EACCES,
                            counted="create")
        self.assertEqual((run.code, self.content()), (1, {}))


class Shrinking(FaultTest):
    """An input that loses half of its bytes before each call in turn."""

    def shrink_each(self, *arguments, first=0):
        """The result is that of the whole or of the halved recording, or
        nothing but a sentence. first: the first frame that is copied."""
        data = recording()
        half = data[:len(data) // 2]
        self.fill({"a.bin": half})
        short = self.result_of(self.run_tool(*arguments), half)
        if "o.bin" in short[2]:
            got, left = Recording(short[2]["o.bin"]), Recording(half)
            self.assertIsNone(got.problem)
            self.assertEqual([f.payload for f in got.frames],
                             [f.payload for f in left.frames[first:]])
        self.fill({"a.bin": data})
        good = self.works(*arguments)
        wanted = (short, self.result_of(good, data))
        for number in range(1, len(good.calls) + 1):
            with self.subTest(number=number, command=arguments[0]):
                self.fill({"a.bin": data})
                run = self.run_tool(*arguments, at=number, what="shrink",
                                    victim="a.bin")
                result = self.result_of(run, half)
                if result not in wanted:
                    self.assertEqual((run.code, result[2]), (1, {}))
                    self.assertIn("The recording changes while it is read.",
                                  run.err or run.out)

    def result_of(self, run, data):
        """How it ended, what it printed, and the files it made beside a.bin,
        which is to hold this."""
        files = self.content()
        self.assertEqual(files.pop("a.bin"), data)
        return run.code, run.out, files

    def test_shrink(self):
        for command in (("verify", "--decode", "a.bin"), ("info", "a.bin"),
                        ("list", "a.bin"), ("index", "a.bin"),
                        ("extract", "a.bin", "11", "o.png"),
                        ("repair", "a.bin", "o.bin"),
                        ("convert", "a.bin", "o.bin"),
                        ("cat", "a.bin", "o.bin")):
            self.shrink_each(*command)
        self.shrink_each("cut", "a.bin", "o.bin", "--from", "#1", first=1)


if __name__ == "__main__":
    main()
