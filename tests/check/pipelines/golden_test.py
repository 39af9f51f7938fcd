# SPDX-License-Identifier: LGPL-2.1-or-later
"""The camera's recordings replay to exactly the frames its own code reads.

Every good golden file, in pull mode and in push mode in chunks of awkward
sizes; and what omvstrmux makes of them again is the same file, bit for bit.
"""

import hashlib

import golden
from launch import LOSSLESS, NATIVE, PipelineTest, camera_payload
from launch import main, needs, rewritten
from omvimg import Recording

CHUNKS = (1, 15, 17, 4095, 65536)


def replayable():
    """Good recordings with a picture to show."""
    return [g for g in golden.good() if g.pictures]


def frames_of(g):
    """A golden file's frames with their payloads."""
    return Recording(g.data).frames


def durations(frames):
    """The time to the next frame; the last is as long as the one before."""
    gaps = [b.time_ns - a.time_ns for a, b in zip(frames, frames[1:])]
    return gaps + gaps[-1:]


class Replay(PipelineTest):
    def test_pull_mode(self):
        for g in replayable():
            with self.subTest(g.name):
                got = self.probe(f"filesrc location={g.path} ! {NATIVE}",
                                 warnings=None)
                self.assert_shows(
                    got, [f for f in frames_of(g) if f.format != "ARGB8"])
                self.assertEqual(
                    [(b.pts, b.offset,
                      hashlib.sha256(camera_payload(j.format, j.w, j.h, data))
                      .hexdigest()) for (b, data), j in zip(got, g.pictures)],
                    [(j.time_ns, j.index, j.sha256) for j in g.pictures])

    def test_durations(self):
        for g in replayable():
            if g.frames == g.pictures:
                with self.subTest(g.name):
                    got = self.probe(f"filesrc location={g.path} ! {NATIVE}")
                    self.assertEqual([b.duration for b, _ in got],
                                     durations(g.frames))

    def test_no_picture_is_a_warning(self):
        for g in replayable():
            if g.frames != g.pictures:
                with self.subTest(g.name):
                    result = self.launch(
                        f"filesrc location={g.path} ! {NATIVE} ! fakesink")
                    self.assertEqual(result.code, 0, result.log)
                    self.assertIn("ARGB8", "".join(
                        map(str, result.warnings)))

    def test_frame_rate_is_found(self):
        for name, rate in (("v21_steady30", "30/1"), ("v20_first2000", "30/1"),
                           ("v20_resolution_switch", "20/1"),
                           ("v20_intervals", "0/1")):
            with self.subTest(name):
                path = golden.find(name).path
                got = self.probe(f"filesrc location={path} ! omvstrdemux")
                self.assertEqual({b.caps["framerate"] for b, _ in got},
                                 {rate})

    def test_caps_say_what_the_camera_means(self):
        # YUV is BT.601 in full range; a JPEG is whole, jpegdec need not scan.
        for name, key, start in (("v20_yuv422", "colorimetry", "1:4:"),
                                 ("v20_jpeg", "parsed", "true")):
            with self.subTest(name):
                path = golden.find(name).path
                for b, _ in self.probe(f"filesrc location={path} ! {NATIVE}"):
                    self.assertEqual(b.caps[key][:len(start)], start)

    @needs("decodebin", "jpegdec")
    def test_players_find_their_way(self):
        for name in "v20_resolution_switch", "v21_steady30":
            with self.subTest(name):
                g = golden.find(name)
                got = self.probe(f"filesrc location={g.path} ! decodebin")
                self.assertEqual(
                    [(b.caps["type"], b.pts, b.caps["width"],
                      b.caps["height"]) for b, _ in got],
                    [("video/x-raw", j.time_ns, str(j.w), str(j.h))
                     for j in g.frames])

    def test_loop(self):
        g = golden.find("v20_resolution_switch")
        count = len(g.frames) * 3
        result = self.works(
            f"-v filesrc location={g.path} ! omvstrdemux loop=true"
            f" ! identity name=probe silent=false eos-after={count + 1}"
            " ! fakesink")
        self.assertEqual([b.pts for b in result.buffers[:count]],
                         [j.time_ns for j in g.frames] * 3)


class Rewrite(PipelineTest):
    def test_round_trip_is_byte_identical(self):
        done = set()
        for g in replayable():
            if g.frames == g.pictures and g.clean_size_words \
                    and g.version in ("1.1", "2.0"):
                with self.subTest(g.name):
                    again = self.remux(
                        g.data, mux=f"{LOSSLESS} version={g.version}")
                    self.assert_same_recording(again, g.data)
                    done.add(g.version)
        self.assertEqual(done, {"1.1", "2.0"})

    def test_to_today_s_version(self):
        for g in replayable():
            with self.subTest(g.name):
                self.assert_same_recording(
                    self.remux(g.data, warnings=None),
                    rewritten(frames_of(g)))

    def test_time_from_the_first_frame_on(self):
        frames = frames_of(golden.find("v20_first2000"))
        self.assert_same_recording(
            self.remux(golden.find("v20_first2000").data, mux="omvstrmux"),
            rewritten([f._replace(time_ns=f.time_ns - frames[0].time_ns)
                       for f in frames]))


class Push(PipelineTest):
    """The same frames where the demuxer cannot seek."""

    def replay(self, source, g, **more):
        """source, which gives g in pieces, is rewritten as in pull mode."""
        self.works(f"{source} ! {NATIVE} ! {LOSSLESS}"
                   " ! filesink location=out.bin", **more)
        self.assert_same_recording(self.path("out.bin").read_bytes(),
                                   rewritten(frames_of(g)))

    def test_chunks(self):
        for size in CHUNKS:
            for g in replayable():
                # A byte at a time is slow, so it is for the small ones.
                if len(g.data) < size * 50_000:
                    with self.subTest(f"{g.name} by {size}"):
                        self.replay(f"filesrc location={g.path}"
                                    f" blocksize={size} ! queue", g,
                                    warnings=None)

    def test_pipe(self):
        for name in "v10_mixed_jpeg", "v21_steady30":
            g = golden.find(name)
            for size in CHUNKS[1:]:
                with self.subTest(f"{name} by {size}"):
                    self.replay(f"fdsrc fd=0 blocksize={size}", g,
                                stdin=g.data)

    @needs("pushfilesrc")
    def test_pushfilesrc(self):
        g = golden.find("v20_resolution_switch")
        self.replay(f"pushfilesrc location={g.path}", g)


if __name__ == "__main__":
    main()
