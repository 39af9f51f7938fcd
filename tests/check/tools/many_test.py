# SPDX-License-Identifier: LGPL-2.1-or-later
"""omvstr and a directory of recordings, which is looked at, shown and converted
as one; joined, it is one file.
"""

import json

import golden
import stored
from omvimg import Recording
from tool import ToolTest, main

MS = 1_000_000


class Many(ToolTest):
    def setUp(self):
        super().setUp()
        self.path("clips").mkdir()
        # 5 frames, 2 s of which nothing is there, 5 frames, of which one is
        # torn, and 5 frames of which nobody knows when they were.
        self.path("clips/clip-9.bin", stored.grays(5, exact=10 ** 9))
        self.path("clips/clip-10.bin", stored.grays(
            5, exact=3_200_000_000, first=5)[:-20])
        self.path("clips/clip-11.bin", stored.grays(5, first=9))
        self.times = [40 + 40 * n for n in range(5)]
        self.times += [2240 + 40 * n for n in range(4)]
        self.times += [2400 + 40 * n for n in range(5)]

    def test_list(self):
        frames = self.json("list", "--json", "clips", code=1)
        self.assertEqual([round(f["time"] * 1000) for f in frames], self.times)
        self.assertEqual([f["number"] for f in frames], list(range(14)))

    def test_info(self):
        info = self.json("info", "--json", "clips", code=1)
        self.assertEqual(info["frames"], 14)
        self.assertEqual(
            [(f["file"], f["number"], f["frames"], round(f["time"] * 1000),
              round(f["gap"] * 1000), f["placed"]) for f in info["files"]],
            [(str(self.folder / "clips/clip-9.bin"), 0, 5, 40, 0, True),
             (str(self.folder / "clips/clip-10.bin"), 5, 4, 2240, 2000, True),
             (str(self.folder / "clips/clip-11.bin"), 9, 5, 2400, 0, False)])
        self.assertEqual([(d["number"], d["size"], d["fault"])
                          for d in info["damages"]],
                         [(9, 44, "the recording ends within it")])
        self.assertFalse(info["whole"])
        text = self.run_tool("info", "clips").out
        self.assertIn("Files         3; gaps between them: 1, 2 s in all; not "
                      "known before: 1\n", text)
        self.assertIn("clip-10.bin: frames: 4, from 2.24 s on, behind a gap of"
                      " 2 s\n", text)

    def test_introduction(self):
        self.path("clips/clip-10.bin").unlink()
        self.assertIn("gst-launch-1.0 omvdirsrc location='clips'",
                      self.works("clips"))

    def test_golden(self):
        """The frames of every good recording there is, and of one of them
        beside others that are none."""
        for g in golden.good():
            self.path(f"clips/{g.name}.bin", g.data)
        for name in "clip-9", "clip-10", "clip-11":
            self.path(f"clips/{name}.bin").unlink()
        self.path("clips/other.bin", b"RIFF" * 9)
        sizes = [f["size"] for f in self.json("list", "--json", "clips")]
        names = sorted(path.stem for path in
                       (self.folder / "clips").glob("v*.bin"))
        self.assertEqual(sizes, [
            f["size"] for name in names
            for f in self.json("list", "--json", f"clips/{name}.bin")])

    def test_verify(self):
        result = self.run_tool("verify", "clips")
        self.assertEqual(result.code, 1)
        for name in "clip-9.bin", "clip-10.bin", "clip-11.bin":
            self.assertIn(name, result.out + result.err)
        self.works("verify", "-q", "clips/clip-9.bin", "clips/*1.bin")

    def test_index(self):
        self.run_tool("index", "clips")
        self.assertEqual(
            sorted(p.name for p in (self.folder / "clips").glob("*.idx")),
            ["clip-10.bin.idx", "clip-11.bin.idx", "clip-9.bin.idx"])
        self.test_list()

    def test_pictures(self):
        self.works("extract", "-q", "clips", "#12", "out.png")
        self.works("sheet", "-q", "clips", "sheet.png")
        self.assertEqual(self.files(), ["clips", "out.png", "sheet.png"])

    def test_cat(self):
        self.path("clips/clip-10.bin", stored.grays(5, exact=3_200_000_000,
                                                    first=5))
        self.works("cat", "-q", "clips", "out.bin")
        out = Recording(self.path("out.bin").read_bytes())
        self.assertIsNone(out.problem)
        self.assertEqual([f.payload[0] for f in out.frames],
                         [*range(10), *range(9, 14)])
        self.assertEqual(out.frames[5].interval, 2040)

    def test_what_needs_one_file(self):
        for line in (("cut", "--to", "#3", "clips", "out.bin"),
                     ("repair", "clips", "out.bin"),
                     ("convert", "clips", "out.bin")):
            self.fails(*line, subject="clips",
                       words=("directory", "omvstr cat"))
        self.fails("convert", "clips/clip-1*", "out.bin",
                   subject="clips/clip-1*", words=("pattern", "omvstr cat"))

    def test_sidecars(self):
        """What lies beside the files goes along, as cat has it."""
        self.path("clips/clip-10.bin", stored.grays(5, exact=3_200_000_000,
                                                    first=5))
        self.path("clips/clip-9.bin.json", b'{"label": "first"}')
        self.path("clips/clip-10.bin.json", b'{"label": "second"}')
        self.path("clips/clip-9.bin.jsonl", b'{"frame": 4}\n{"frame": 5}\n')
        self.path("clips/clip-10.bin.jsonl",
                  b'{"frame": 0, "a": 1}\n{"note": 1}\n')
        self.path("clips/clip-11.bin.jsonl", b'{"frame": 2, "b": 2}\n')
        lines = [{"frame": 4}, {"frame": 5, "a": 1}, {"note": 1},
                 {"frame": 12, "b": 2}]
        for line in (("convert", "--format=jpeg", "clips"),
                     ("convert", "--format=jpeg", "clips/clip-*"),
                     ("convert", "--format=jpeg", "clips/*.bin"),
                     ("cat", "clips")):
            self.works(*line, "-fq", "out.bin")
            self.assertEqual(
                json.loads(self.path("out.bin.json").read_text())["label"],
                "first")
            self.assertEqual([json.loads(text) for text in self.path(
                "out.bin.jsonl").read_text().splitlines()], lines)
        self.works("convert", "--format=jpeg", "clips", "-fq", "out.bin",
                   "--from=#5", "--to=#12")
        self.assertEqual([json.loads(text) for text in self.path(
            "out.bin.jsonl").read_text().splitlines()],
            [{"frame": 0, "a": 1}, {"note": 1}])
        self.works("convert", "clips", "out.mkv", "-q")
        self.assertIn(b"first", self.path("out.mkv").read_bytes())

    def test_uri_that_looks_like_a_pattern(self):
        result = self.run_tool("convert", "nothing://there/film?token=1",
                               "out.bin")
        self.assertEqual(result.code, 1)
        self.assertIn("NOTHING protocol", result.err)

    def test_output_among_the_inputs(self):
        """No file of a folder is overwritten by what is made of all."""
        name = "clips/clip-11.bin"
        data = self.path(name).read_bytes()
        for line in (("convert", "clips", name, "--format", "jpeg"),
                     ("convert", "clips", name, "--size", "8x8"),
                     ("cat", "clips", name), ("sheet", "clips", name)):
            self.fails(*line, "--force", subject=name, words=("same file",))
            self.assertEqual(self.path(name).read_bytes(), data)

    def test_empty(self):
        self.path("none").mkdir()
        for line in (("info", "none"), ("verify", "none"), ("list", "none"),
                     ("cat", "none", "out.bin"), ("index", "none"),
                     ("convert", "none", "out.mkv"), ("play", "none")):
            self.fails(*line, subject="none", words=("directory",))

    def test_pipelines(self):
        self.path("clips/clip-10.bin", stored.grays(5, exact=3_200_000_000,
                                                    first=5))
        self.works("play", "--no-wait", "--no-overlay", "--sink", "fakesink",
                   "clips")
        self.works("convert", "-q", "clips", "out-%02d.png")
        self.assertEqual(len(list(self.folder.glob("out-*.png"))), 15)
        self.works("convert", "-q", "--from", "#5", "--to", "#10",
                   "clips/*.bin", "part-%02d.png")
        self.assertEqual(len(list(self.folder.glob("part-*.png"))), 5)
        picture = sorted(self.folder.glob("out-*.png"))[5].read_bytes()
        self.assertEqual(
            picture, sorted(self.folder.glob("part-*.png"))[0].read_bytes())


if __name__ == "__main__":
    main()
