# SPDX-License-Identifier: LGPL-2.1-or-later
"""What we record is what the format says, as an independent reader sees it.

Test pictures go through omvstrmux and, by a tee, as they are into a second
file; Python takes the padding out of the latter's rows and compares.
"""

import datetime
import json
import struct

from launch import PipelineTest, camera_payload, default_stride, main, needs
from launch import pack_bits
from omvimg import Recording

WIDTHS = (1, 3, 5, 7, 30, 33, 161)
HEIGHT = 5
COUNT = 4
RAW = {
    "GRAYSCALE": "video/x-raw,format=GRAY8",
    "RGB565": "video/x-raw,format=RGB16",
    "YUV422": "video/x-raw,format=YUY2",
    "YVU422": "video/x-raw,format=YVYU",
    "BAYER_BGGR": "video/x-bayer,format=bggr",
    "BAYER_GBRG": "video/x-bayer,format=gbrg",
    "BAYER_GRBG": "video/x-bayer,format=grbg",
    "BAYER_RGGB": "video/x-bayer,format=rggb",
}


def milliseconds(times):
    """Intervals of these times in ns, each from the rounded one before."""
    rounded = [(time + 500_000) // 1_000_000 for time in times]
    return [b - a for a, b in zip([0] + rounded, rounded)]


def steady(n, d, count):
    """videotestsrc's times at n/d frames a second."""
    return [i * d * 10 ** 9 // n for i in range(count)]


class Record(PipelineTest):
    def record(self, sources, mux="omvstrmux"):
        """Records each of {name: source}: {name: (Recording, raw bytes)}."""
        self.works(" ".join(
            f"{source} ! tee name={name} ! queue ! {mux}"
            f" ! filesink location={name}.bin"
            f" {name}. ! queue ! filesink location={name}.raw"
            for name, source in sources.items()))
        out = {}
        for name in sources:
            got = Recording(self.path(name + ".bin").read_bytes())
            self.assertIsNone(got.problem)
            out[name] = got, self.path(name + ".raw").read_bytes()
        return out

    def widths(self, caps):
        """Noise in each of the widths."""
        return {f"w{w}": f"videotestsrc pattern=snow num-buffers={COUNT}"
                f" ! {caps},width={w},height={HEIGHT},framerate=30/1"
                for w in WIDTHS}

    def assert_raw(self, got, raw, w, name, h=HEIGHT):
        """The recording holds the raw pictures in tight rows at 30 fps."""
        size = default_stride(name, w) * h
        self.assertEqual(len(raw), size * COUNT)
        self.assertEqual(
            [(f.interval, f.w, f.h, f.format, f.payload) for f in got.frames],
            [(ms, w, h, name,
              camera_payload(name, w, h, raw[n * size:(n + 1) * size]))
             for n, ms in enumerate(milliseconds(steady(30, 1, COUNT)))])
        for f in got.frames:
            self.assertEqual(f.size_word if got.version == "2.0" else 0, 0)

    def assert_binary(self, got, raw, w):
        """The recording holds the grey pictures' brighter half."""
        stride = default_stride("GRAYSCALE", w)
        rows = [raw[at:at + w] for at in range(0, len(raw), stride)]
        self.assertEqual(
            [(f.format, f.payload) for f in got.frames],
            [("BINARY", pack_bits(rows[n * HEIGHT:(n + 1) * HEIGHT], w))
             for n in range(COUNT)])


class Formats(Record):
    def test_raw(self):
        for name, caps in RAW.items():
            with self.subTest(name):
                done = self.record(self.widths(caps))
                for w in WIDTHS:
                    self.assert_raw(*done[f"w{w}"], w, name)

    def test_raw_version_1(self):
        for name in "GRAYSCALE", "RGB565", "BAYER_BGGR":
            with self.subTest(name):
                done = self.record(self.widths(RAW[name]),
                                   "omvstrmux version=1.1")
                for w in WIDTHS:
                    self.assertEqual(done[f"w{w}"][0].version, "1.1")
                    self.assert_raw(*done[f"w{w}"], w, name)

    def test_binary(self):
        for version in "1.1", "2.0":
            with self.subTest(version):
                done = self.record(
                    self.widths(RAW["GRAYSCALE"]),
                    f"omvstrmux binary=true version={version}")
                for w in WIDTHS:
                    self.assert_binary(*done[f"w{w}"], w)

    @needs("rgb2bayer")
    def test_rgb2bayer(self):
        orders = "bggr", "gbrg", "grbg", "rggb"
        done = self.record({
            order: f"videotestsrc pattern=snow num-buffers={COUNT}"
            " ! video/x-raw,format=ARGB,width=34,height=6 ! rgb2bayer"
            f" ! video/x-bayer,format={order}" for order in orders})
        for order in orders:
            self.assert_raw(*done[order], 34, "BAYER_" + order.upper(), 6)

    def assert_compressed(self, encoder, name, version="2.0"):
        done = self.record({
            f"w{w}": f"videotestsrc pattern=ball num-buffers={COUNT}"
            f" ! video/x-raw,width={w},height={HEIGHT} ! {encoder}"
            for w in WIDTHS}, f"omvstrmux version={version}")
        for w in WIDTHS:
            got, raw = done[f"w{w}"]
            self.assertEqual(got.version, version)
            self.assertEqual(
                [(f.w, f.h, f.format) for f in got.frames],
                [(w, HEIGHT, name)] * COUNT)
            self.assertEqual(b"".join(f.payload for f in got.frames), raw)

    @needs("jpegenc")
    def test_jpeg(self):
        for version in "1.1", "2.0":
            with self.subTest(version):
                self.assert_compressed("jpegenc", "JPEG", version)

    @needs("pngenc")
    def test_png(self):
        self.assert_compressed("pngenc", "PNG")

    def test_size_and_format_change(self):
        shapes = [("GRAYSCALE", 5), ("GRAYSCALE", 8), ("RGB565", 8),
                  ("BAYER_RGGB", 7), ("YUV422", 33)]
        self.works("concat name=all ! omvstrmux ! filesink location=a.bin "
                   + " ".join(f"videotestsrc num-buffers=3 ! {RAW[name]},"
                              f"width={w},height=4 ! all."
                              for name, w in shapes))
        frames = Recording(self.path("a.bin").read_bytes()).frames
        self.assertEqual([(f.format, f.w, f.h) for f in frames],
                         [(*shape, 4) for shape in shapes for _ in range(3)])
        self.assertEqual([f.interval for f in frames],
                         milliseconds(steady(30, 1, len(frames))))


class Times(Record):
    def test_rounding_does_not_drift(self):
        rates = (1, 1), (25, 1), (30, 1), (30000, 1001), (60, 1), (240, 1)
        done = self.record({
            f"r{n}x{d}": "videotestsrc num-buffers=200 ! video/x-raw,"
            f"format=GRAY8,width=4,height=2,framerate={n}/{d}"
            for n, d in rates})
        for n, d in rates:
            self.assertEqual(
                [f.interval for f in done[f"r{n}x{d}"][0].frames],
                milliseconds(steady(n, d, 200)), (n, d))

    def test_first_interval(self):
        for mux, first in (("omvstrmux", 0),
                           ("omvstrmux offset-to-zero=true", 0),
                           ("omvstrmux offset-to-zero=false", 2000)):
            with self.subTest(mux):
                got = self.record({
                    "a": "videotestsrc num-buffers=4"
                    " timestamp-offset=2000000000 ! video/x-raw,format=GRAY8,"
                    "width=4,height=2"}, mux)["a"][0]
                self.assertEqual([f.interval for f in got.frames],
                                 [first, 33, 34, 33])

    def test_exact_time(self):
        rate = "format=GRAY8,width=4,height=2,framerate=30000/1001"
        source = {"a": f"videotestsrc num-buffers=50 ! video/x-raw,{rate}"}
        plain = self.record(source)["a"][0].frames
        exact = self.record(source, "omvstrmux exact-time=true")["a"][0].frames
        times = steady(30000, 1001, 50)
        self.assertEqual({f.spare for f in plain}, {bytes(12)})
        self.assertEqual([struct.unpack("<Q", f.spare[4:])[0] for f in exact],
                         times)
        self.assertEqual([f._replace(spare=bytes(12)) for f in exact], plain)
        got = self.probe(f"filesrc location={self.path('a.bin')}"
                         " ! omvstrdemux")
        self.assertEqual([b.pts for b, _ in got], times)

    def test_sync_interval_changes_no_byte(self):
        source = {"a": "videotestsrc num-buffers=30 ! video/x-raw,"
                  "format=GRAY8,width=4,height=2"}
        plain = self.record(source)["a"][0].data
        self.assertEqual(self.record(
            source, "omvstrmux sync-interval=100000000")["a"][0].data, plain)


class Files(PipelineTest):
    def test_no_small_frame_is_lost(self):
        """filesink gets more pieces of memory at once than it can write."""
        for w, h in (1, 1), (4, 4), (8, 8), (16, 6), (20, 13), (32, 8):
            with self.subTest((w, h)):
                self.works(f"videotestsrc num-buffers=3000"
                           f" ! video/x-raw,format=GRAY8,width={w},height={h}"
                           f" ! omvstrmux ! filesink location=small.bin")
                got = Recording(self.path("small.bin").read_bytes())
                self.assertEqual({(f.w, f.h) for f in got.frames}, {(w, h)})
                self.assertEqual(len(got.frames), 3000)

    def test_no_frames_is_a_valid_file(self):
        self.works("videotestsrc num-buffers=0 ! omvstrmux"
                   " ! filesink location=a.bin")
        self.assertEqual(self.path("a.bin").read_bytes(), b"OMV IMG STR V2.0")

    @needs("splitmuxsink")
    def test_each_part_starts_at_zero(self):
        for mode in ("muxer=omvstrmux", "muxer=omvstrmux reset-muxer=false",
                     "muxer-factory=omvstrmux async-finalize=true"):
            with self.subTest(mode):
                # Live, because splitmuxsink (1.22) loses an EOS that comes
                # while a part is still starting, with matroskamux as well.
                self.works("videotestsrc num-buffers=60 is-live=true"
                           " ! video/x-raw,format=GRAY8,width=8,height=8,"
                           f"framerate=240/1 ! splitmuxsink {mode}"
                           " max-size-time=100000000 location=part%d.bin")
                parts = [Recording(path.read_bytes()).frames
                         for path in sorted(self.folder.glob("part*.bin"))]
                self.assertGreater(len(parts), 2)
                self.assertEqual(sum(map(len, parts)), 60)
                self.assertEqual({part[0].interval for part in parts}, {0})
                for path in self.folder.glob("part*.bin"):
                    path.unlink()


class Sidecar(PipelineTest):
    """FILE.json says what the recording cannot."""

    SOURCE = ("videotestsrc is-live=true num-buffers=3 ! "
              "taginject tags=title=part-17,comment=fine ! "
              "video/x-raw,format=GRAY8,width=8,height=8 ! ")

    def test_beside_the_file(self):
        before = datetime.datetime.now(datetime.timezone.utc)
        self.works(self.SOURCE + "omvstrmux sidecar=true ! "
                   "filesink location=run.bin")
        after = datetime.datetime.now(datetime.timezone.utc)
        said = json.loads(self.path("run.bin.json").read_text())
        start = datetime.datetime.fromisoformat(
            said["start"].replace("Z", "+00:00"))
        # written in whole milliseconds or finer, and never rounded up
        self.assertLess(before - datetime.timedelta(milliseconds=1), start)
        self.assertLess(start, after)
        self.assertIn("zone", said)
        self.assertGreater(said["base-time"], 0)
        self.assertEqual(said["user"],
                         {"title": "part-17", "comment": "fine"})

    def test_not_by_itself(self):
        self.works(self.SOURCE + "omvstrmux ! filesink location=run.bin")
        self.assertFalse(self.path("run.bin.json").exists())

    def test_without_a_file(self):
        result = self.works(self.SOURCE + "omvstrmux sidecar=true ! fakesink",
                            warnings=1)
        self.assertIn("Nothing is written beside the recording",
                      result.warnings[0].text)


if __name__ == "__main__":
    main()
