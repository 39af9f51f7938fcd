# SPDX-License-Identifier: LGPL-2.1-or-later
"""Recordings in parts: splitmuxsink cuts, splitmuxsrc joins without a hole.

Also the other ways in which GStreamer puts files together or picks a muxer:
encodebin, multifilesrc, concat. Each frame is known by its grey, so one that is
lost, repeated or out of order shows.
"""

import pictures
from app import MS, AppTest
from launch import PipelineTest, exists, main, needs
from omvimg import Recording

COUNT = 65
INTERVAL = 4
STEP = INTERVAL * MS
MODES = ("muxer=omvstrmux", "muxer=omvstrmux reset-muxer=false",
         "muxer-factory=omvstrmux async-finalize=true")
# About a quarter of the recording.
LIMITS = {
    "max-size-time": COUNT * STEP // 4,
    "max-size-bytes": COUNT * (16 * 12 * 2 + 32) // 4,
}


class Parts(AppTest):
    """A recording in parts, and what is played of it."""

    def record(self, options, data):
        """Splits a recording: its parts, in order.

        At the speed of its time, because splitmuxsink (1.22) loses an EOS that
        comes while a part is still starting, with matroskamux as well.
        """
        for path in self.folder.glob("part*.bin"):
            path.unlink()
        source = self.path("in.bin", data)
        self.works(f"filesrc location={source} ! omvstrdemux"
                   f" ! identity sync=true ! splitmuxsink {options}"
                   " location=part%03d.bin")
        parts = [Recording(path.read_bytes())
                 for path in sorted(self.folder.glob("part*.bin"))]
        for part in parts:
            self.assertIsNone(part.problem)
        return parts

    def assert_shown(self, got, frames):
        """These payloads, in order; rows of 16 pixels are as long as stored."""
        self.assertEqual(len(got), len(frames))
        for n, (p, f) in enumerate(zip(got, frames)):
            self.assertEqual(p.data, f.payload, n)

    def joined(self):
        """The line that joins the parts."""
        return f"splitmuxsrc location={self.folder}/part*.bin"


@needs("splitmuxsink", "splitmuxsrc")
class SplitMux(Parts):
    def assert_whole(self, data, options):
        """Nothing is missing in the parts, nor where they are joined."""
        frames = Recording(data).frames
        parts = self.record(options, data)
        self.assertGreater(len(parts), 2)
        self.assertEqual({part.frames[0].interval for part in parts}, {0})
        stored = [f for part in parts for f in part.frames]
        self.assertEqual(len(stored), len(frames))
        for n, (f, expected) in enumerate(zip(stored, frames)):
            self.assertEqual(
                f._replace(interval=0, time_ns=0, offset=0),
                expected._replace(interval=0, time_ns=0, offset=0), n)
        got = self.play(self.joined() + " ! appsink name=out")
        self.assert_shown(got, frames)
        return got

    def test_steady(self):
        for mode in MODES:
            for limit, value in LIMITS.items():
                with self.subTest(f"{mode} {limit}"):
                    got = self.assert_whole(
                        pictures.steady(COUNT, "RGB565", interval=INTERVAL),
                        f"{mode} {limit}={value}")
                    self.assertEqual([p.time for p in got],
                                     [n * STEP for n in range(COUNT)])

    def test_irregular(self):
        # The time to the next part's first frame is not in the file: what is
        # left of it is no more than the longest interval.
        intervals = [2 + n * n % 7 for n in range(COUNT)]
        got = self.assert_whole(
            pictures.recording([(ms, "JPEG", 16, 12) for ms in intervals]),
            f"{MODES[0]} max-size-time={sum(intervals) * MS // 4}")
        gaps = [b.time - a.time for a, b in zip(got, got[1:])]
        self.assertGreaterEqual(min(gaps), 2 * MS)
        self.assertLessEqual(max(gaps), 8 * MS)

    @needs("jpegdec")
    def test_decoded(self):
        self.record(f"{MODES[0]} max-size-time={LIMITS['max-size-time']}",
                    pictures.steady(COUNT, "JPEG", interval=INTERVAL))
        for player in (self.joined() + " ! decodebin",
                       self.joined() + " ! jpegdec"):
            with self.subTest(player):
                got = self.play(player + " ! appsink name=out")
                self.assertEqual([p.time for p in got],
                                 [n * STEP for n in range(COUNT)])
                for n, p in enumerate(got):
                    self.assertTrue(pictures.shows(p, "JPEG", n), (n, p))

    def test_seeks_across_parts(self):
        self.record(f"{MODES[0]} max-size-time={LIMITS['max-size-time']}",
                    pictures.steady(COUNT, "GRAYSCALE", interval=INTERVAL))
        with self.paused(self.joined() + " ! appsink name=out") as player:
            for n in (*range(0, COUNT, 5), COUNT - 1, 0):
                self.assertTrue(player.seek(n * STEP))
                p = player.shown()
                self.assertTrue(pictures.shows(p, "GRAYSCALE", n), (n, p))


@needs("encodebin", "jpegenc")
class EncodeBin(PipelineTest):
    """Encoders are found by the container's caps."""

    def test_profiles(self):
        for encodebin in "encodebin", "encodebin2":
            for stream, name in (("image/jpeg", "JPEG"),
                                 ("video/x-raw\\,format=GRAY8", "GRAYSCALE")):
                with self.subTest(f"{encodebin} {name}"):
                    if not exists(encodebin):
                        self.skipTest("missing: " + encodebin)
                    self.works(
                        "videotestsrc num-buffers=20 ! video/x-raw,width=33,"
                        f"height=24,framerate=25/1 ! {encodebin}"
                        f' profile="video/x-omv-imgstr:{stream}"'
                        " ! filesink location=out.bin")
                    got = Recording(self.path("out.bin").read_bytes())
                    self.assertIsNone(got.problem)
                    self.assertEqual(
                        [(f.format, f.w, f.h, f.time_ns) for f in got.frames],
                        [(name, 33, 24, n * 40 * MS) for n in range(20)])


class Joined(Parts):
    """Several files as one stream."""

    def setUp(self):
        super().setUp()
        self.parts = [self.path(f"part{part}.bin", pictures.recording(
            [(40, "GRAYSCALE", 8, 8)] * (5 + part))) for part in range(3)]
        self.frames = [f for path in self.parts
                       for f in Recording(path.read_bytes()).frames]

    @needs("multifilesrc")
    def test_multifilesrc(self):
        whole = Recording(b"".join(path.read_bytes() for path in self.parts))
        got = self.play(f"multifilesrc location={self.folder}/part%d.bin"
                        " ! omvstrdemux ! appsink name=out")
        self.assertEqual([(p.pts, p.data) for p in got],
                         [(f.time_ns, f.payload) for f in whole.frames])

    @needs("splitfilesrc")
    def test_splitfilesrc(self):
        # One file that was cut anywhere, in a source that can seek in bytes.
        data = b"".join(path.read_bytes() for path in self.parts)
        for n in range(3):
            third = len(data) // 3 + 1
            self.path(f"slice{n}.bin", data[n * third:(n + 1) * third])
        got = self.play(f"splitfilesrc location={self.folder}/slice*.bin"
                        " ! omvstrdemux ! appsink name=out")
        self.assertEqual([(p.pts, p.data) for p in got],
                         [(f.time_ns, f.payload)
                          for f in Recording(data).frames])

    def test_concat(self):
        # By way of identity, because concat's order is that of its links, and
        # those of demuxers are made when their pads appear.
        sources = " ".join(
            f"filesrc location={path} ! omvstrdemux ! identity ! c."
            for path in self.parts)
        got = self.play(f"concat name=c ! appsink name=out {sources}")
        self.assert_shown(got, self.frames)
        # Each file's segment starts at its first frame.
        self.assertEqual([p.time for p in got],
                         [n * 40 * MS for n in range(len(got))])


if __name__ == "__main__":
    main()
