# SPDX-License-Identifier: LGPL-2.1-or-later
"""omvstr cut and cat: frames as they are stored, each at its time.

What comes out is read by omvimg.py, which shares nothing with the library.
"""

import json

import golden
import stored
from omvimg import Recording, Writer
from tool import ToolTest, main

MS = 1_000_000


class Cut(ToolTest):
    def cut(self, *options, data=None):
        """The bytes that a cut leaves."""
        if data is not None:
            self.path("in.bin", bytes(data))
        self.works("cut", "-q", "--force", *options, "in.bin", "out.bin")
        return self.path("out.bin").read_bytes()

    def test_every_frame(self):
        """Between any two frames, by number and by time alike."""
        data = stored.grays(6)
        frames = stored.read(data)
        self.path("in.bin", data)
        for first in range(6):
            for end in range(first + 1, 7):
                out = self.cut("--from", f"#{first}", "--to", f"#{end}")
                self.assertEqual(stored.pictures(stored.read(out)),
                                 stored.pictures(frames[first:end]))
                # time starts at the first frame, unless that is the first
                self.assertEqual(stored.intervals(out),
                                 [40 if first == 0 else 0]
                                 + [40] * (end - first - 1))
                times = self.cut("--from", f"{40 * (first + 1)}ms",
                                 "--to", f"{40 * (end + 1)}ms")
                self.assertEqual(times, out)

    def test_one_end(self):
        data = stored.grays(6)
        self.assertEqual(self.cut("--to", "#4", data=data),
                         data[:16 + 4 * 64])
        self.assertEqual(len(stored.read(self.cut("--from", "0.2"))), 2)
        self.assertEqual(self.cut("--from", "#0"), data)
        self.assertEqual(self.cut("--to", "1:00:00"), data)

    def test_golden(self):
        """All pictures of a format survive, whatever the version."""
        for g in golden.good():
            if len(g.pictures) < 3 or g.pictures != g.frames:
                continue
            with self.subTest(g.name):
                frames = stored.read(g.data)
                out = stored.read(self.cut("--from", "#1", "--to", "#3",
                                           data=g.data))
                self.assertEqual(stored.pictures(out),
                                 stored.pictures(frames[1:3]))
                self.assertLessEqual(
                    abs(out[1].time_ns
                        - (frames[2].time_ns - frames[1].time_ns)), MS)

    def test_exact_times_stay(self):
        out = self.cut("--from", "#2", data=stored.grays(4, exact=123_456_789))
        self.assertEqual(stored.exact_times(out),
                         [123_456_789 + i * 40 * MS for i in (2, 3)])

    def test_sidecars(self):
        """Metadata is true of the new time 0; lines follow their frames."""
        self.path("in.bin.json", b'{"start":"2026-08-14T10:22:33.5+02",'
                                 b'"base-time":5,"trigger-time":140000000,'
                                 b'"label":"x","user":{"a":"b"}}')
        self.path("in.bin.jsonl", b'{"frame":1}\n{"note":1}\n{"frame":3,"d":7}\n'
                                  b'{"frame":5}\n')
        self.cut("--from", "#2", "--to", "#5", data=stored.grays(8))
        metadata = json.loads(self.path("out.bin.json").read_text())
        self.assertRegex(metadata["start"],
                         r"^2026-08-14T10:22:33\.620*\+02(:?00)?$")
        self.assertEqual(
            (metadata["base-time"], metadata["trigger-time"],
             metadata["label"], metadata["user"]),
            (5, 20 * MS, "x", {"a": "b"}))
        self.assertEqual(self.path("out.bin.jsonl").read_bytes(),
                         b'{"note":1}\n{"frame":1,"d":7}\n')
        # the trigger was before this part
        self.cut("--from", "#4")
        self.assertNotIn("trigger-time",
                         json.loads(self.path("out.bin.json").read_text()))
        # what lay beside an output that is overwritten goes with it
        for name in "in.bin.json", "in.bin.jsonl":
            self.path(name).unlink()
        self.cut("--from", "#4")
        self.assertEqual(self.files(), ["in.bin", "out.bin"])

    def test_broken_sidecar(self):
        self.path("in.bin", stored.grays(3))
        self.path("in.bin.json", b"{")
        result = self.run_tool("cut", "--from", "#1", "in.bin", "out.bin")
        self.assertEqual(result.code, 0)
        self.assert_sentence(result.err, "in.bin.json")
        self.assertEqual(self.files(), ["in.bin", "in.bin.json", "out.bin"])

    def test_damaged(self):
        data = bytearray(stored.grays(6))
        data[16 + 64 * 2 + 12] = 0xee
        self.path("in.bin", bytes(data))
        result = self.run_tool("cut", "-q", "--from", "#1", "in.bin", "out.bin")
        self.assertEqual(result.code, 1)
        self.assert_sentence(result.err, "in.bin", "damaged")
        self.assertEqual([f.payload[0] for f in stored.read(
            self.path("out.bin").read_bytes())], [1, 3, 4, 5])
        # not where the damage is
        self.cut("--to", "#2")

    def test_wrong(self):
        self.path("in.bin", stored.grays(3))
        for options in ((), ("--from", "soon"), ("--to", "#x"),
                        ("--from", "#2", "--to", "#2"),
                        ("--from", "2", "--to", "1")):
            self.fails("cut", *options, "in.bin", "out.bin", code=2)
        for options in ("--from", "#3"), ("--from", "1:00"), ("--to", "1ms"):
            self.fails("cut", *options, "in.bin", "out.bin", subject="in.bin",
                       words=("No frame",))
        self.path("empty.bin", bytes(Writer().data))
        self.fails("cut", "--from", "0", "empty.bin", "out.bin")
        self.fails("cut", "--from", "0", "no.bin", "out.bin", subject="no.bin")
        self.fails("cut", "-f", "--from", "0", "in.bin", "in.bin",
                   subject="in.bin", words=("same file",))


class NoPixels(ToolTest):
    def test_left_out(self):
        """Frames that hold no picture are left out, and that is said."""
        g = golden.find("v20_argb8")
        self.path("in.bin", g.data)
        n = len(g.frames) - len(g.pictures)
        self.assertGreater(n, 0)
        for line in ("cut", "--from=#0"), ("cat",), ("convert",):
            result = self.run_tool(*line, "-f", "in.bin", "out.bin")
            self.assertEqual(result.code, 0)
            self.assert_sentence(result.err, "in.bin", "without pixels",
                                 f": {n}.")
        without = next(f.index for f in g.frames if f.format == "ARGB8")
        result = self.run_tool("cut", "-qf", "in.bin", "x.bin", "--from",
                               f"#{without}", "--to", f"#{without + 1}")
        self.assertEqual(result.code, 1)
        self.assert_sentence(result.err, "in.bin", "No frame")
        self.assertEqual(self.files(), ["in.bin", "out.bin"])


class Cat(ToolTest):
    def cat(self, *recordings):
        """What joined recordings are, and what is said of gaps."""
        names = []
        for i, data in enumerate(recordings):
            names.append(f"{i}.bin")
            self.path(names[-1], bytes(data))
        result = self.run_tool("cat", "--force", *names, "out.bin")
        self.assertEqual(result.code, 0, result.err)
        return self.path("out.bin").read_bytes(), result.err

    def test_last_interval(self):
        """What a file's first interval was does not count."""
        out, said = self.cat(stored.grays(3), stored.grays(2, 2000, first=3),
                             stored.grays(2, 10, first=5))
        self.assertEqual(out[:16], b"OMV IMG STR V2.0")
        self.assertEqual([f.payload[0] for f in stored.read(out)],
                         list(range(7)))
        self.assertEqual(stored.intervals(out),
                         [40, 40, 40, 40, 2000, 2000, 10])
        self.assertEqual([line.split(": ")[1] for line in said.splitlines()],
                         ["1.bin", "2.bin"])
        self.assertIn("0.04 s", said)

    def test_exact_gap(self):
        out, said = self.cat(stored.grays(3, exact=1000 * MS),
                             stored.grays(3, exact=5000 * MS))
        self.assertEqual(stored.intervals(out), [40, 40, 40, 3920, 40, 40])
        self.assertEqual(stored.exact_times(out)[3], 5000 * MS)
        self.assertIn("3.92 s", said)
        # another clock
        out, said = self.cat(stored.grays(3, exact=5000 * MS),
                             stored.grays(3, exact=1000 * MS))
        self.assertEqual(stored.intervals(out), [40] * 6)
        self.assertIn("last interval", said)

    def test_versions(self):
        old = golden.find("v10_rgb565").data
        older = golden.find("v11_rgb565").data
        new = golden.find("v21_steady30").data
        out, _ = self.cat(old, older)
        self.assertEqual(out[13:16], b"1.1")
        self.assertEqual(stored.pictures(stored.read(out)), stored.pictures(
            stored.read(old) + stored.read(older)))
        out, _ = self.cat(old, new, older)
        self.assertEqual(out[13:16], b"2.0")
        frames = stored.read(new)
        joined = stored.read(out)
        self.assertEqual(stored.pictures(joined), stored.pictures(
            stored.read(old) + frames + stored.read(older)))
        # µs become ms without drifting
        part = joined[7:7 + len(frames)]
        for frame, wanted in zip(part, frames):
            passed = frame.time_ns - part[0].time_ns
            due = wanted.time_ns - frames[0].time_ns
            self.assertLessEqual(abs(passed - due), MS)

    def test_all_golden(self):
        """Every good recording behind the others."""
        files = [g for g in golden.good() if g.pictures == g.frames]
        out, _ = self.cat(*(g.data for g in files))
        self.assertEqual(
            stored.pictures(stored.read(out)),
            [p for g in files for p in stored.pictures(stored.read(g.data))])

    def test_one_and_empty(self):
        data = stored.grays(3)
        self.assertEqual(self.cat(data), (data, ""))
        empty = bytes(Writer().data)
        out, said = self.cat(empty, data, empty, data)
        self.assertEqual(len(stored.read(out)), 6)
        self.assertEqual(len(said.splitlines()), 1)

    def test_cut_and_join(self):
        """Parts that were cut make the whole again, at any frame."""
        data = stored.grays(5, exact=700 * MS)
        self.path("in.bin", data)
        for at in range(1, 5):
            self.works("cut", "-qf", "--to", f"#{at}", "in.bin", "a.bin")
            self.works("cut", "-qf", "--from", f"#{at}", "in.bin", "b.bin")
            self.works("cat", "-qf", "a.bin", "b.bin", "out.bin")
            self.assertEqual(self.path("out.bin").read_bytes(), data)

    def test_sidecars(self):
        self.path("0.bin.json", b'{"label":"first"}')
        self.path("1.bin.json", b'{"label":"second"}')
        self.path("0.bin.jsonl", b'{"frame":2}\n')
        self.path("1.bin.jsonl", b'{"frame":0,"a":1}\n{"frame":9}\n{"b":2}\n')
        self.cat(stored.grays(3), stored.grays(3))
        self.assertEqual(
            json.loads(self.path("out.bin.json").read_text())["label"], "first")
        self.assertEqual(self.path("out.bin.jsonl").read_bytes(),
                         b'{"frame":2}\n{"frame":3,"a":1}\n{"b":2}\n')

    def test_damaged(self):
        """What is good is there, and it is said that something is not."""
        self.path("a.bin", stored.grays(3)[:-20])
        self.path("b.bin", stored.grays(3))
        result = self.run_tool("cat", "-q", "a.bin", "b.bin", "out.bin")
        self.assertEqual((result.code, result.out), (1, ""))
        self.assert_sentence(result.err, "a.bin", "damaged")
        self.assertEqual(
            len(Recording(self.path("out.bin").read_bytes()).frames), 5)

    def test_wrong(self):
        self.path("a.bin", stored.grays(2))
        self.path("b.bin", b"Dear diary")
        self.fails("cat", "a.bin", "b.bin", "out.bin", subject="b.bin")
        self.fails("cat", "a.bin", "no.bin", "out.bin", subject="no.bin")
        self.fails("cat", "a.bin", "a.bin", "b.bin", subject="b.bin",
                   words=("--force",))
        self.fails("cat", "-f", "a.bin", "b.bin", "a.bin")
        self.fails("cat", "a.bin", code=2)


if __name__ == "__main__":
    main()
