# SPDX-License-Identifier: LGPL-2.1-or-later
"""convert, from recordings: what comes out, as ffprobe and ffmpeg see it.

Frames have to be there, at their times, and to look as they should: each is of
a grey that says which one it is.
"""

import csv
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import unittest

import golden
import pictures
from omvimg import Recording, Writer
from tool import TIMEOUT, TOOL, ToolTest, main

FFMPEG = all(map(shutil.which, ("ffmpeg", "ffprobe")))
# what becomes of a grey on its way through an encoder
TOLERANCE = 4
VIDEOS = ("avi", "gif", "mkv", "mp4")
DATA = os.environ.get("OMV_DATA_DIR", "")


def exists(element):
    """Whether GStreamer has it."""
    return subprocess.run(["gst-inspect-1.0", "--exists", element],
                          check=False).returncode == 0


H264 = exists("x264enc")


class ConvertTest(ToolTest):
    """Asks FFmpeg for what was written."""

    def setUp(self):
        super().setUp()
        self.probed = {}

    def ask(self, name, entries):
        """What ffprobe says when asked for these."""
        done = subprocess.run(
            ["ffprobe", "-v", "error", "-of", "json", "-show_entries",
             entries, self.path(name)], check=True, capture_output=True,
            timeout=TIMEOUT)
        self.assertEqual(done.stderr, b"")
        return json.loads(done.stdout)

    def probe(self, name):
        """What ffprobe says of the whole file, its streams and its packets;
        asked once, as it takes longer to start than to look."""
        stat = self.path(name).stat()
        version = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
        if self.probed.get(name, (None,))[0] != version:
            self.probed[name] = (version, self.ask(
                name, "format:stream:packet=pts_time"))
        return self.probed[name][1]

    def stream(self, name):
        """The only stream's fields."""
        streams = self.probe(name)["streams"]
        self.assertEqual(len(streams), 1)
        return streams[0]

    def sizes(self, name):
        """The size of each frame; of a pattern, of each picture."""
        return [(frame["width"], frame["height"]) for frame in
                self.ask(name, "frame=width,height")["frames"]]

    def times(self, name):
        """The times of all packets, in seconds."""
        return [float(packet["pts_time"])
                for packet in self.probe(name)["packets"]]

    def duration(self, name):
        """How long a file says it is."""
        return float(self.probe(name)["format"]["duration"])

    def pixels(self, name):
        """Each frame as rows of RGB, decoded by ffmpeg."""
        rest = subprocess.run(
            ["ffmpeg", "-v", "error", "-i", self.path(name), "-fps_mode",
             "passthrough", "-f", "image2pipe", "-c:v", "ppm", "-"],
            check=True, capture_output=True, timeout=TIMEOUT).stdout
        frames = []
        while rest:
            header = re.match(rb"P6\n(\d+) (\d+)\n255\n", rest)
            row = 3 * int(header[1])
            size = row * int(header[2])
            frame, rest = rest[header.end():][:size], rest[header.end() + size:]
            frames.append([frame[i:i + row] for i in range(0, size, row)])
        return frames

    def greys(self, name):
        """The green in the middle of each frame."""
        return [rows[len(rows) // 2][len(rows[0]) // 6 * 3 + 1]
                for rows in self.pixels(name)]

    def assert_greys(self, name, numbers):
        """The frames are those of these numbers."""
        self.assertEqual(len(got := self.greys(name)), len(numbers))
        for grey, number in zip(got, numbers):
            self.assertAlmostEqual(grey, pictures.grey(number),
                                   delta=TOLERANCE, msg=f"{name}: {got}")

    def assert_times(self, name, expected, delta):
        """Frames have these times, in seconds, within delta."""
        self.assertEqual(len(got := self.times(name)), len(expected))
        for one, other in zip(got, expected):
            self.assertAlmostEqual(one, other, delta=delta, msg=str(got))

    def converts(self, *arguments):
        """A conversion that has to end well; what it says."""
        result = self.run_tool("convert", *arguments)
        self.assertEqual((result.code, result.out), (0, ""), result.err)
        self.assertFalse([name for name in self.files() if "part" in name])
        return result.err


@unittest.skipUnless(FFMPEG, "missing: ffmpeg, ffprobe")
class Golden(ConvertTest):
    """What the camera itself has recorded."""

    def recordings(self):
        """Those with pictures and without a pause of weeks; with the times of
        their pictures in ns."""
        for recording in golden.good():
            times = [frame.time_ns for frame in recording.pictures]
            if times and times[-1] < 3600e9:
                shutil.copy(recording.path, self.path("in.bin"))
                yield recording, [time - times[0] for time in times]

    def canvas(self, recording):
        """The size that lasts longest."""
        frames = recording.pictures
        times = [frame.time_ns for frame in frames]
        last = times[-1] - times[-2]
        lasts = {}
        for frame, start, end in zip(frames, times, times[1:] + [times[-1]
                                                                 + last]):
            size = (frame.w, frame.h)
            lasts[size] = lasts.get(size, 0) + end - start
        return max(lasts, key=lambda size: (lasts[size], size[0] * size[1],
                                            size[0]))

    @unittest.skipUnless(H264, "missing: x264enc")
    def test_mp4(self):
        """Every phone and browser plays it, and each frame keeps its time."""
        for recording, times in self.recordings():
            with self.subTest(recording.name):
                self.converts("-f", "in.bin", "out.mp4")
                stream = self.stream("out.mp4")
                self.assertEqual((stream["codec_name"], stream["pix_fmt"]),
                                 ("h264", "yuv420p"))
                self.assertIn(stream["profile"], ("High", "Main", "Baseline"))
                w, h = self.canvas(recording)
                self.assertEqual((stream["width"], stream["height"]),
                                 (max(16, w + w % 2), max(16, h + h % 2)))
                # frames at the same time are a tick apart
                tick = 1 / 90000
                self.assert_times("out.mp4", [t / 1e9 for t in times],
                                  2.5 * tick)
                data = self.path("out.mp4").read_bytes()
                self.assertLess(data.index(b"moov"), data.index(b"mdat"))

    def test_mkv(self):
        """The times to the millisecond, or to the microsecond."""
        for recording, times in self.recordings():
            with self.subTest(recording.name):
                self.converts("-f", "in.bin", "out.mkv")
                self.assertEqual(self.stream("out.mkv")["codec_name"], "mjpeg")
                self.assert_times("out.mkv", [t / 1e9 for t in times], 0.0021)

    def test_avi(self):
        """As long as the recording, to a frame."""
        for recording, times in self.recordings():
            with self.subTest(recording.name):
                said = self.converts("-f", "in.bin", "out.avi")
                stream = self.stream("out.avi")
                self.assertEqual(stream["codec_name"], "mjpeg")
                n = len(self.times("out.avi"))
                self.assertIn(f" {n} frames,", said)
                rate = stream["avg_frame_rate"].split("/")
                period = int(rate[1]) / int(rate[0])
                last = times[-1] - times[-2]
                self.assertAlmostEqual(self.duration("out.avi"), n * period,
                                       places=5)
                self.assertAlmostEqual(n * period, (times[-1] + last) / 1e9,
                                       delta=1.01 * period)

    def test_gif(self):
        """Times to the hundredth of a second."""
        for recording, times in self.recordings():
            with self.subTest(recording.name):
                self.converts("-f", "in.bin", "out.gif")
                last = times[-1] - times[-2]
                self.assertAlmostEqual(self.duration("out.gif"),
                                       (times[-1] + last) / 1e9, delta=0.021)

    def test_images(self):
        """Each frame in its own size; stored JPEG pictures as they are."""
        for recording, times in self.recordings():
            for form in ("png", "jpg"):
                with self.subTest(recording.name, form=form):
                    self.converts("-f", "in.bin", f"%03d.{form}")
                    frames = recording.pictures
                    self.assertEqual(self.sizes(f"%03d.{form}"),
                                     [(frame.w, frame.h) for frame in frames])
                    self.assertFalse(
                        self.path(f"{len(frames):03}.{form}").exists())
                    if form == "jpg" and all(frame.format == "JPEG"
                                             for frame in frames):
                        self.assertEqual(
                            [hashlib.sha256(self.path(f"{i:03}.jpg")
                                            .read_bytes()).hexdigest()[:16]
                             for i in range(len(frames))],
                            [frame.sha256[:16] for frame in frames])
                    for i in range(len(frames)):
                        self.path(f"{i:03}.{form}").unlink()

    def test_stored_pictures(self):
        """JPEG pictures of one size are not encoded again."""
        found = 0
        for recording, times in self.recordings():
            kinds = {(j.format, j.w, j.h) for j in recording.pictures}
            if len(kinds) > 1 or recording.pictures[0].format != "JPEG":
                continue
            found += 1
            for form in ("avi", "mkv"):
                self.converts("-f", "in.bin", f"out.{form}")
                data = self.path(f"out.{form}").read_bytes()
                for frame in Recording(recording.data).frames:
                    self.assertIn(frame.payload, data)
        self.assertGreater(found, 0)


@unittest.skipUnless(FFMPEG, "missing: ffmpeg, ffprobe")
class Times(ConvertTest):
    """Which frames there are, and when."""

    def irregular(self, intervals, name="GRAYSCALE"):
        """in.bin, with these intervals in ms, the first before frame 0."""
        self.path("in.bin", pictures.recording(
            [(interval, name, 32, 24) for interval in intervals]))

    def test_constant_rate(self):
        """A frame is shown from the place that is nearest to its time."""
        # the median is 40 ms; the last frame lasts 30 ms, like the one before
        self.irregular([2000, 40, 120, 40, 10, 30])
        said = self.converts("in.bin", "out.avi")
        self.assertIn("25 frames a second: ", said)
        rate = 25
        times = [0, 40, 160, 200, 210, 240]
        places = [round(t * rate / 1000) for t in times]
        end = round(270 * rate / 1000)
        shown = [max(n for n, place in enumerate(places) if place <= i)
                 for i in range(end)]
        self.assert_greys("out.avi", shown)

    def test_last_frame(self):
        """The last frame lasts as long as the one before it."""
        self.irregular([0] + [40] * 19 + [200])
        self.converts("in.bin", "out.avi")
        self.assert_greys("out.avi", list(range(20)) + [19] * 4 + [20] * 5)

    def test_an_hours_pause(self):
        """A constant rate does not fill it without being told to."""
        self.irregular([0, 40, 40, 3600000, 40, 40])
        self.fails("convert", "in.bin", "out.avi", subject="in.bin",
                   words=["--max-gap", "--timing=frames", "90005", "of 6"])
        self.converts("in.bin", "out.avi", "--max-gap=0.08")
        self.assert_greys("out.avi", [0, 1, 2, 2, 3, 4, 5])
        self.converts("-f", "in.bin", "out.mkv")
        self.assert_times("out.mkv", [0, .04, .08, 3600.08, 3600.12, 3600.16],
                          1e-6)
        if H264:
            self.converts("in.bin", "out.mp4")
            self.assert_times("out.mp4", self.times("out.mkv"), 1e-6)
        self.irregular([0, 40, 40, 800, 40, 40])
        self.fails("convert", "in.bin", "more.avi", words=["25", "of 6"])
        self.converts("in.bin", "more.avi", "--allow-repeats")
        self.assertEqual(len(self.times("more.avi")), 25)

    def test_timing_frames(self):
        """One in, one out, at the mean rate; the times are in a table."""
        self.irregular([500, 40, 120, 40, 10, 30])
        said = self.converts("in.bin", "out.avi", "--timing=frames")
        self.assertIn("out.avi.times.csv", said)
        self.assert_greys("out.avi", range(6))
        self.assertAlmostEqual(self.duration("out.avi"), 0.27, delta=0.001)
        with self.path("out.avi.times.csv").open() as table:
            rows = list(csv.DictReader(table))
        self.assertEqual([float(row["time"]) for row in rows],
                         [0, .04, .16, .2, .21, .24])
        self.assertEqual([int(row["frame"]) for row in rows], list(range(6)))

    def test_times_of_what_is_written(self):
        """The table is refused before, written behind, and as long as the
        video."""
        self.irregular([40] * 5)
        self.converts("in.bin", "one.png", "--timing=frames", "--from=#3")
        self.assertEqual(self.path("one.png.times.csv").read_text(),
                         "frame,source,time\n0,3,0\n")
        table = self.path("in.avi.times.csv", b"precious")
        self.fails("convert", "in.bin", "in.avi", "--timing=frames",
                   subject="in.avi.times.csv", words=["--force"])
        self.assertEqual(table.read_bytes(), b"precious")
        # nothing is left where the pictures themselves are refused
        self.path("one.png.times.csv").unlink()
        self.fails("convert", "in.bin", "one.png", "--timing=frames",
                   subject="one.png", words=["--force"])

    def test_times_of_frames_that_are_lost(self):
        """Where a frame cannot be decoded nobody can tell whose times are
        whose: there is no table, and that is said."""
        writer = Writer()
        for n in range(5):
            writer.frame(40, 16, 16, "JPEG", b"no picture" if n == 2
                         else pictures.jpeg(16, 16, n))
        self.path("in.bin", bytes(writer.data))
        self.path("p").mkdir()
        for name in "out.avi", "p/%d.png":
            result = self.run_tool("convert", "--size=16x16", "in.bin", name,
                                   "--timing=frames")
            self.assertEqual(result.code, 1, name)
            self.assertRegex(result.err, "omvstr: in.bin: .*left out: 1[.] .*")
            self.assertFalse(self.path(name + ".times.csv").exists())
        self.assertEqual(len(list(self.path("p").iterdir())), 4)

    def test_lead(self):
        """The time before the first frame. Where a film cannot begin with
        nothing, the first picture fills it."""
        self.irregular([200, 40, 40, 40, 40])
        cases = {"mkv": [.2, .24, .28, .32, .36], "gif": [0, .24, .28],
                 "mp4": [0, .24, .28, .32, .36]}
        for form in cases if H264 else ("mkv", "gif"):
            self.converts("in.bin", f"out.{form}")
            self.assertEqual(self.times(f"out.{form}")[:2], [0, .04])
            self.converts("-f", "in.bin", f"out.{form}", "--keep-lead")
            for got, time in zip(self.times(f"out.{form}"), cases[form]):
                self.assertAlmostEqual(got, time)
        self.converts("in.bin", "out.avi", "--keep-lead")
        self.assert_greys("out.avi", [0] * 6 + [1, 2, 3, 4])

    def test_selection(self):
        """From a recording into a video and into another recording."""
        self.irregular([100] + [40] * 19)
        cases = (
            (["--from=#5", "--to=#8"], [5, 6, 7], [0, 40, 80]),
            # frame n is due after 100 + 40 n ms
            (["--from=0.3", "--to=0.42"], [5, 6, 7], [0, 40, 80]),
            (["--every=6"], [0, 6, 12, 18], [0, 240, 480, 720]),
            (["--from=#2", "--every=9"], [2, 11], [0, 360]),
            (["--speed=2", "--to=#3"], [0, 1, 2], [0, 20, 40]),
            (["--speed=0.5", "--to=#3"], [0, 1, 2], [0, 80, 160]),
            (["--max-gap=0.01", "--to=#3"], [0, 1, 2], [0, 10, 20]),
            (["--keep-lead", "--to=#2"], [0, 1], [100, 140]),
            (["--keep-lead", "--from=0.29", "--to=#6"], [5], [10]),
        )
        for options, numbers, times in cases:
            with self.subTest(options):
                self.converts("-f", "in.bin", "out.mkv", *options)
                self.assert_greys("out.mkv", numbers)
                self.assert_times("out.mkv", [t / 1000 for t in times], 1e-6)
                self.converts("-f", "in.bin", "out.bin", *options)
                frames = Recording(self.path("out.bin").read_bytes()).frames
                total = 0
                for frame, number, time in zip(frames, numbers, times,
                                               strict=True):
                    total += frame.interval
                    self.assertEqual((total, frame.payload[0]),
                                     (time, pictures.grey(number)))
        self.fails("convert", "in.bin", "no.mkv", "--from=#20",
                   words=["no picture"])

    def test_versions(self):
        """A recording in another version, its frames as they are."""
        self.irregular([100] + [40] * 4, "RGB565")
        frames = Recording(self.path("in.bin").read_bytes()).frames
        for version in ("1.1", "2.0"):
            self.converts("-f", "in.bin", "out.bin", "--version", version)
            out = Recording(self.path("out.bin").read_bytes())
            self.assertEqual(self.path("out.bin").read_bytes()[13:16],
                             version.encode())
            self.assertEqual([frame.payload for frame in out.frames],
                             [frame.payload for frame in frames])
        self.converts("-f", "in.bin", "out.bin", "--exact-time")
        self.assertEqual(self.json("info", "--json", "out.bin")["exact_times"],
                         5)


@unittest.skipUnless(FFMPEG, "missing: ffmpeg, ffprobe")
class Pictures(ConvertTest):
    """Sizes, colours and quality."""

    RAW = ["-f", "rawvideo", "-pix_fmt", "rgb565le", "-s", "160x120", "-r",
           "25", "-i", "in.raw"]

    def box(self, rows):
        """The part of a frame that is not black: x, y, w, h."""
        bright = [[row[i] > 60 for i in range(1, len(row), 3)] for row in rows]
        ys = [y for y, row in enumerate(bright) if any(row)]
        xs = [x for x in range(len(bright[0])) if any(r[x] for r in bright)]
        return xs[0], ys[0], len(xs), len(ys)

    def test_sizes(self):
        """What is scaled keeps its aspect, between black borders."""
        wide, tall = (40, "GRAYSCALE", 64, 32), (40, "RGB565", 32, 64)
        # frame 9 is bright enough to tell it from the border
        self.path("in.bin", pictures.recording([wide] * 11 + [tall] * 4))
        said = self.converts("in.bin", "out.mkv")
        self.assertIn("64 x 32, as for 0.44 of 0.6 s", said)
        frames = self.pixels("out.mkv")
        self.assertEqual(self.box(frames[10]), (0, 0, 64, 32))
        self.assertEqual(self.box(frames[12]), (24, 0, 16, 32))
        self.converts("-f", "in.bin", "out.mkv", "--size=96x96")
        frames = self.pixels("out.mkv")
        self.assertEqual(self.box(frames[10]), (0, 24, 96, 48))
        self.assertEqual(self.box(frames[12]), (24, 0, 48, 96))

    def test_crop(self):
        """A part, which then is scaled."""
        quarter = bytes([200] * 16 + [90] * 16) * 12
        rest = bytes([40] * 32) * 12
        writer = pictures.Writer()
        for _ in range(3):
            writer.frame(40, 32, 24, "GRAYSCALE", quarter + rest)
        self.path("in.bin", bytes(writer.data))
        self.converts("in.bin", "out.mkv", "--crop=16x12+16+0")
        stream = self.stream("out.mkv")
        self.assertEqual((stream["width"], stream["height"]), (16, 12))
        for rows in self.pixels("out.mkv"):
            for row in rows:
                for grey in row:
                    self.assertAlmostEqual(grey, 90, delta=TOLERANCE)
        self.converts("-f", "in.bin", "out.mkv", "--crop=16x12+0+0",
                      "--size=48x48")
        self.assertEqual(self.box(self.pixels("out.mkv")[1]), (0, 6, 48, 36))
        self.fails("convert", "in.bin", "no.mkv", "--crop=16x13+0+12",
                   subject="in.bin", words=["32 x 24"])

    def test_every_format(self):
        """The same grey, whatever it was stored as, wherever it goes."""
        forms = VIDEOS if H264 else VIDEOS[:-1]
        for number, name in enumerate(pictures.FORMATS):
            self.path("in.bin", pictures.steady(25, name, 33, 25))
            levels = [pictures.grey(n) for n in range(25)]
            if name == "BINARY":
                levels = [255 * (level > 127) for level in levels]
            for form in (forms[number % len(forms)],) if golden.SLOW else forms:
                with self.subTest(name, form=form):
                    self.converts("-f", "in.bin", f"out.{form}")
                    for got, level in zip(self.greys(f"out.{form}"), levels,
                                          strict=True):
                        self.assertAlmostEqual(got, level, delta=TOLERANCE)

    @unittest.skipUnless(H264, "missing: x264enc")
    def test_odd_size(self):
        """The picture stays as it is; black is beside and below it."""
        self.path("in.bin", pictures.steady(12, "YUV422", 33, 25))
        self.converts("in.bin", "out.mp4")
        rows = self.pixels("out.mp4")[11]
        self.assertEqual((len(rows), len(rows[0])), (26, 34 * 3))
        self.assertEqual(self.box(rows), (0, 0, 33, 25))

    def psnr(self, name):
        """Of a file against in.raw, both as RGB."""
        done = subprocess.run(
            ["ffmpeg", "-hide_banner", *self.RAW, "-i", name, "-lavfi", "[0]format=rgb24,setpts=N/TB[a];"
             "[1]format=rgb24,setpts=N/TB[b];[a][b]psnr", "-f", "null", "-"],
            cwd=self.folder, check=True, capture_output=True, timeout=TIMEOUT)
        return float(re.search(rb"average:([\d.]+)", done.stderr)[1])

    def test_quality(self):
        """Colours are right, and more quality is better and larger."""
        subprocess.run(
            ["gst-launch-1.0", "-q", "videotestsrc", "num-buffers=10",
             "pattern=smpte75", "!", "video/x-raw,width=16,height=12", "!",
             "videoscale", "!", "videoconvert", "!",
             "video/x-raw,width=160,height=120,framerate=25/1,format=RGB16",
             "!", "filesink", "location=in.raw"], cwd=self.folder, check=True,
            timeout=TIMEOUT)
        data = self.path("in.raw").read_bytes()
        size = 160 * 120 * 2
        writer = pictures.Writer()
        for i in range(0, len(data), size):
            writer.frame(40, 160, 120, "RGB565", data[i:i + size])
        self.path("in.bin", bytes(writer.data))
        # half the colour resolution is what costs most; FFmpeg pays, too
        subprocess.run(
            ["ffmpeg", "-v", "error", *self.RAW, "-c:v", "mjpeg", "-pix_fmt",
             "yuvj420p", "-q:v", "2", "other.avi"], cwd=self.folder,
            check=True, timeout=TIMEOUT)
        other = self.psnr("other.avi")
        for form in ("avi", "mkv", "mp4") if H264 else ("avi", "mkv"):
            sizes, values = [], []
            for quality in (30, 90):
                self.converts("-f", "in.bin", f"out.{form}", "--quality",
                              quality)
                sizes.append(self.path(f"out.{form}").stat().st_size)
                values.append(self.psnr(f"out.{form}"))
            self.assertLess(sizes[0], sizes[1])
            self.assertLess(values[0], values[1])
            self.assertGreater(values[1], other - 1)

    def test_one_image(self):
        """A name without a number is the first frame's."""
        self.path("in.bin", pictures.steady(5, "RGB565"))
        self.converts("in.bin", "one.png", "--from=#3")
        self.assert_greys("one.png", [3])
        self.assertEqual(self.files(), ["in.bin", "one.png"])
        self.converts("in.bin", "50%%.jpg")
        self.assertIn("50%.jpg", self.files())
        for name in ("%s.png", "%d%d.png", "%5d.png", "%x.jpg"):
            self.fails("convert", "in.bin", name, subject=name,
                       words=["%05d"])


class Tool(ConvertTest):
    """Files, errors and interrupts."""

    def setUp(self):
        super().setUp()
        self.path("in.bin", pictures.steady(10, "GRAYSCALE"))

    def test_bad_input(self):
        """One sentence, and nothing is written."""
        self.path("empty.bin", b"")
        self.path("header.bin", pictures.recording([]))
        self.path("text.bin", b"This is not a recording, but quite a text.")
        self.path("folder").mkdir()
        for out in ("out.mkv", "out.avi", "out.gif", "%d.png", "out.bin"):
            for name in ("empty.bin", "text.bin", "folder", "none.bin"):
                with self.subTest(name, out=out):
                    self.fails("convert", name, out, subject=name)
            if out != "out.bin":
                self.fails("convert", "header.bin", out,
                           words=["no whole frame"])

    @unittest.skipUnless(FFMPEG, "missing: ffmpeg, ffprobe")
    def test_parts(self):
        """A part is what it would be alone, whatever is around it."""
        parts = (("GRAYSCALE", 32, 24), ("JPEG", 32, 24), ("RGB565", 32, 24),
                 ("RGB565", 48, 20))
        self.path("in.bin", pictures.recording(
            [(40, *part) for part in parts for _ in range(4)]))
        forms = [*VIDEOS, "bin"] if H264 else ["avi", "gif", "mkv"]
        for n, (_, w, h) in enumerate(parts):
            for form in forms[n % 2::2] if golden.SLOW else forms:
                with self.subTest(parts[n], out=form):
                    result = self.run_tool(
                        "convert", "-qf", "in.bin", f"out.{form}",
                        f"--from=#{4 * n}", f"--to=#{4 * n + 4}",
                        *["--format=png"] * (form == "bin"))
                    self.assertEqual((result.code, result.err), (0, ""))
                    if form == "bin":
                        frames = Recording(
                            self.path("out.bin").read_bytes()).frames
                        self.assertEqual(
                            [(f.interval, f.format, f.w, f.h) for f in frames],
                            [(40 * (i > 0), "PNG", w, h) for i in range(4)])
                        continue
                    stream = self.stream(f"out.{form}")
                    self.assertEqual((stream["width"], stream["height"]),
                                     (w, h))
                    self.assert_greys(f"out.{form}", range(4 * n, 4 * n + 4))

    def test_output(self):
        """Nothing is overwritten that should not be."""
        self.path("out.mkv", b"precious")
        self.fails("convert", "in.bin", "out.mkv", subject="out.mkv",
                   words=["--force"])
        self.path("1.png", b"precious")
        result = self.run_tool("convert", "in.bin", "%d.png")
        self.assertEqual(result.code, 1)
        self.assert_sentence(result.err, "1.png", "--force")
        self.assertEqual(self.path("1.png").read_bytes(), b"precious")
        os.link(self.path("in.bin"), self.path("same.mkv"))
        self.fails("convert", "-f", "in.bin", "same.mkv",
                   words=["same file"])
        self.fails("convert", "-f", "in.bin", "in.bin", words=["same file"])
        self.fails("convert", "in.bin", "none/out.mkv",
                   words=["no such directory"])
        self.fails("convert", "in.bin", "none/%d.png",
                   words=["no such directory"])

    def test_nonsense(self):
        """Options that make no sense are a wrong call."""
        for options in (["--every=-1"], ["--every=x"], ["--speed=-1"],
                        ["--quality=101"], ["--size=3"], ["--size=0x4"],
                        ["--crop=3x3"], ["--crop=3x3+1"], ["--timing=never"],
                        ["--from=then"], ["--max-gap=0"], ["--codec=av1"],
                        ["--version=3.0"], ["--format=rgb565"],
                        ["--exact-time"], ["--type=mkv"], ["--jobs=-1"]):
            with self.subTest(options):
                self.fails("convert", "in.bin", "out.mkv", *options, code=2)
        self.fails("convert", "in.bin", "out.avi", "--codec=h264", code=2)
        self.fails("convert", "in.bin", "out.bin", "--timing=frames", code=2)
        self.fails("convert", "in.bin", "out.bin", "--version=1.1",
                   "--exact-time", code=2)
        self.fails("convert", "in.bin", "out.xyz", words=[".mp4"], code=2)
        for out in "out.gif", "out.png", "out.bin":
            self.fails("convert", "in.bin", out, "--quality=5",
                       words=["--quality"], code=2)
        for form in "rgb565", "png":
            self.fails("convert", "in.bin", "out.bin", "--quality=5",
                       f"--format={form}", words=["--quality"], code=2)
        for out in "out.gif", "out.mkv", "out.mp4", "%d.jpg", "out.bin":
            self.fails("convert", "in.bin", out, "--allow-repeats",
                       words=["--allow-repeats"], code=2)
        self.fails("convert", "in.bin", "out.avi", "--allow-repeats",
                   "--timing=frames", words=["--timing=frames"], code=2)
        self.fails("convert", "in.bin", "in.bin", "out.mkv", code=2)

    def test_missing_element(self):
        """Its name and the package that has it."""
        folder = self.path("plugins")
        folder.mkdir()
        system = subprocess.run(
            ["gst-inspect-1.0", "filesrc"], check=True, capture_output=True,
            text=True, timeout=TIMEOUT)
        core = re.search(r"Filename\s+(\S+)", system.stdout)[1]
        folder.joinpath(os.path.basename(core)).symlink_to(core)
        env = {"GST_PLUGIN_SYSTEM_PATH_1_0": "", "GST_REGISTRY_1_0":
               str(self.path("registry")), "GST_PLUGIN_PATH_1_0":
               f"{folder}:{os.environ['GST_PLUGIN_PATH_1_0']}"}
        done = subprocess.run(
            [TOOL, "convert", "in.bin", "out.mkv"], cwd=self.folder,
            env={**os.environ, **env}, check=False, capture_output=True,
            text=True, timeout=TIMEOUT)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assert_sentence(done.stderr, None, "videoconvert",
                             "gstreamer1.0-plugins-base")
        self.assertNotIn("out.mkv", "".join(self.files()))

    def test_nameless(self):
        """`omvstr IN OUT` converts."""
        self.assertEqual(self.works("in.bin", "out.mkv"), "")
        self.assertIn("out.mkv", self.files())

    def test_several(self):
        """Into a folder, some at once."""
        for n in range(5):
            self.path(f"{n}.bin", pictures.steady(10, "GRAYSCALE"))
        self.path("bad.bin", b"OMV")
        self.path("out").mkdir()
        names = [f"{n}.bin" for n in range(5)]
        self.fails("convert", *names, "out", code=2)
        self.fails("convert", *names, "in.bin", "out", "--type=exe", code=2)
        self.fails("convert", "0.bin", "out/../0.bin", "out", "--type=mkv",
                   code=2)
        for jobs in ("--jobs=1", "--jobs=3"):
            self.works("convert", "-f", *names, "out", "--type=mkv", jobs)
            self.assertEqual(sorted(os.listdir(self.path("out"))),
                             [f"{n}.mkv" for n in range(5)])
            result = self.run_tool("convert", "-f", *names, "bad.bin", "out",
                                   "--type=mkv", jobs)
            self.assertEqual(result.code, 1)
            self.assert_sentence(result.err, "bad.bin")
            self.assertEqual(len(os.listdir(self.path("out"))), 5)

    def test_jobs_say_the_same(self):
        """What is said of a file does not depend on how many are under way."""
        names = [f"{n}.bin" for n in range(3)]
        for name in names:
            self.path(name, pictures.mixed())
        self.path("out").mkdir()
        said = [self.run_tool("convert", "-f", *names, "out", "--type=avi",
                              *options, jobs)
                for options in ((), ("-q",))
                for jobs in ("--jobs=1", "--jobs=3")]
        self.assertEqual([result.code for result in said], [0] * 4)
        lines = [sorted(result.err.splitlines()) for result in said]
        self.assertIn("The size changes", lines[0][0])
        self.assertEqual(lines[0], lines[1])
        self.assertEqual(lines[2:], [[], []])

    def start_long(self, out):
        """A conversion that takes long, and has begun to write."""
        self.path("long.bin", pictures.steady(20000, "GRAYSCALE", 64, 48))
        process = subprocess.Popen(
            [TOOL, "convert", "-q", "long.bin", out], cwd=self.folder,
            stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        part = self.path(out + ".part")
        while not part.exists() or part.stat().st_size == 0:
            self.assertIsNone(process.poll())
        return process

    @unittest.skipUnless(FFMPEG, "missing: ffmpeg, ffprobe")
    def test_interrupt(self):
        """Ctrl-C leaves a whole file of what was there until then."""
        for form in ("avi", "mkv", "gif"):
            process = self.start_long(f"out.{form}")
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(TIMEOUT), 1)
            stream = self.probe(f"out.{form}")["streams"][0]
            times = self.times(f"out.{form}")
            self.assertLess(len(times), 20000, stream)
            self.assertAlmostEqual(self.duration(f"out.{form}"),
                                   len(times) * 0.04, delta=0.001)
            self.assertFalse(self.path(f"out.{form}.part").exists())

    def test_interrupt_of_several(self):
        """Ctrl-C ends the file that is under way, and all that follow it."""
        data = pictures.steady(20000, "GRAYSCALE", 64, 48)
        names = [f"{n}.bin" for n in range(3)]
        for name in names:
            self.path(name, data)
        for form in "mkv", "bin":
            folder = self.path(form)
            folder.mkdir()
            process = subprocess.Popen(
                [TOOL, "convert", "-q", "--size=32x24", *names, folder,
                 f"--type={form}"], cwd=self.folder)
            self.addCleanup(process.kill)
            part = folder / f"0.{form}.part"
            while not part.exists() or part.stat().st_size == 0:
                self.assertIsNone(process.poll())
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(TIMEOUT), 1)
            self.assertEqual(os.listdir(folder), [f"0.{form}"])

    @unittest.skipUnless(FFMPEG, "missing: ffmpeg, ffprobe")
    def test_killed(self):
        """What a killed conversion leaves can be opened."""
        for form in ("avi", "mkv"):
            process = self.start_long(f"out.{form}")
            process.kill()
            process.wait(TIMEOUT)
            self.assertFalse(self.path(f"out.{form}").exists())
            self.assertEqual(self.stream(f"out.{form}.part")["codec_name"],
                             "mjpeg")

    @unittest.skipUnless(FFMPEG, "missing: ffmpeg, ffprobe")
    def test_damage(self):
        """What is whole is converted, the rest is told of."""
        data = bytearray(pictures.steady(10, "GRAYSCALE"))
        frame = (len(data) - 16) // 10
        data[16 + 4 * frame:16 + 4 * frame + 32] = bytes(32)
        self.path("in.bin", bytes(data))
        said = self.converts("in.bin", "out.mkv")
        self.assertRegex(said, "omvstr: in.bin: .*4.*[.]\n")
        self.assert_greys("out.mkv", [0, 1, 2, 3, 5, 6, 7, 8, 9])

    def test_no_picture(self):
        """Of nothing that can be decoded there is no empty video."""
        writer = Writer()
        for _ in range(3):
            writer.frame(40, 8, 8, "JPEG", b"no picture")
        self.path("in.bin", bytes(writer.data))
        for name in "out.avi", "out.gif", "out.mkv", "out.mp4":
            before = self.files()
            result = self.run_tool("convert", "--size", "16x16", "in.bin",
                                   name)
            self.assertEqual((result.code, result.out), (1, ""), name)
            self.assertIn("omvstr: in.bin: No picture can be decoded.\n",
                          result.err)
            self.assertEqual(self.files(), before)

    def test_damage_of_what_is_copied(self):
        """As cut and cat say it, if it lies in the part that is wanted."""
        data = bytearray(pictures.steady(10, "GRAYSCALE"))
        frame = (len(data) - 16) // 10
        data[16 + 4 * frame:16 + 4 * frame + 32] = b"\xff" * 32
        self.path("in.bin", bytes(data[:-1]))
        grey = [pictures.grey(n) for n in range(10)]
        for options, numbers in (((), (0, 1, 2, 3, 5, 6, 7, 8)),
                                 (("--from=#2", "--to=#6"), (2, 3, 5, 6)),
                                 (("--from=#6",), (7, 8))):
            result = self.run_tool("convert", "-f", "in.bin", "out.bin",
                                   *options)
            self.assertEqual(result.code, 1)
            self.assert_sentence(result.err, "in.bin", "damaged", "copied")
            self.assertEqual(
                [f.payload[0] for f in
                 Recording(self.path("out.bin").read_bytes()).frames],
                [grey[n] for n in numbers])
        for options in ("--to=#4",), ("--from=#4", "--to=#7"):
            self.works("convert", "-f", "in.bin", "out.bin", *options)

    @unittest.skipUnless(FFMPEG, "missing: ffmpeg, ffprobe")
    def test_start(self):
        """Metadata is true of the film's time 0."""
        self.path("in.bin.json", b'{"start": "2026-08-14T10:22:33.5Z"}')
        for options, seconds in (((), "33[.]54"), (("--keep-lead",), "33[.]5"),
                                 (("--from=#5",), "33[.]74")):
            self.converts("-f", "in.bin", "out.mkv", *options)
            tags = self.probe("out.mkv")["format"]["tags"]
            comment = next(tags[name] for name in tags
                           if name.lower().startswith("comment"))
            self.assertRegex(comment, rf"2026-08-14T10:22:{seconds}0*Z")

    @unittest.skipUnless(FFMPEG, "missing: ffmpeg, ffprobe")
    def test_metadata(self):
        """What lies beside the recording goes where there is a place."""
        self.path("in.bin.json", b'{"label": "part-17"}')
        self.converts("in.bin", "out.mkv")
        tags = self.probe("out.mkv")["format"]["tags"]
        self.assertEqual({name.lower(): tags[name] for name in tags}["title"],
                         "part-17")
        self.assertIn("metadata", self.converts("in.bin", "out.gif"))
        # that of another recording, which had this name
        self.works("cut", "-q", "--to=#3", "in.bin", "old.bin")
        self.path("old.bin", pictures.steady(10, "GRAYSCALE", 48, 32))
        self.assert_sentence(self.converts("old.bin", "old.mkv"), "old.bin",
                             "another")
        tags = self.probe("old.mkv")["format"]["tags"]
        self.assertNotIn("title", map(str.lower, tags))
        self.converts("in.bin", "out.bin")
        self.assertEqual(json.loads(self.path("out.bin.json").read_text())
                         ["label"], "part-17")


@unittest.skipUnless(FFMPEG and H264, "missing: ffmpeg, ffprobe, x264enc")
@unittest.skipUnless(os.path.isdir(DATA), f"missing: {DATA}")
class RealVideo(ConvertTest):
    """A microscope's film, by way of a recording."""

    def test_there_and_back(self):
        """Every frame, each within a millisecond of its time."""
        film = os.path.join(DATA, "imgstore_mp4", "000000.mp4")
        if not os.path.exists(film):
            self.skipTest(f"missing: {film}")
        before = sorted(self.times(film))
        stream = self.stream(film)
        w, h = stream["width"], stream["height"]
        done = subprocess.run(
            ["ffmpeg", "-v", "error", "-i", film, "-fps_mode", "passthrough",
             "-f", "rawvideo", "-pix_fmt", "gray", "-"], check=True,
            capture_output=True, timeout=TIMEOUT)
        self.assertEqual(len(done.stdout), len(before) * w * h)
        writer = pictures.Writer()
        written = 0
        for i, time in enumerate(before):
            interval = round(1000 * (time - before[0])) - written
            written += interval
            writer.frame(interval, w, h, "GRAYSCALE",
                         done.stdout[i * w * h:(i + 1) * w * h])
        self.path("in.bin", bytes(writer.data))
        self.converts("in.bin", "out.mp4")
        self.assert_times("out.mp4", [t - before[0] for t in before], 0.001)


if __name__ == "__main__":
    main()
