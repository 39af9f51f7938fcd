# SPDX-License-Identifier: LGPL-2.1-or-later
"""omvstr convert, from recordings to recordings in another format or size.

The guarantees: each frame arrives, at the time it would have if it stayed as it
is; its pixels are those that its format holds of what was stored; frames that
need no change are not touched; and what lies beside goes along.
"""

import json
import struct

import golden
import pictures
from omvimg import COMPRESSED, Recording, Writer
from stored import exact_times, gray, grays, intervals
from tool import ToolTest, main

W, H = 24, 10
KINDS = 3 * pictures.FORMATS
DELTA = 6


def to_rgb565(v):
    """The word that is nearest to a gray value."""
    five, six = (v * 62 + 255) // 510, (v * 126 + 255) // 510
    return five << 11 | six << 5 | five


def gray_of(word):
    """The green of an RGB565 word, which has the most bits."""
    return (word >> 5 & 63) * 255 / 63


def words(frame):
    """The pixels of an RGB565 frame."""
    return [v for (v,) in struct.iter_unpack("<H", frame.payload)]


class Recode(ToolTest):
    def convert(self, *arguments, code=0):
        """The recording that is made of in.bin, and what was said."""
        result = self.run_tool("convert", "-f", "in.bin", "out.bin",
                               *arguments)
        self.assertEqual(result.code, code, result.err)
        self.assertEqual([n for n in self.files() if "part" in n], [])
        recording = Recording(self.path("out.bin").read_bytes())
        self.assertIsNone(recording.problem)
        return recording, result.out + result.err

    def grays(self, n=6, version="2.0"):
        """A recording of gray frames of all values, unevenly in time."""
        writer = Writer(version)
        for i in range(n):
            writer.frame(1000 if i == 0 else 7 * i + 30, W, H, "GRAYSCALE",
                         bytes((i + p) % 256 for p in range(W * H)))
        self.path("in.bin", bytes(writer.data))
        return Recording(bytes(writer.data)).frames

    def mixed(self):
        """Frames of all kinds and sizes, each of one gray, dark or bright."""
        writer = Writer()
        for i, form in enumerate(KINDS):
            w, h = pictures.SIZES[i % len(pictures.SIZES)]
            if form in ("YUV422", "YVU422"):
                # videoconvert (1.22) invents colours for the last pixel of an
                # odd row, from whatever its memory held
                w += w & 1
            writer.frame(50 + i, w, h, form,
                         pictures.payload(form, w, h, i))
        self.path("in.bin", bytes(writer.data))
        return Recording(bytes(writer.data)).frames

    def assert_like(self, frames, source, size=None):
        """The same times but for the lead, and sizes."""
        self.assertEqual([f.interval for f in frames],
                         [0] + [f.interval for f in source[1:]])
        self.assertEqual([(f.w, f.h) for f in frames],
                         [size or (f.w, f.h) for f in source])

    def test_rgb565(self):
        """Each value is the nearest one, and the way back loses no more."""
        source = self.grays()
        recording, said = self.convert("--format", "rgb565")
        self.assert_like(recording.frames, source)
        self.assertIn("6 frames of RGB565", said)
        for frame, before in zip(recording.frames, source):
            self.assertEqual(words(frame), list(map(to_rgb565,
                                                    before.payload)))
        self.path("in.bin", self.path("out.bin").read_bytes())
        recording, _ = self.convert("--format", "rgb565", "--crop",
                                    "8x4+2+3")
        self.assert_like(recording.frames, source, (8, 4))
        for frame, before in zip(recording.frames, source):
            self.assertEqual(words(frame), [
                to_rgb565(before.payload[y * W + x])
                for y in range(3, 7) for x in range(2, 10)])

    def test_colours(self):
        """Colours are those of full-range BT.601, alone and among others."""
        y, u, v = 120, 90, 170
        rgb = (y + 1.402 * (v - 128),
               y - 0.344136 * (u - 128) - 0.714136 * (v - 128),
               y + 1.772 * (u - 128))
        for others in (["GRAYSCALE"], []):
            writer = Writer()
            for form in ["YUV422", "YVU422", *others]:
                chroma = (u, v) if form == "YUV422" else (v, u)
                writer.frame(40, 8, 4, form, bytes(
                    [y] * 32 if form == "GRAYSCALE"
                    else [y, chroma[0], y, chroma[1]] * 16))
            self.path("in.bin", bytes(writer.data))
            for frame in self.convert("--format=rgb565")[0].frames[:2]:
                for word in words(frame):
                    for got, bits, c in zip((word >> 11, word >> 5 & 63,
                                             word & 31), (31, 63, 31), rgb):
                        self.assertAlmostEqual(got * 255 / bits, c, delta=6)

    def test_all_formats(self):
        """Whatever is asked for, of whatever is there."""
        for name, form in (
                ("rgb565", "RGB565"), ("grayscale", "GRAYSCALE"),
                ("yuv422", "YUV422"), ("bayer-grbg", "BAYER_GRBG"),
                ("binary", "BINARY"), ("jpeg", "JPEG"), ("png", "PNG")):
            with self.subTest(name):
                source = self.mixed()
                recording, said = self.convert("--format", name)
                self.assert_like(recording.frames, source)
                self.assertEqual({f.format for f in recording.frames}, {form})
                self.assertIn(f"{len(source)} frames of {form}", said)
                if form in COMPRESSED:
                    self.path("in.bin", self.path("out.bin").read_bytes())
                    recording, _ = self.convert("--format", "grayscale")
                # where a picture does not fill a block jpegenc (1.22) adds what
                # its memory held, which shows
                self.assert_greys(recording.frames, 8 if form == "JPEG" else 1)

    def assert_greys(self, frames, smallest=1):
        """Each frame's middle is of the gray that says which one it is.
        smallest: the side from which on a frame is looked at."""
        for n, frame in enumerate(frames):
            if min(frame.w, frame.h) < smallest:
                continue
            grey = pictures.grey(n)
            if KINDS[n] == "BINARY":
                grey = 255 if grey > 127 else 0
            got = self.middle(frame)
            if frame.format != "BINARY":
                self.assertAlmostEqual(got, grey, delta=DELTA, msg=str(n))
            elif abs(grey - 127.5) > DELTA:
                self.assertEqual(got, int(grey > 127), n)

    def middle(self, frame):
        """The gray in a frame's middle; of BINARY the bit."""
        x, y = frame.w // 2, frame.h // 2
        at = y * frame.w + x
        if frame.format == "BINARY":
            return frame.payload[(frame.w + 31) // 32 * 4 * y + x // 8] \
                >> x % 8 & 1
        if frame.format == "RGB565":
            return gray_of(words(frame)[at])
        if frame.format in ("GRAYSCALE", "BAYER_GRBG"):
            return frame.payload[at]
        if frame.format == "YUV422":
            return frame.payload[2 * at]
        return self.fail(frame.format)

    def test_mixed_default(self):
        """Of several formats RGB565 is made, each frame in its own size."""
        source = self.mixed()
        recording, said = self.convert("--size", "32x20")
        self.assert_like(recording.frames, source, (32, 20))
        self.assertIn("frames of RGB565", said)
        self.assert_greys(recording.frames)

    def test_own_format(self):
        """Without --format the recording's own stays; borders are black."""
        self.grays()
        recording, said = self.convert("--size", "24x24")
        self.assertIn("6 frames of GRAYSCALE", said)
        for frame in recording.frames:
            self.assertEqual((frame.format, frame.w, frame.h),
                             ("GRAYSCALE", 24, 24))
            self.assertEqual(set(frame.payload[:24 * 7]
                                 + frame.payload[-24 * 7:]), {0})

    def test_not_touched(self):
        """What has the format already is copied, whatever it holds."""
        writer = Writer()
        for i in range(4):
            writer.frame(40, 16, 8, "JPEG", pictures.jpeg(16, 8, i) + b"\0x")
        data = bytes(writer.data)
        self.path("in.bin", data)
        frames = self.convert("--format", "jpeg")[0].frames
        self.assertEqual([f.payload for f in frames],
                         [f.payload for f in Recording(data).frames])
        small = self.convert("--format", "jpeg", "--quality", 10)[0].frames
        self.assertNotEqual(frames[0].payload, small[0].payload)

    def test_selection(self):
        """Times and numbers choose frames as they do without decoding."""
        self.grays(12)
        for options in (["--from=#3", "--to=#9"], ["--from=1.1"],
                        ["--every=3", "--keep-lead"], ["--speed=2"],
                        ["--max-gap=0.05", "--from=#2"]):
            with self.subTest(options):
                plain = self.convert(*options)[0].frames
                decoded = self.convert("--format=png", *options)[0].frames
                self.assertEqual([f.interval for f in decoded],
                                 [f.interval for f in plain])
                small = self.convert("--crop=24x10+0+0", *options)[0].frames
                self.assertEqual([f.payload for f in small],
                                 [f.payload for f in plain])

    def test_exact_times(self):
        """Exact times stay those of their clock while their differences do, as
        where frames stay as they are."""
        writer = Writer()
        clock = (7_005_000_123, 7_045_000_789, 7_085_000_100, 7_125_000_000)
        for i, t in enumerate(clock):
            gray(writer, 40, i, exact=t)
        self.path("in.bin", bytes(writer.data))
        for options in ((), ("--from=#1",), ("--every=2",), ("--keep-lead",),
                        ("--speed=2",), ("--max-gap=0.02",)):
            with self.subTest(options):
                plain = self.convert(*options)[0].frames
                times = exact_times(self.path("out.bin").read_bytes())
                frames = self.convert("--format=rgb565", *options)[0].frames
                self.assertEqual(
                    exact_times(self.path("out.bin").read_bytes()), times)
                self.assertEqual([f.interval for f in frames],
                                 [f.interval for f in plain])

    def test_gap_between_parts(self):
        """Parts in another format are as far apart as they were."""
        self.path("in.bin", grays(9, exact=123_456_789))
        for name, option in ("a", "--to=#3"), ("b", "--from=#6"):
            self.works("cut", "-q", option, "in.bin", f"{name}.bin")
            self.works("convert", "-q", "--format=jpeg", f"{name}.bin",
                       f"{name}2.bin")
        self.works("cat", "-q", "a2.bin", "b2.bin", "all.bin")
        self.assertEqual(intervals(self.path("all.bin").read_bytes())[1:],
                         [40, 40, 160, 40, 40])

    def test_version(self):
        """The version stays where it can hold the format."""
        self.grays(version="1.1")
        self.assertEqual(self.convert("--format=rgb565")[0].version, "1.1")
        self.assertEqual(self.convert("--format=png")[0].version, "2.0")
        self.assertEqual(
            self.convert("--format=rgb565", "--version=2.0")[0].version, "2.0")
        self.fails("convert", "in.bin", "x.bin", "--version=1.1",
                   "--format=png", words=["1.1"], code=2)

    def test_version_of_what_stays(self):
        """A version that cannot hold the frames as they are is refused."""
        for name in "v20_png", "v20_yuv422", "v20_bayer_grbg":
            self.path("in.bin", golden.find(name).data)
            self.fails("convert", "in.bin", "x.bin", "--version=1.1",
                       words=["1.1"], code=2)
        self.path("in.bin", golden.find("v20_jpeg").data)
        self.assertEqual(self.convert("--version=1.1")[0].version, "1.1")

    def test_no_frame(self):
        """No recording is made of nothing, unless it was nothing."""
        self.path("in.bin", golden.find("v20_rgb565").data)
        self.fails("convert", "in.bin", "x.bin", "--from=1:00:00",
                   subject="in.bin", words=["no picture"])
        self.path("in.bin", bytes(Writer().data))
        self.assertEqual(self.convert()[0].frames, [])

    def test_sidecars(self):
        """What lies beside goes along, with the frames' new numbers."""
        self.grays()
        self.path("in.bin.json", b'{"label": "part-17"}')
        self.path("in.bin.jsonl", b'{"frame": 1}\n{"frame": 3}\n{"note": 1}\n')
        self.convert("--format=rgb565", "--from=#2")
        self.assertEqual(
            json.loads(self.path("out.bin.json").read_text())["label"],
            "part-17")
        lines = self.path("out.bin.jsonl").read_text().splitlines()
        self.assertEqual(list(map(json.loads, lines)),
                         [{"frame": 1}, {"note": 1}])

    def test_undecodable(self):
        """A picture that cannot be decoded is left out, and said."""
        writer = Writer()
        for i in range(4):
            data = pictures.png(16, 8, i)
            writer.frame(40, 16, 8, "PNG", data if i != 1 else data[:40])
        self.path("in.bin", bytes(writer.data))
        self.path("in.bin.jsonl", b'{"frame": 3}\n')
        recording, said = self.convert("--format=grayscale")
        self.assertEqual([(f.payload[0], f.interval)
                          for f in recording.frames],
                         [(0, 0), (2, 80), (3, 40)])
        self.assertIn("decoded", said)
        self.assertNotIn("out.bin.jsonl", self.files())

    def test_bad(self):
        """One sentence, the right exit code, and nothing left."""
        self.grays()
        self.fails("convert", "in.bin", "x.bin", "--crop=8x8+20+0",
                   subject="in.bin", words=["24 x 10"])
        self.fails("convert", "in.bin", "x.bin", "--size=8x8", "--from=99",
                   words=["no picture"])
        self.fails("convert", "in.bin", "in.bin", "-f", "--size=8x8",
                   words=["same file"])
        self.fails("convert", "in.bin", "x.bin", "--times=t.csv",
                   "--size=8x8", words=["--times"], code=2)
        self.path("x.bin.json", b"{}")
        self.fails("convert", "in.bin", "x.bin", "--size=8x8",
                   subject="x.bin.json", words=["--force"])
        self.path("text.bin", b"This is not a recording, but quite a text.")
        self.fails("convert", "text.bin", "y.bin", "--size=8x8",
                   subject="text.bin")


if __name__ == "__main__":
    main()
