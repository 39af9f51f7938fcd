# SPDX-License-Identifier: LGPL-2.1-or-later
"""info, list, verify and index say what is in a recording.

The camera's own lists of frames (tests/files/golden/*.json) say what must come
out; omvimg.Recording reads what no golden file holds.
"""

import csv
import io
import json
from collections import Counter
from fractions import Fraction
from statistics import median_low

import golden
from omvimg import Recording, Writer, payload
from tool import ToolTest, main


def readable():
    """Golden files that are recordings, whole or not."""
    return [g for g in golden.all_files()
            if g.name not in ("bad_magic_riff", "bad_version_30")]


def ns(seconds):
    """Seconds as they were printed, in ns; they must be exact."""
    value = Fraction(seconds) * 10 ** 9
    assert value.denominator == 1, seconds
    return int(value)


def exact(text):
    """JSON whose fractions keep their digits."""
    return json.loads(text, parse_float=str, parse_int=str)


def steady(n=10, missing=(), w=16, h=8, name="GRAYSCALE"):
    """n frames 40 ms apart, without some of them."""
    writer, interval = Writer(), 0
    for i in range(n):
        if i not in missing:
            writer.frame(interval, w, h, name, payload(name, w, h, i))
            interval = 0
        interval += 40
    return bytes(writer.data)


class Info(ToolTest):
    def test_golden(self):
        for g in golden.good():
            with self.subTest(g.name):
                got = self.json("info", "--json", g.path, number=Fraction)
                times = [f.time_ns for f in g.frames]
                last = times[-1] - times[-2] if len(times) > 1 else 0
                self.assertEqual(got["versions"], [g.version])
                self.assertEqual(got["frames"], len(times))
                self.assertEqual(got["size"], len(g.data))
                self.assertEqual(got["payload"],
                                 sum(f.size for f in g.frames))
                self.assertEqual(got["duration"] * 10 ** 9,
                                 times[-1] + last if times else 0)
                self.assertEqual(
                    {(p["format"], p["width"], p["height"]): p["frames"]
                     for p in got["pictures"]},
                    Counter((f.format, f.w, f.h) for f in g.frames))
                self.assertEqual(
                    (got["whole"], got["torn"], got["damages"]),
                    (True, False, []))
                if len(times) > 1:
                    gaps = [b - a for a, b in zip(times, times[1:])]
                    self.assertEqual(
                        got["intervals"]["median"] * 10 ** 9,
                        median_low(gaps))
                    self.assertEqual(sum(
                        p["time"] for p in got["pictures"]) * 10 ** 9,
                        sum(gaps) + last)

    def test_damaged(self):
        for g in readable():
            if g.good:
                continue
            with self.subTest(g.name):
                got = self.json("info", "--json", g.path, code=1)
                self.assertFalse(got["whole"])
                self.assertEqual(got["torn"], "cut" in g.name)
                damage = got["damages"][0]
                self.assertEqual((damage["number"], damage["offset"]),
                                 (g.error["frame"], g.error["offset"]))
                text = self.run_tool("info", g.path)
                self.assertEqual((text.code, text.err), (1, ""))
                self.assertIn("byte", text.out)

    def test_gaps(self):
        self.path("a.bin", steady(100, (20, 21, 50)))
        got = self.json("info", "--json", "a.bin")
        self.assertIsNone(got["rate"])
        self.assertEqual([got["intervals"][key] for key in (
            "median", "min", "max", "gaps", "missing", "longest_before")],
            [0.04, 0.04, 0.12, 2, 3, 20])
        self.path("b.bin", steady(100))
        got = self.json("info", "--json", "b.bin")
        self.assertEqual((got["rate"], got["intervals"]["gaps"],
                          got["intervals"]["deviation"]), ("25/1", 0, 0))

    def test_joined(self):
        """Several versions in one file."""
        one, two = golden.find("v10_rgb565"), golden.find("v20_jpeg")
        self.path("a.bin", one.data + two.data + one.data)
        got = self.json("info", "--json", "a.bin")
        self.assertEqual(got["versions"], ["1.0", "2.0"])
        self.assertEqual(got["frames"],
                         2 * len(one.frames) + len(two.frames))

    def test_several(self):
        files = [g.path for g in golden.good()]
        out = self.works("info", "--json", *files)
        entries = list(map(json.loads, out.splitlines()))
        self.assertEqual([e["file"] for e in entries], list(map(str, files)))
        result = self.run_tool("info", files[0], "missing.bin", files[1])
        self.assertEqual(result.code, 1)
        self.assert_sentence(result.err, "missing.bin")
        self.assertIn(str(files[1]), result.out)

    def test_introduction(self):
        """omvstr FILE: the same, and a line that plays it."""
        self.path("my run.bin", golden.find("v20_jpeg").data)
        out = self.works("my run.bin")
        self.assertTrue(out.startswith(self.works("info", "my run.bin")))
        self.assertIn("  gst-launch-1.0 filesrc location='my run.bin' ! ", out)

    def test_sidecars(self):
        self.path("a.bin", steady())
        self.path("a.bin.jsonl", b"")
        got = self.json("info", "--json", "a.bin")
        self.assertEqual(
            [got[key] for key in ("index", "metadata", "extra_data")],
            [False, False, True])
        self.assertNotIn("index_problem", got)
        self.assertEqual(got["numbers"], 0)

    def test_known(self):
        """What is known of a recording is shown."""
        self.path("a.bin", steady())
        self.path("a.bin.json", json.dumps({
            "start": "2024-05-06T09:08:09.25+02", "label": "part-17",
            "user": {"animal": "A1", "led": 12, "roi": [1, 2]}}).encode())
        self.path("a.bin.jsonl", b'{"frame":1,"number":18}\n'
                  b'{"frame":0,"number":-1}\n{"frame":1,"t":3}\n')
        got = self.json("info", "--json", "a.bin")
        self.assertEqual(got["sidecar"]["user"]["roi"], [1, 2])
        self.assertEqual(got["numbers"], 2)
        self.assertNotIn("metadata_problem", got)
        self.assertNotIn("extra_data_problem", got)
        out = self.works("info", "a.bin")
        for words in ("2024-05-06T09:08:09.250000+02", "part-17", "animal: A1",
                      "led: 12", "roi: [1,2]", "of 2 frames, the first -1, "
                      "the last 18"):
            self.assertIn(words, out)

    def test_foreign_sidecars(self):
        """Files that lie there from an earlier recording of that name."""
        self.path("a.bin", steady())
        self.works("index", "a.bin")
        self.path("a.bin.json", b"{}")
        self.works("cat", "a.bin", "b.bin")
        self.path("b.bin.jsonl", b'{"frame":2}\n')
        got = self.json("info", "--json", "b.bin")
        self.assertNotIn("metadata_problem", got)
        self.path("c.bin", golden.find("v20_jpeg").data)
        self.path("b.bin.json").rename(self.path("c.bin.json"))
        self.path("a.bin.idx").rename(self.path("c.bin.idx"))
        self.path("c.bin.jsonl", b'{"frame":999999}\n')
        got = self.json("info", "--json", "c.bin")
        self.assertEqual(
            [got[f"{key}_problem"] for key in
             ("index", "metadata", "extra_data")],
            ["not of this recording"] * 3)
        self.assertEqual(self.works("info", "c.bin").count(
            "not of this recording"), 3)
        # it goes no further
        result = self.run_tool("cat", "c.bin", "d.bin")
        self.assertEqual(result.code, 0)
        self.assertIn("another recording", result.err)
        self.assertFalse(self.path("d.bin.json").exists())

    def test_sidecar_of_a_torn_recording(self):
        """A line that belongs to the torn frame is this recording's."""
        data = golden.find("v20_jpeg").data
        n = len(golden.find("v20_jpeg").frames)
        self.path("a.bin", data[:-100])
        self.path("a.bin.jsonl", b'{"frame":%d,"number":7}\n' % (n - 1))
        got = self.json("info", "--json", "a.bin", code=1)
        self.assertEqual((got["torn"], got["frames"], got["numbers"]),
                         (True, n - 1, 0))
        self.assertNotIn("extra_data_problem", got)
        self.path("a.bin.jsonl", b'{"frame":%d}\n' % n)
        got = self.json("info", "--json", "a.bin", code=1)
        self.assertIn("extra_data_problem", got)

    def test_sidecar_of_a_damaged_recording(self):
        """Lines of lost frames are this recording's."""
        data = bytearray(steady())
        self.path("a.bin", bytes(data))
        n = self.json("info", "--json", "a.bin")["frames"]
        data[16 + 12] = 0xee
        self.path("a.bin", bytes(data))
        self.path("a.bin.jsonl", b'{"frame":%d}\n' % (n - 1))
        got = self.json("info", "--json", "a.bin", code=1)
        self.assertEqual((got["whole"], got["frames"]), (False, n - 1))
        self.assertNotIn("extra_data_problem", got)

    def test_broken_sidecars(self):
        self.path("a.bin", steady())
        for suffix in ("idx", "json", "jsonl"):
            self.path(f"a.bin.{suffix}", b"rubbish\n")
        got = self.json("info", "--json", "a.bin")
        self.assertEqual([got["metadata_problem"], got["extra_data_problem"]],
                         ["unreadable"] * 2)
        self.assertIn("index_problem", got)
        self.assertIn("cannot be read", self.works("info", "a.bin"))

    def test_empty(self):
        got = self.json("info", "--json", golden.find("v20_empty").path)
        self.assertEqual((got["frames"], got["whole"]), (0, True))
        self.works("info", golden.find("v20_empty").path)


class List(ToolTest):
    def rows(self, g, code):
        """(number, offset, time, w, h, format, size) of each, by CSV."""
        result = self.run_tool("list", "--csv", g.path)
        self.assertEqual(result.code, code)
        self.assertEqual(result.err != "", code == 1)
        return list(csv.DictReader(io.StringIO(result.out)))

    def test_golden(self):
        for g in golden.good():
            with self.subTest(g.name):
                rows = self.rows(g, 0)
                self.assertEqual(
                    [(int(r["number"]), int(r["offset"]), ns(r["time"]),
                      int(r["width"]), int(r["height"]), r["format"],
                      int(r["size"])) for r in rows],
                    [(f.index, f.offset, f.time_ns, f.w, f.h, f.format,
                      f.size) for f in g.frames])
                total = 0
                for row in rows:
                    total += ns(row["interval"])
                    self.assertEqual(total, ns(row["time"]))
                self.assertEqual(
                    exact(self.works("list", "--json", g.path)), rows)
                # a line a frame, with the same words
                lines = self.works("list", "-q", g.path).splitlines()
                self.assertEqual(len(lines), len(rows))
                for line, row in zip(lines, rows):
                    self.assertEqual(Counter(line.split()),
                                     Counter(row.values()))

    def test_damaged(self):
        for g in readable():
            if not g.good:
                rows = self.rows(g, 1)
                frames = Recording(g.data, resync=True).frames
                self.assertEqual([int(r["offset"]) for r in rows],
                                 [f.offset for f in frames])
                json.loads(self.run_tool("list", "--json", g.path).out)


class Verify(ToolTest):
    def test_golden(self):
        for g in readable():
            for decode in (), ("--decode",):
                with self.subTest(g.name):
                    got = self.json("verify", "--json", *decode, g.path,
                                    code=0 if g.good else 1)
                    self.assertEqual(got["whole"], g.good)
                    self.assertEqual(
                        got["frames"],
                        len(Recording(g.data, resync=True).frames))
                    if not g.good:
                        damage = got["damages"][0]
                        self.assertEqual(
                            (damage["number"], damage["offset"]),
                            (g.error["frame"], g.error["offset"]))
                        self.assertIn(str(g.error["offset"]), damage["what"])

    def test_text(self):
        g = golden.find("bad_pixfmt_zero")
        good = golden.find("v20_jpeg").path
        result = self.run_tool("verify", g.path, good)
        self.assertEqual((result.code, result.err), (1, ""))
        first, total, whole = result.out.splitlines()
        self.assertIn("Frame 1 at byte 64", first)
        self.assertIn("1; good frames: 2", total)
        self.assertIn("whole", whole)
        self.assertEqual(self.works("verify", "--quiet", good), "")

    def test_picture_that_contradicts_its_header(self):
        for name in "JPEG", "PNG":
            writer = Writer()
            writer.frame(40, 16, 8, name, payload(name, 16, 8))
            writer.frame(40, 16, 9, name, payload(name, 16, 8))
            writer.frame(40, 16, 8, name, b"this is no picture at all")
            self.path("a.bin", bytes(writer.data))
            got = self.json("verify", "--json", "a.bin", code=1)
            self.assertEqual((got["frames"], len(got["damages"])), (1, 2))
            self.assertIn("16 x 9", got["damages"][0]["what"])
            self.assertIn(name, got["damages"][1]["what"])

    def test_decode_finds_more(self):
        """A PNG picture with a wrong byte has the right size."""
        data = bytearray(payload("PNG", 16, 8))
        data[60] ^= 0xff
        writer = Writer().frame(40, 16, 8, "PNG", bytes(data))
        self.path("a.bin", bytes(writer.data))
        self.works("verify", "a.bin")
        got = self.json("verify", "--json", "--decode", "a.bin", code=1)
        self.assertEqual(len(got["damages"]), 1)

    def test_large_frames(self):
        """Frames across and larger than the blocks that are read, torn."""
        writer = Writer()
        for n, (w, h) in enumerate(((7, 5), (700, 600), (300, 400), (9, 9),
                                    (1000, 1000), (362, 362))):
            writer.frame(40, w, h, "GRAYSCALE",
                         payload("GRAYSCALE", w, h, n))
            writer.frame(40, w // 8 + 1, h // 8 + 1, "PNG",
                         payload("PNG", w // 8 + 1, h // 8 + 1, n))
        data = bytes(writer.data)
        self.path("a.bin", data)
        self.assertEqual(
            self.json("verify", "--json", "--decode", "a.bin")["frames"], 12)
        self.path("a.bin", data[:-20])
        got = self.json("verify", "--json", "a.bin", code=1)
        self.assertEqual((got["frames"], len(got["damages"])), (11, 1))


class Index(ToolTest):
    def test_index(self):
        self.path("a.bin", steady(500))
        out = self.works("index", "a.bin")
        self.assertEqual(out.strip(), str(self.path("a.bin.idx").resolve()))
        self.assertEqual(self.files(), ["a.bin", "a.bin.idx"])
        self.assertTrue(self.json("info", "--json", "a.bin")["index"])
        self.assertEqual(self.works("index", "-q", "a.bin"), "")

    def test_no_place(self):
        self.path("a.bin", steady())
        self.path("a.bin.idx").mkdir()
        result = self.run_tool("index", "a.bin")
        self.assertEqual(result.code, 1)
        self.assertTrue(result.err.startswith("omvstr: "), result.err)


if __name__ == "__main__":
    main()
