# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every player shows every frame of every recording, once and in order.

playbin, the decodebins, gst-play and gst-discoverer choose elements by rank,
class, caps and pad templates, and react to caps that change in ways of their
own; none of that can be seen by testing an element alone. The files are the
camera's, and mixed ones with all that a recording can hold.
"""

import contextlib
import re

import golden
import pictures
from app import AppTest
from golden_test import durations, replayable
from launch import CAPS, PipelineTest, exists, main, needs
from omvimg import Recording

# Two frames of the same time: pngdec (1.22) gives the second no time.
NO_TIME = 2 ** 64 - 1

PLAYERS = {
    "decodebin": "filesrc location={path} ! decodebin ! appsink name=out",
    "decodebin3": "filesrc location={path} ! decodebin3 ! appsink name=out",
    "uridecodebin": "uridecodebin uri={uri} ! appsink name=out",
    "uridecodebin3": "uridecodebin3 uri={uri} ! appsink name=out",
    "playbin": "playbin uri={uri}",
    "playbin3": "playbin3 uri={uri}",
}
DECODERS = ("jpegdec", "pngdec")
# What a recording may be to a player. 1-bit frames are raw ones.
MEDIA = {name: kind for name, (kind, _) in CAPS.items()}


def media_of(frames):
    """The media type of the stream that a player finds."""
    kinds = {MEDIA[f.format] for f in frames}
    return kinds.pop() if len(kinds) == 1 else "video/x-omv-frame"


class Times:
    """Compares what came with frames."""

    def assert_times(self, got, frames):
        """(time, width, height) of each frame, in order."""
        self.assertEqual(
            [(f.time_ns if pts in (None, NO_TIME) and f.format == "PNG"
              and f.time_ns == before.time_ns else pts, w, h)
             for (pts, w, h), f, before in zip(got, frames,
                                               [None] + frames)],
            [(f.time_ns, f.w, f.h) for f in frames])
        self.assertEqual(len(got), len(frames))


@needs(*DECODERS)
class Frames(AppTest, Times):
    """All that reaches a sink."""

    def assert_delivers(self, path, frames, greys=None, warnings=False):
        """Every player shows these frames, decoded; greys: their numbers."""
        for name, line in PLAYERS.items():
            with self.subTest(f"{name} {path.stem}"):
                if not exists(name):
                    self.skipTest("missing: " + name)
                got = self.play(line.format(path=path, uri=path.as_uri()),
                                warnings)
                self.assertEqual({p.caps["type"] for p in got},
                                 {"video/x-raw"})
                self.assert_times([(p.pts, p.caps["width"], p.caps["height"])
                                   for p in got], frames)
                for p, f, n in zip(got, frames, greys or ()):
                    self.assertTrue(pictures.shows(p, f.format, n),
                                    f"frame {n}, {f.format}: {p}")

    def assert_shows_all(self, data):
        """Every player shows these flat pictures, each with its own grey."""
        frames = Recording(data).frames
        self.assert_delivers(self.path("in.bin", data), frames,
                             range(len(frames)))

    def test_golden(self):
        for g in replayable():
            self.assert_delivers(g.path, g.pictures, warnings=True)

    def test_each_format(self):
        for name in pictures.FORMATS:
            self.assert_shows_all(pictures.steady(7, name, 18, 6))

    def test_sizes_that_change(self):
        for name in pictures.FORMATS:
            self.assert_shows_all(pictures.recording(
                [(33, name, *size) for size in pictures.SIZES * 2]))

    def test_mixed(self):
        self.assert_shows_all(pictures.mixed())

    def test_mixed_in_pairs(self):
        # The first change is where a player has to re-plug, or not.
        for first, second in (("GRAYSCALE", "JPEG"), ("JPEG", "GRAYSCALE"),
                              ("PNG", "JPEG"), ("BAYER_BGGR", "RGB565"),
                              ("BINARY", "RGB565"), ("BINARY", "PNG")):
            self.assert_shows_all(pictures.recording(
                [(33, name, 16, 8) for name in [first] * 3 + [second] * 3]))

    def test_mixed_only_later(self):
        # Further on than the look at the first headers goes.
        self.assert_shows_all(pictures.recording(
            [(5, "RGB565", 4, 4)] * 300 + [(5, "GRAYSCALE", 6, 4)] * 9))

    def test_joined(self):
        # Files that were put end to end by `cat`, of several versions.
        parts = [pictures.recording([(33, name, 8, 8)] * 3, version)
                 for name, version in (("RGB565", "2.0"), ("GRAYSCALE", "1.0"),
                                       ("JPEG", "1.1"))]
        data = b"".join(parts)
        self.assert_delivers(self.path("in.bin", data),
                             Recording(data).frames, [0, 1, 2] * 3)


@needs(*DECODERS, "playbin", "playbin3")
class GstPlay(PipelineTest, Times):
    """gst-play-1.0, as a user calls it, with a playlist of all recordings."""

    def play(self, paths, *options):
        """What its sink gets, as (time, width, height)."""
        result = self.tool(
            "gst-play-1.0 --no-interactive --verbose " + " ".join(options)
            + ' --videosink="identity name=probe silent=false'
            ' ! fakesink sync=false" ' + " ".join(map(str, paths)))
        self.assertIn("Reached end of play list", result.log)
        self.assertNotIn("ERROR", result.log)
        return [(b.pts, int(b.caps["width"]), int(b.caps["height"]))
                for b in result.buffers]

    def test_all_frames(self):
        mixed = self.path("mixed.bin", pictures.mixed())
        files = replayable()
        frames = [f for g in files for f in g.pictures] \
            + Recording(mixed.read_bytes()).frames
        paths = [g.path for g in files] + [mixed]
        self.assert_times(self.play(paths), frames)
        # As in app.py: it may hang, if very rarely here.
        for _ in range(2):
            with contextlib.suppress(self.failureException):
                self.assert_times(self.play(paths, "--use-playbin3"), frames)
                return
        self.assert_times(self.play(paths, "--use-playbin3"), frames)


class Discoverer(PipelineTest):
    """gst-discoverer-1.0 says what is in a recording, and how long it is."""

    def discover(self, *paths):
        """{path: what is said of it}."""
        log = self.tool("gst-discoverer-1.0 -v "
                        + " ".join(map(str, paths))).log
        parts = re.split(r"^Done discovering file://(.*)$", log, flags=re.M)
        return dict(zip(parts[1::2], parts[2::2]))

    def assert_says(self, said, frames, total):
        """Container, codec, size and duration."""
        def field(pattern):
            found = re.findall(pattern, said)
            self.assertEqual(len(found), 1, f"{pattern} in {said}")
            return found[0]
        self.assertEqual(field(r"container #0: (\S+)"), "video/x-omv-imgstr")
        self.assertEqual(field(r"video #1: ([^,\s]+)"), media_of(frames))
        self.assertIn((int(field(r"Width: (\d+)")),
                       int(field(r"Height: (\d+)"))),
                      {(f.w, f.h) for f in frames})
        seconds, rest = divmod(total, 10 ** 9)
        minutes, seconds = divmod(seconds, 60)
        self.assertEqual(
            field(r"Duration: (\S+)"),
            f"{minutes // 60}:{minutes % 60:02}:{seconds:02}.{rest:09}")
        self.assertEqual(field(r"Seekable: (\S+)"), "yes")

    @needs(*DECODERS)
    def test_golden(self):
        files = replayable()
        said = self.discover(*(g.path for g in files))
        for g in files:
            with self.subTest(g.name):
                self.assert_says(
                    said[str(g.path)], g.pictures,
                    g.frames[-1].time_ns + durations(g.frames)[-1])

    @needs(*DECODERS)
    def test_each_format_and_mixed(self):
        files = {name: pictures.steady(7, name, 18, 6)
                 for name in pictures.FORMATS} | {"mixed": pictures.mixed()}
        said = self.discover(*(self.path(name + ".bin", data)
                               for name, data in files.items()))
        for name, data in files.items():
            with self.subTest(name):
                frames = Recording(data).frames
                self.assert_says(said[str(self.path(name + ".bin"))], frames,
                                 frames[-1].time_ns + durations(frames)[-1])

    def test_nothing_to_see(self):
        path = golden.find("v20_empty").path
        result = self.run_tool(f"gst-discoverer-1.0 {path}")
        self.assertIn("no whole frame", result.log)


if __name__ == "__main__":
    main()
