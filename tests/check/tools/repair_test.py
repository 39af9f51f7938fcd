# SPDX-License-Identifier: LGPL-2.1-or-later
"""omvstr repair: every good frame, in a recording that is whole, and a report.

What comes out is read by omvimg.py, which shares nothing with the library.
"""

import json
import os
import resource
import signal
import subprocess
import tempfile
import unittest

import golden
import stored
from omvimg import Recording, Writer, noise
from tool import TOOL, ToolTest, main


class RepairTest(ToolTest):
    """A test that looks at the report and at what comes out."""

    def repair(self, data, *options):
        """The report on a recording, and the bytes that come out."""
        self.path("in.bin", bytes(data))
        report = self.json("repair", "--json", "--force", *options, "in.bin",
                           "out.bin")
        return report, self.path("out.bin").read_bytes()


class Repair(RepairTest):
    def test_good_stays(self):
        """What needs no repair is copied byte by byte."""
        for g in golden.good():
            if g.version not in ("1.1", "2.0") or g.pictures != g.frames:
                continue
            with self.subTest(g.name):
                report, out = self.repair(g.data)
                self.assertEqual(out, g.data)
                self.assertEqual(report["damages"], [])

    def test_versions_that_are_only_read(self):
        """1.0 becomes 1.1, 2.1 becomes 2.0; pictures stay, times round."""
        for g in golden.good():
            if g.version not in ("1.0", "2.1"):
                continue
            with self.subTest(g.name):
                _, out = self.repair(g.data)
                self.assertEqual(out[13:16],
                                 {"1.0": b"1.1", "2.1": b"2.0"}[g.version])
                frames = stored.read(out)
                self.assertEqual(stored.pictures(frames),
                                 stored.pictures(stored.read(g.data)))
                for frame, wanted in zip(frames, g.frames):
                    self.assertLessEqual(abs(frame.time_ns - wanted.time_ns),
                                         500_000)

    def test_large_frames(self):
        """Those take another way than small ones, changed or not."""
        for version in "1.0", "1.1", "2.0", "2.1":
            writer = Writer(version)
            for number, (w, h) in enumerate(((500, 400), (3, 3), (700, 301),
                                             (101, 99), (640, 480))):
                writer.frame(33 + number, w, h, "RGB565",
                             noise(2 * w * h, number))
            _, out = self.repair(writer.data)
            self.assertEqual(stored.pictures(stored.read(out)),
                             stored.pictures(stored.read(writer.data)))
            if version in ("1.1", "2.0"):
                self.assertEqual(out, bytes(writer.data))

    @unittest.skipUnless(os.path.isdir("/dev/shm"), "no other file system")
    def test_between_file_systems(self):
        """Where the system cannot copy from file to file, all is as well."""
        writer = Writer()
        for number in range(20):
            writer.frame(33, 640, 480, "GRAYSCALE", noise(640 * 480, number))
        with tempfile.NamedTemporaryFile(dir="/dev/shm") as file:
            file.write(writer.data)
            file.flush()
            self.works("repair", "-q", file.name, "out.bin")
        self.assertEqual(self.path("out.bin").read_bytes(), bytes(writer.data))

    def test_frames_without_pictures(self):
        g = golden.find("v20_argb8")
        report, out = self.repair(g.data)
        self.assertEqual(report["left_out"], len(g.frames) - len(g.pictures))
        self.assertEqual([f.time_ns for f in stored.read(out)],
                         [f.time_ns for f in g.pictures])

    def test_golden_damage(self):
        for g in golden.all_files():
            if g.good or g.data[:13] != b"OMV IMG STR V" \
                    or g.data[13:16] == b"3.0":
                continue
            with self.subTest(g.name):
                report, out = self.repair(g.data)
                self.assertEqual(len(report["damages"]), 1)
                self.assertEqual(report["frames"], len(stored.read(out)))
                self.assertEqual(
                    stored.pictures(stored.read(out)),
                    stored.pictures(Recording(g.data, resync=True).frames))

    def test_cut_at_every_byte(self):
        """All frames that are whole, and the rest is said."""
        writer = Writer()
        writer.data[:] = stored.grays(3)
        writer.frame(40, 9, 3, "GRAYSCALE", b"x" * 27)
        for size in range(stored.FIRST, len(writer.data) + 1):
            part = bytes(writer.data[:size])
            report, out = self.repair(part)
            expected = Recording(part).frames
            self.assertEqual(stored.read(out), expected, size)
            self.assertEqual(out, bytes(writer.data[:len(out)]), size)
            ends = expected[-1].offset + 32 + len(expected[-1].payload) \
                if expected else stored.FIRST
            self.assertEqual(report["lost"],
                             size - max(min(size, len(out)), ends), size)

    def test_any_byte_wrong(self):
        """One wrong byte of a header costs one frame at most."""
        data = stored.grays(5)
        good = stored.pictures(stored.read(data))
        for at in range(stored.FIRST + 64, stored.FIRST + 96):
            broken = bytearray(data)
            broken[at] ^= 0xff
            _, out = self.repair(broken)
            found = stored.pictures(stored.read(out))
            others = [p for i, p in enumerate(good) if i != 1]
            self.assertEqual([p for p in found if p in others], others, at)
            self.assertLessEqual(len(found), 5)

    def test_false_size(self):
        """A frame whose size swallowed others is lost, they are not."""
        writer = Writer()
        stored.gray(writer, 40, 1)
        at = len(writer.data)
        writer.frame(40, 8, 8, "JPEG", b"\xff\xd8\xff" + b"j" * 29)
        for value in range(2, 6):
            stored.gray(writer, 40, value)
        writer.data[at + 16] = 32 + 40      # ends within the frame behind it
        report, out = self.repair(writer.data)
        self.assertEqual([f.payload[0] for f in stored.read(out)],
                         [1, 2, 3, 4, 5])
        self.assertEqual(report["damages"][0]["offset"], at)

    def test_stop_at_damage(self):
        data = bytearray(stored.grays(5))
        data[stored.FIRST + 64 + 12] = 0xee
        report, out = self.repair(data, "--stop-at-damage")
        self.assertEqual(out, bytes(data[:stored.FIRST + 64]))
        self.assertEqual(len(report["damages"]), 1)

    def test_exact_times_restore_gaps(self):
        data = bytearray(stored.grays(6, exact=7_000_000_123))
        for number in 2, 3:
            data[stored.FIRST + 64 * number + 12] = 0xee
        report, out = self.repair(data)
        self.assertEqual(stored.intervals(out), [40, 40, 120, 40])
        self.assertEqual(stored.exact_times(out),
                         [7_000_000_123 + i * 40_000_000 for i in (0, 1, 4, 5)])
        self.assertEqual((report["gaps"], report["gap"]), (1, 0.08))
        # without them nobody knows
        data = bytearray(stored.grays(6))
        data[stored.FIRST + 64 * 2 + 12] = 0xee
        report, out = self.repair(data)
        self.assertEqual(stored.intervals(out), [40] * 5)
        self.assertEqual(report["gaps"], 0)

    def test_joined_versions(self):
        """An old recording with a new one joined to it becomes a new one."""
        old, new = Writer("1.1"), Writer("2.0")
        for value in 1, 2:
            stored.gray(old, 40, value)
            new.frame(20, 4, 2, "YUV422", bytes([value]) * 16)
        _, out = self.repair(old.data + new.data)
        self.assertEqual(out[13:16], b"2.0")
        frames = stored.read(out)
        self.assertEqual([f.format for f in frames],
                         ["GRAYSCALE"] * 2 + ["YUV422"] * 2)
        self.assertEqual([f.interval for f in frames], [40, 40, 20, 20])

    def test_missing_padding(self):
        data = Writer().frame(1, 9, 3, "GRAYSCALE", b"a" * 27).data
        _, out = self.repair(data[:-5])
        self.assertEqual(out, bytes(data))

    def test_empty(self):
        data = Writer().data
        report, out = self.repair(data)
        self.assertEqual((out, report["frames"]), (bytes(data), 0))

    def test_summary(self):
        data = bytearray(stored.grays(5))
        data[stored.FIRST + 64 + 12] = 0xee
        self.path("in.bin", bytes(data))
        lines = self.works("repair", "in.bin", "out.bin").splitlines()
        self.assertEqual(len(lines), 2)
        self.assertIn(f"byte {stored.FIRST + 64}", lines[0])
        self.assertIn("out.bin: frames: 4", lines[1])
        self.assertEqual(
            self.works("repair", "-q", "-f", "in.bin", "out.bin"), "")


class Old(RepairTest):
    """Frames that an older recording left in the file."""

    def over(self, new, old):
        """A new recording written over an old one that was longer."""
        self.assertLess(len(new), len(old))
        return new + old[len(new):]

    def check(self, data, n_new, n_old, reason):
        report, out = self.repair(data)
        self.assertEqual(len(stored.read(out)), n_new + n_old)
        self.assertEqual([(o["first"], o["last"], o["reason"])
                          for o in report["old"]],
                         [(n_new, n_new + n_old - 1, reason)])
        report, out = self.repair(data, "--drop-old")
        self.assertEqual(report["dropped"], n_old)
        self.assertEqual([f.payload[0] for f in stored.read(out)],
                         list(range(n_new)))

    def test_other_size(self):
        self.check(self.over(stored.grays(5), stored.grays(9, size=(9, 7))),
                   5, 5, "kind")

    def test_other_rate(self):
        new = stored.grays(10, size=(9, 7))
        old = stored.grays(12, 200, size=(9, 7))
        self.check(new + old[80:], 10, 11, "rate")

    def test_clock_goes_back(self):
        """Seen where the new recording ends exactly at an old frame, too."""
        new = stored.grays(3, exact=5_000_000_000)
        old = stored.grays(8, exact=1_000_000_000)
        self.check(self.over(new, old), 3, 5, "clock")

    def test_same_is_not_old(self):
        data = bytearray(stored.grays(40))
        data[stored.FIRST + 64 * 10 + 12] = 0xee
        report, _ = self.repair(data)
        self.assertEqual(report["old"], [])

    def test_joined_is_not_old(self):
        data = stored.grays(20, exact=5_000_000_000) \
            + stored.grays(20, 400, size=(3, 3), exact=7)
        report, out = self.repair(data)
        self.assertEqual(report["old"], [])
        self.assertEqual(len(stored.read(out)), 40)


class Sidecars(RepairTest):
    def test_go_along(self):
        data = bytearray(stored.grays(5))
        data[stored.FIRST + 64 + 12] = 0xee
        self.path("in.bin.json", b'{"start":"2026-08-14T10:22:33Z",'
                                 b'"user":{"a":"b"},"more":7}')
        self.path("in.bin.jsonl", b'{"frame":0}\n{"frame":3,"x":1}\n{"y":2}\n')
        self.repair(data)
        self.assertIn(b'"more"', self.path("out.bin.json").read_bytes())
        self.assertEqual(self.path("out.bin.jsonl").read_bytes(),
                         b'{"frame":0}\n{"frame":2,"x":1}\n{"y":2}\n')

    def lines_of(self, data, n, *said):
        """Which frames have lines now, and those that they had, if each of the
        first n frames as they were recorded has one."""
        self.path("in.bin", bytes(data))
        self.path("in.bin.jsonl", "".join(
            f'{{"frame":{i},"was":{i}}}\n' for i in range(n)).encode())
        result = self.run_tool("repair", "--force", "in.bin", "out.bin")
        self.assertEqual(result.code, 0, result.err)
        if said:
            self.assert_sentence(result.err, "in.bin.jsonl", *said)
        else:
            self.assertEqual(result.err, "")
        lines = map(json.loads,
                    self.path("out.bin.jsonl").read_text().splitlines())
        return [(line["frame"], line["was"]) for line in lines]

    def test_lines_behind_lost_frames(self):
        """They follow their frames, where it is known how many were lost."""
        good = stored.grays(8)
        data = bytearray(good)
        data[stored.FIRST + 64 * 2 + 12] = 0xee
        data[stored.FIRST + 64 * 3 + 12] = 0xee
        self.assertEqual(self.lines_of(data, 8),
                         [(0, 0), (1, 1), (2, 4), (3, 5), (4, 6), (5, 7)])
        self.assertEqual(self.lines_of(data[:-1], 8),
                         [(0, 0), (1, 1), (2, 4), (3, 5), (4, 6)])
        self.assertEqual(self.lines_of(data, 3), [(0, 0), (1, 1)])

    def test_lines_that_nobody_can_tell(self):
        """They are left out, and counted."""
        good = stored.grays(8)
        twice = bytearray(good)
        for n in 2, 5:
            twice[stored.FIRST + 64 * n + 12] = 0xee
        # a part of a frame is gone, or more lines than frames there were
        short = good[:stored.FIRST + 64 * 3 + 16] \
            + good[stored.FIRST + 64 * 4:]
        once = bytearray(good)
        once[stored.FIRST + 64 * 2 + 12] = 0xee
        for data, n, first in ((twice, 8, 2), (short, 8, 3), (once, 9, 2)):
            with self.subTest(n=n, first=first):
                self.assertEqual(self.lines_of(data, n, str(n - first)),
                                 [(i, i) for i in range(first)])

    def test_lines_of_another_size(self):
        """Who knows how many frames were lost between two sizes?"""
        data = bytearray(stored.grays(4) + stored.grays(
            4, size=(16, 16))[stored.FIRST:])
        data[stored.FIRST + 64 * 3 + 12] = 0xee
        self.assertEqual(self.lines_of(data, 8, "5"),
                         [(0, 0), (1, 1), (2, 2)])

    def test_old_ones_that_stay(self):
        """A directory cannot be unlinked; as good as a file that cannot."""
        self.path("in.bin", stored.grays(2))
        (self.path("out.bin.jsonl")).mkdir()
        result = self.run_tool("repair", "--force", "in.bin", "out.bin")
        self.assertEqual((result.code, result.out), (1, ""))
        self.assert_sentence(result.err, "out.bin", "out.bin.jsonl",
                             "cannot be removed")


class Wrong(ToolTest):
    """Bad input: one sentence, and nothing under the final name."""

    def test_no_recording(self):
        for data, words in ((b"", "byte 0"), (b"OMV IMG STR V2", "byte 14"),
                            (golden.find("bad_magic_riff").data, "not an OMV"),
                            (golden.find("bad_version_30").data, "3.0")):
            self.path("in.bin", data)
            self.fails("repair", "in.bin", "out.bin", subject="in.bin",
                       words=(words,))

    def test_places(self):
        self.path("folder").mkdir()
        self.path("in.bin", stored.grays(2))
        self.fails("repair", "no.bin", "out.bin", subject="no.bin",
                   words=("no such file",))
        self.fails("repair", "folder", "out.bin", subject="folder",
                   words=("directory",))
        self.fails("repair", "in.bin", "folder", subject="folder",
                   words=("directory",))
        self.fails("repair", "in.bin", "no/out.bin", subject="no/out.bin",
                   words=("directory",))
        self.fails("repair", "--force", "in.bin", "./in.bin",
                   subject="./in.bin", words=("same file",))
        self.path("out.bin", b"precious")
        self.fails("repair", "in.bin", "out.bin", subject="out.bin",
                   words=("--force",))
        self.assertEqual(self.path("out.bin").read_bytes(), b"precious")
        self.path("new.bin.json", b"precious")
        self.fails("repair", "in.bin", "new.bin", subject="new.bin.json",
                   words=("--force",))

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_no_permission(self):
        self.path("in.bin", stored.grays(2)).chmod(0)
        self.fails("repair", "in.bin", "out.bin", subject="in.bin",
                   words=("ermission",))

    def test_usage(self):
        for arguments in ((), ("in.bin",), ("in.bin", "out.bin", "more.bin"),
                          ("--frobnicate", "in.bin", "out.bin")):
            self.fails("repair", *arguments, code=2)

    def test_no_space(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

        # small and large frames take different ways
        for size in (8, 4), (400, 300):
            self.path("in.bin", stored.grays(2000 if size[0] == 8 else 5,
                                             size=size))
            done = subprocess.run(
                [TOOL, "repair", "in.bin", "out.bin"], cwd=self.folder,
                stdin=subprocess.DEVNULL, capture_output=True, check=False,
                restore_signals=False, preexec_fn=limit, timeout=30)
            self.assertEqual((done.returncode, done.stdout), (1, b""))
            self.assert_sentence(done.stderr.decode(), "out.bin")
            self.assertEqual(self.files(), ["in.bin"])

    def test_interrupted(self):
        """Ctrl-C leaves nothing, whenever it comes."""
        self.path("in.bin", stored.grays(1, size=(4000, 2000))
                  + stored.grays(20, size=(2000, 2000))[16:])
        for attempt in range(5):
            with subprocess.Popen(
                    [TOOL, "repair", "in.bin", "out.bin"], cwd=self.folder,
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE) as process:
                while process.poll() is None and self.files() == ["in.bin"]:
                    pass
                process.send_signal(signal.SIGINT)
                _, errors = process.communicate(timeout=30)
            if process.returncode == 0:
                self.assertEqual(self.files(), ["in.bin", "out.bin"])
                self.path("out.bin").unlink()
                continue
            if process.returncode > 0:
                self.assert_sentence(errors.decode(), None, "nterrupted")
                self.assertEqual(self.files(), ["in.bin"])
            self.assertNotIn("out.bin", self.files())
            for name in self.files():
                if name.endswith(".part"):
                    self.path(name).unlink()


if __name__ == "__main__":
    main()
