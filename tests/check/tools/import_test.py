# SPDX-License-Identifier: LGPL-2.1-or-later
"""omvstr convert, from videos and pictures to recordings.

The guarantees: every frame arrives, at its time to the millisecond, or to the
nanosecond with --exact-time; its pixels are as near to the source's as the
format allows, which ffmpeg, decoding the same source, tells; what is said of
options is true; and what cannot be converted leaves one sentence and no file.

ffmpeg makes the videos. OMV_DATA_DIR may name a folder with real ones.
"""

import io
import json
import math
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import time
import unittest
import zipfile

import launch
import pictures
import stores
from omvimg import Recording
from tool import TIMEOUT, TOOL, ToolTest, main

DATA = pathlib.Path(os.environ.get("OMV_DATA_DIR", "/nonexistent"))
FFMPEG = shutil.which("ffmpeg") and shutil.which("ffprobe")
MS = 10 ** 6
W, H = 64, 48
BAYER = {"bggr": (2, 1, 1, 0), "gbrg": (1, 2, 0, 1),
         "grbg": (1, 0, 2, 1), "rggb": (0, 1, 1, 2)}
# What a decoder knows of a gray pixel.
LUMA = (0.299, 0.587, 0.114)


def run(*arguments):
    """What a program prints that has to end well."""
    return subprocess.run(list(map(str, arguments)), check=True,
                          capture_output=True, timeout=TIMEOUT).stdout


def ffmpeg(*arguments):
    """ffmpeg without words."""
    return run("ffmpeg", "-v", "error", "-y", *arguments)


def damage(path, *indices):
    """Overwrites all of these frames of a video but their first bytes."""
    lines = run("ffprobe", "-v", "error", "-select_streams", "v:0",
                "-show_entries", "packet=pos,size", "-of", "json", path)
    packets = json.loads(lines)["packets"]
    with open(path, "r+b") as file:
        for index in indices:
            size, start = (int(packets[index][key]) for key in ("size", "pos"))
            # an AVI chunk's header, or that of a Matroska block
            file.seek(start + 12)
            file.write(bytes(size - 12))


def video_times(path):
    """ns of each frame, from the first, as ffprobe tells."""
    lines = run("ffprobe", "-v", "error", "-select_streams", "v:0",
                "-show_entries", "frame=pts_time", "-of", "csv=p=0", path)
    times = [round(float(line.split(b",")[0]) * 1e9)
             for line in lines.split()]
    return [t - times[0] for t in times]


def video_pixels(path, w=W, h=H):
    """The frames of a video as RGB bytes, decoded by ffmpeg."""
    data = ffmpeg("-i", path, "-vsync", "0", "-f", "rawvideo",
                  "-sws_flags", "accurate_rnd+full_chroma_int",
                  "-pix_fmt", "rgb24", "-")
    size = w * h * 3
    return [data[i:i + size] for i in range(0, len(data), size)]


def rgb_of(frame):
    """A frame's pixels as RGB bytes, as a camera shows them."""
    out, data = bytearray(), frame.payload
    if frame.format == "GRAYSCALE":
        return bytes(v for v in data for _ in range(3))
    if frame.format == "RGB565":
        for (v,) in struct.iter_unpack("<H", data):
            r, g, b = v >> 11, v >> 5 & 63, v & 31
            out += bytes((r << 3 | r >> 2, g << 2 | g >> 4, b << 3 | b >> 2))
    else:
        for y0, u, y1, v in struct.iter_unpack("4B", data):
            u, v = u - 128, v - 128
            for y in (y0, y1):
                out += bytes(min(255, max(0, round(c))) for c in (
                    y + 1.402 * v, y - 0.344136 * u - 0.714136 * v,
                    y + 1.772 * u))
    return bytes(out)


def psnr(a, b):
    """dB between two pictures."""
    assert len(a) == len(b), (len(a), len(b))
    error = sum((x - y) ** 2 for x, y in zip(a, b)) / len(a)
    return 10 * math.log10(255 ** 2 / error) if error else math.inf


def gray(rgb):
    """The luma of RGB bytes, as RGB bytes."""
    return bytes(v for i in range(0, len(rgb), 3) for v in
                 [round(sum(c * f for c, f in zip(rgb[i:i + 3], LUMA)))] * 3)


@unittest.skipUnless(FFMPEG, "missing: ffmpeg")
class ImportTest(ToolTest):
    """A test with videos."""

    def video(self, name, *codec, rate=30, frames=12, source="testsrc2",
              more=(), size=f"{W}x{H}"):
        """A video of ffmpeg's, in the test's folder."""
        path = self.path(name)
        ffmpeg("-f", "lavfi", "-i", f"{source}=size={size}:rate={rate}",
               *more, "-frames:v", frames, *codec, path)
        return path

    def uneven(self, name="in.mkv", *codec):
        """A video whose intervals are of all kinds: a list of its times, ns."""
        path = self.path(name)
        ffmpeg("-f", "lavfi", "-i", f"testsrc2=size={W}x{H}:rate=25",
               "-enc_time_base", "1/1000", "-vf", "settb=1/1000,setpts=N*N*7+N*40", "-vsync", "passthrough",
               "-frames:v", 12, *(codec or ("-c:v", "mjpeg", "-pix_fmt",
                                            "yuvj422p")), path)
        return video_times(path)

    def convert(self, *arguments, out="out.bin"):
        """What was written and what was printed."""
        printed = self.works("convert", *arguments, out)
        recording = Recording(self.path(out).read_bytes())
        self.assertIsNone(recording.problem)
        self.assertNotIn(out + ".part", self.files())
        return recording, printed

    def assert_times(self, recording, times, within=MS // 2 + 1):
        """The frames' times, in ns from the first."""
        self.assertEqual(len(recording.frames), len(times))
        for n, (frame, t) in enumerate(zip(recording.frames, times)):
            self.assertLessEqual(abs(frame.time_ns - t), within, f"frame {n}")


class Videos(ImportTest):
    """What comes in."""

    def test_containers(self):
        """Each container's frames arrive, each at its time."""
        for name, codec in {
                "a.mp4": ("-c:v", "mpeg4"),
                "a.mkv": ("-c:v", "ffv1"),
                "a.avi": ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p"),
                "a.mov": ("-c:v", "png")}.items():
            with self.subTest(name):
                path = self.video(name, *codec)
                recording, printed = self.convert(path, "--force")
                self.assert_times(recording, video_times(path))
                self.assertEqual(
                    {(f.format, f.w, f.h) for f in recording.frames},
                    {("RGB565", W, H)})
                self.assertIn("12 frames of RGB565", printed)

    def test_uneven_times(self):
        """Variable intervals stay what they are, and do not drift."""
        times = self.uneven()
        self.assertGreater(len({b - a for a, b in zip(times, times[1:])}), 8)
        self.assert_times(self.convert("in.mkv")[0], times)

    def test_exact_time(self):
        """--exact-time keeps the times to the container's last digit."""
        path = self.video("in.mp4", "-c:v", "mpeg4", rate="30000/1001")
        recording, _ = self.convert(path, "--exact-time")
        exact = [int.from_bytes(f.spare[4:12], "little")
                 for f in recording.frames]
        for n, t in enumerate(exact):
            self.assertLessEqual(abs(t - exact[0] - n * 1001 * 1e9 / 30000), 1)

    def test_gif(self):
        """A GIF's own delays count."""
        path = self.path("in.gif")
        ffmpeg("-f", "lavfi", "-i", f"testsrc=size={W}x{H}:rate=25",
               "-vf", "settb=1/100,setpts=N*N*3+N*5", "-vsync", "passthrough",
               "-frames:v", 6, path)
        recording, _ = self.convert(path)
        self.assert_times(recording, video_times(path))
        for frame, rgb in zip(recording.frames, video_pixels(path)):
            self.assertGreater(psnr(rgb_of(frame), rgb), 40)

    def test_torn_gif(self):
        """What is whole is taken, and said where it ends."""
        path = self.path("in.gif")
        ffmpeg("-f", "lavfi", "-i", f"testsrc=size={W}x{H}:rate=25",
               "-frames:v", 6, path)
        data = path.read_bytes()
        whole, _ = self.convert(path)
        for size, n in ((len(data) - 1, 6), (len(data) - 2, 5),
                        (len(data) * 2 // 3, 3)):
            with self.subTest(size=size):
                self.path("torn.gif", data[:size])
                result = self.run_tool("convert", "-f", "torn.gif", "out.bin")
                self.assertEqual(result.code, 0, result.err)
                self.assert_sentence(result.err, "torn.gif",
                                     f"Picture {n} at byte")
                self.assertLessEqual(
                    int(re.search(r"byte (\d+)", result.err)[1]), size)
                torn = Recording(self.path("out.bin").read_bytes())
                self.assertEqual([f.payload for f in torn.frames],
                                 [f.payload for f in whole.frames[:n]])

    def test_undecodable(self):
        """Frames that cannot be decoded are left out, which is said once."""
        path = self.video("in.avi", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p")
        times = video_times(path)
        damage(path, 0, 4, 5)
        result = self.run_tool("convert", path, "out.bin", "--format", "png")
        self.assertEqual(result.code, 0, result.err)
        self.assert_sentence(result.err, path, "left out: 3.")
        recording = Recording(self.path("out.bin").read_bytes())
        self.assertEqual(len(recording.frames), 9)
        self.assertEqual(recording.frames[-1].time_ns // MS,
                         (times[-1] - times[1]) // MS)

    def test_headers_are_no_frames(self):
        """Those of a codec, which Ogg has as packets, are not missed."""
        path = self.path("in.ogv")
        try:
            self.video(path.name, "-c:v", "libtheora")
        except subprocess.CalledProcessError:
            self.skipTest("ffmpeg writes no Theora")
        self.path("t.csv", b"".join(b"%d\n" % n for n in range(12)))
        self.convert(path)
        self.convert(path, "--times", "t.csv", "--force")

    def test_other_streams(self):
        """Sound is left alone; of two videos the first is taken, and said."""
        self.video("in.mkv", "-map", "0", "-map", "1", "-map", "2", "-c:v",
                   "ffv1", more=("-f", "lavfi", "-i", "color=red:size=32x32",
                                 "-f", "lavfi", "-i", "sine=duration=1"))
        result = self.run_tool("convert", "in.mkv", "out.bin")
        self.assertEqual(result.code, 0, result.err)
        self.assert_sentence(result.err, "in.mkv", "2 videos")
        recording = Recording(self.path("out.bin").read_bytes())
        self.assertEqual((len(recording.frames), recording.frames[0].w),
                         (12, W))

    def test_real_material(self):
        """What others recorded, if it is here."""
        avi = DATA / "miniscope_200px.avi"
        store = DATA / "imgstore_mp4"
        if not avi.exists() or not store.exists():
            self.skipTest(f"no real recordings in {DATA}")
        recording, printed = self.convert(avi)
        self.assert_times(recording, [n * 50 * MS for n in range(94)])
        self.assertIn("GRAYSCALE", printed)
        rgb = video_pixels(avi, 200, 200)
        self.assertEqual(rgb_of(recording.frames[40]), rgb[40])

        recording, printed = self.convert(
            store / "000000.mp4", "--times", store / "000000.npz",
            "--format", "grayscale", out="store.bin")
        self.assert_times(recording, [n * 10 ** 9 for n in range(100)], 0)
        self.assertIn("frame_time, in s", printed)


class Pixels(ImportTest):
    """What becomes of the pictures."""

    def test_rgb565(self):
        """Each value is the nearest one that its bits can say."""
        path = self.video("in.mkv", "-c:v", "ffv1", "-pix_fmt", "bgr0",
                          frames=3, source="rgbtestsrc")
        recording, _ = self.convert(path)
        for frame, rgb in zip(recording.frames, video_pixels(path)):
            words = [v for (v,) in struct.iter_unpack("<H", frame.payload)]
            self.assertEqual(words, [
                (rgb[i] * 31 * 2 + 255) // 510 << 11
                | (rgb[i + 1] * 63 * 2 + 255) // 510 << 5
                | (rgb[i + 2] * 31 * 2 + 255) // 510
                for i in range(0, len(rgb), 3)])

    def test_as_good_as_ffmpeg(self):
        """What ffmpeg makes of the same video is hardly better."""
        path = self.video("in.mp4", "-vf", "gblur=3", "-c:v", "mpeg4", "-q:v",
                          2, "-pix_fmt", "yuv420p", frames=3)
        truth = video_pixels(path)
        for name, pixels, least, slack in (
                ("rgb565", "rgb565le", 36, 0), ("yuv422", "yuyv422", 34, 3),
                ("grayscale", "gray", 48, 1)):
            with self.subTest(name):
                recording, _ = self.convert(path, "--format", name, "--force")
                data = ffmpeg("-i", path, "-vf",
                              "scale=out_color_matrix=bt601:out_range=full",
                              "-f", "rawvideo", "-pix_fmt", pixels, "-")
                size = len(data) // 3
                for n, frame in enumerate(recording.frames):
                    expected = gray(truth[n]) if name == "grayscale" \
                        else truth[n]
                    theirs = frame._replace(
                        payload=data[n * size:(n + 1) * size])
                    ours = psnr(rgb_of(frame), expected)
                    self.assertGreater(ours, least)
                    self.assertGreater(
                        ours, psnr(rgb_of(theirs), expected) - slack)

    def test_yuv422_is_full_range(self):
        """Black is 0 and white 255, as a camera has it."""
        for colour, luma in (("black", 0), ("white", 255)):
            path = self.path("in.mkv")
            ffmpeg("-f", "lavfi", "-i", f"color={colour}:size={W}x{H}",
                   "-frames:v", 2, "-c:v", "ffv1", "-pix_fmt", "yuv420p", path)
            for name in ("yuv422", "grayscale"):
                recording, _ = self.convert(path, "--format", name, "--force")
                step = 2 if name == "yuv422" else 1
                for got in set(recording.frames[0].payload[::step]):
                    self.assertLessEqual(abs(got - luma), 1, name)

    def test_bayer(self):
        """Each pixel keeps the one colour of its filter; odd sizes, too."""
        path = self.video("in.mkv", "-vf", "scale=37:25,setsar=1", "-c:v", "ffv1",
                          "-pix_fmt", "bgr0", frames=1)
        rgb = video_pixels(path, 37, 25)[0]
        for order, cell in BAYER.items():
            recording, _ = self.convert(path, "--format", f"bayer-{order}",
                                        "--force")
            frame = recording.frames[0]
            self.assertEqual(frame.format, f"BAYER_{order.upper()}")
            self.assertEqual(frame.payload, bytes(
                rgb[3 * (y * 37 + x) + cell[2 * (y & 1) + (x & 1)]]
                for y in range(25) for x in range(37)))

    def test_binary(self):
        """More than half white is set."""
        path = self.video("in.mkv", "-c:v", "ffv1", "-pix_fmt", "gray",
                          frames=1)
        luma = video_pixels(path)[0][::3]
        frame = self.convert(path, "--format", "binary")[0].frames[0]
        bits = [frame.payload[y * 8 + x // 8] >> x % 8 & 1
                for y in range(H) for x in range(W)]
        self.assertEqual(bits, [int(v > 127) for v in luma])

    def test_gray_source(self):
        """A gray video becomes a gray recording, unless told otherwise."""
        path = self.video("in.mkv", "-c:v", "ffv1", "-pix_fmt", "gray")
        recording, printed = self.convert(path)
        self.assertEqual(recording.frames[0].format, "GRAYSCALE")
        self.assertIn("GRAYSCALE", printed)
        self.assertEqual(rgb_of(recording.frames[5]), video_pixels(path)[5])

    def test_compressed(self):
        """JPEG and PNG pictures are what ffmpeg sees in the video."""
        path = self.video("in.mkv", "-c:v", "ffv1", "-pix_fmt", "bgr0",
                          frames=2)
        truth = video_pixels(path)
        for name, least in (("png", math.inf), ("jpeg", 25)):
            recording, _ = self.convert(path, "--format", name, "--force")
            for n, frame in enumerate(recording.frames):
                self.path("one." + name, frame.payload)
                rgb = video_pixels(self.path("one." + name))[0]
                self.assertGreaterEqual(psnr(rgb, truth[n]), least)
        small = len(self.convert(path, "--format", "jpeg", "--quality", 20,
                                 "--force")[0].frames[0].payload)
        self.assertLess(small, len(frame.payload))

    def test_jpeg_passes(self):
        """A JPEG video's pictures are not touched."""
        for name in ("in.avi", "in.mkv"):
            path = self.video(name, "-c:v", "mjpeg", "-pix_fmt", "yuvj422p")
            ffmpeg("-i", path, "-c", "copy", self.path("%d.jpg"))
            recording, printed = self.convert(path, "--format", "jpeg",
                                              "--force")
            self.assertIn("unchanged", printed)
            self.assertEqual(
                [f.payload for f in recording.frames],
                [self.path(f"{n + 1}.jpg").read_bytes() for n in range(12)])

    def test_size_and_crop(self):
        """Scaling keeps the shape, on black; a crop takes what it says."""
        path = self.video("in.mkv", "-c:v", "ffv1", "-pix_fmt", "bgr0",
                          frames=1)
        frame = self.convert(path, "--size", "64x64")[0].frames[0]
        rgb = rgb_of(frame)
        self.assertEqual((frame.w, frame.h), (64, 64))
        self.assertEqual(set(rgb[:64 * 3 * 8] + rgb[-64 * 3 * 8:]), {0})
        self.assertGreater(psnr(rgb[64 * 3 * 8:-64 * 3 * 8],
                                video_pixels(path)[0]), 40)

        frame = self.convert(path, "--crop", "20x10+4+7", "--force",
                             "--format", "png")[0].frames[0]
        self.path("crop.png", frame.payload)
        truth = video_pixels(path)[0]
        self.assertEqual(video_pixels(self.path("crop.png"), 20, 10)[0],
                         b"".join(truth[3 * (y * W + 4):][:60]
                                  for y in range(7, 17)))

    def test_hint(self):
        """Large pictures come with a hint, small ones and --quiet without."""
        self.video("in.mp4", "-c:v", "mpeg4", frames=1, size="1280x720")
        self.assertIn("--size", self.convert("in.mp4")[1])
        self.assertNotIn("--size", self.convert(
            "in.mp4", "--size", "320x240", "--force")[1])
        self.assertEqual(self.convert("in.mp4", "--quiet", "--force")[1], "")


class Times(ImportTest):
    """Which frames, and when."""

    def test_every(self):
        """With every third frame the others' time is not lost."""
        times = self.uneven()
        recording, _ = self.convert("in.mkv", "--every", 3)
        self.assert_times(recording, times[::3])

    def test_from_to(self):
        """By frame or by time: the first is taken, the last is not."""
        times = self.uneven()
        seconds = [f"{t // 10 ** 9}.{t % 10 ** 9:09}" for t in times]
        for first, last in (("#4", "#9"), (seconds[4], seconds[9])):
            recording, _ = self.convert("in.mkv", "--from", first, "--to",
                                        last, "--force")
            self.assert_times(recording, [t - times[4] for t in times[4:9]])

    def test_speed_and_gap(self):
        """Time is divided, pauses are cut."""
        times = self.uneven()
        recording, _ = self.convert("in.mkv", "--speed", 2)
        self.assert_times(recording, [t / 2 for t in times])
        recording, _ = self.convert("in.mkv", "--max-gap", "0.1", "--force")
        shortened = [0]
        for a, b in zip(times, times[1:]):
            shortened.append(shortened[-1] + min(b - a, 100 * MS))
        self.assert_times(recording, shortened)

    def test_version(self):
        """1.1 holds the same, but not every format."""
        path = self.video("in.mkv", "-c:v", "ffv1")
        recording, _ = self.convert(path, "--version", "1.1")
        self.assertEqual(recording.version, "1.1")
        self.fails("convert", path, "--version", "1.1", "--format", "yuv422",
                   "x.bin", words=["1.1"], code=2)

    def test_quality_of_what_has_none(self):
        """Only JPEG pictures have one."""
        path = self.video("in.mkv", "-c:v", "ffv1", frames=2)
        for options in ((), ("--format", "png")):
            self.fails("convert", path, "x.bin", "--quality", 5, *options,
                       words=["--quality"], code=2)

    def test_times_file(self):
        """Times from csv, npy and npz, in the unit that they say."""
        self.video("in.mkv", "-c:v", "ffv1", frames=4)
        npy = (b"\x93NUMPY\1\0" + b"\x46\0"
               + b"{'descr': '<f8', 'fortran_order': False, 'shape': (4,), }"
               .ljust(69) + b"\n" + struct.pack("<4d", 7, 7.04, 8.5, 9))
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("frame_time.npy", npy)
        self.path("t.npy", npy)
        self.path("t.npz", archive.getvalue())
        self.path("t.csv", b"time_ms,x\n7000,1\n7040,2\n8500,3\n9000,4\n")
        for name, unit in (("t.npy", "s"), ("t.npz", "s"), ("t.csv", "ms")):
            recording, printed = self.convert("in.mkv", "--times", name,
                                              "--force")
            self.assert_times(recording, [0, 40 * MS, 1500 * MS, 2000 * MS], 0)
            self.assertIn(f", in {unit}.", printed)
        recording, _ = self.convert("in.mkv", "--times", "t.npy:ms",
                                    "--exact-time", "--force")
        exact = [int.from_bytes(f.spare[4:12], "little")
                 for f in recording.frames]
        self.assertEqual(exact, [0, 40_000, 1_500_000, 2_000_000])

    def test_undecodable_with_times(self):
        """No frame gets the time of another: one that is lost is a failure."""
        self.path("t.csv", b"".join(b"%d\n" % n for n in range(12)))
        damage(self.video("in.avi", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p"),
               4, 7)
        self.fails("convert", "in.avi", "--times", "t.csv", "out.bin",
                   subject="in.avi", words=["2; ", "wrong ones"])

    def test_silent_decoder_with_times(self):
        """libav's decoders keep it to themselves what they lose."""
        self.path("t.csv", b"".join(b"%d\n" % n for n in range(12)))
        try:
            path = self.video("in.mkv", "-c:v", "libx264")
        except subprocess.CalledProcessError:
            self.skipTest("ffmpeg writes no H.264")
        self.convert(path, "--times", "t.csv")
        damage(path, 4, 7)
        self.fails("convert", "in.mkv", "--times", "t.csv", "x.bin",
                   subject="in.mkv", words=["frame cannot be decoded"])

    def test_wrong_times_file(self):
        """Too few times fail; too many are said."""
        self.video("in.mkv", "-c:v", "ffv1", frames=4)
        self.path("few.csv", b"1\n2\n3\n")
        self.path("many.csv", b"1\n2\n3\n4\n5\n")
        self.path("bad.csv", b"1\n0\n")
        damaged = bytearray(stores.npz([0, 1, 2, 3], [0, 1, 2, 3]))
        damaged[damaged.index(b"frame_time.npy") + 20] ^= 1
        self.path("bad.npz", damaged)
        self.fails("convert", "in.mkv", "--times", "few.csv", "out.bin",
                   subject="in.mkv", words=["3 frames only"])
        self.fails("convert", "in.mkv", "--times", "bad.csv", "out.bin",
                   subject="bad.csv", words=["line 2"])
        self.fails("convert", "in.mkv", "--times", "bad.npz", "out.bin",
                   subject="bad.npz", words=["“frame_time” cannot be read"])
        self.fails("convert", "in.mkv", "--times", "no.csv", "out.bin",
                   subject="no.csv", words=["no such file"])
        result = self.run_tool("convert", "in.mkv", "--times", "many.csv",
                               "out.bin")
        self.assertEqual(result.code, 0, result.err)
        self.assert_sentence(result.err, "in.mkv", "5 frames, and 4 frames")


class Pictures(ToolTest):
    """Numbered files."""

    def test_as_they_are(self):
        """Each picture in its own size, byte for byte, where the format is."""
        for name, make in (("jpeg", pictures.jpeg), ("png", pictures.png)):
            made = [make(w, h, pictures.grey(n)) for n, (w, h)
                    in enumerate(pictures.SIZES)]
            for n, data in enumerate(made):
                self.path(f"{n + 7:03}.{name}", data)
            printed = self.works("convert", f"%03d.{name}", "out.bin",
                                 "--format", name, "--force")
            recording = Recording(self.path("out.bin").read_bytes())
            self.assertEqual([f.payload for f in recording.frames], made)
            self.assertEqual([(f.w, f.h) for f in recording.frames],
                             list(pictures.SIZES))
            self.assertEqual([f.interval for f in recording.frames],
                             [0, 33, 34, 33, 33])
            self.assertIn("30 times a second", printed)

    def test_decoded(self):
        """The same as pixels, each still in its own size."""
        for n, (w, h) in enumerate(pictures.SIZES):
            self.path(f"{n}.png", pictures.png(w, h, pictures.grey(n)))
        self.works("convert", "%d.png", "out.bin", "--format", "grayscale")
        recording = Recording(self.path("out.bin").read_bytes())
        self.assertEqual(
            [(f.w, f.h, f.payload) for f in recording.frames],
            [(w, h, bytes([pictures.grey(n)]) * (w * h))
             for n, (w, h) in enumerate(pictures.SIZES)])

    def test_gaps(self):
        """A missing number is said; the rest comes in order."""
        for n in (2, 10, 1):
            self.path(f"{n}.jpg", pictures.jpeg(16, 8, pictures.grey(n)))
        result = self.run_tool("convert", "%d.jpg", "out.bin", "--format",
                               "jpeg")
        self.assert_sentence(result.err, "%d.jpg", "7 numbers between 1 and 10")
        recording = Recording(self.path("out.bin").read_bytes())
        self.assertEqual(
            [f.payload for f in recording.frames],
            [self.path(f"{n}.jpg").read_bytes() for n in (1, 2, 10)])

    def test_wrong_pictures(self):
        """None, or something else among them."""
        self.fails("convert", "%d.jpg", "out.bin", subject="%d.jpg",
                   words=["no such pictures"])
        self.path("0.jpg", pictures.jpeg(16, 8, 9))
        self.path("1.jpg", pictures.png(16, 8, 9))
        self.fails("convert", "%d.jpg", "out.bin", subject="%d.jpg",
                   words=["1.jpg is not a JPEG"])
        self.path("2.png", b"nothing")
        self.fails("convert", "2.png", "out.bin", words=["neither"])

    def test_torn_pictures(self):
        """One is torn: it is named, and no frame behind it is lost unnoticed."""
        for name, make in (("png", pictures.png), ("jpg", pictures.jpeg)):
            for n in range(4):
                self.path(f"{n}.{name}", make(16, 8, pictures.grey(n)))
            whole = self.path(f"2.{name}").read_bytes()
            for size in (12, len(whole) // 2, len(whole) - 1):
                with self.subTest(name, size=size):
                    self.path(f"2.{name}", whole[:size])
                    self.fails("convert", f"%d.{name}", "out.bin",
                               subject=f"%d.{name}", words=[f"2.{name} is torn"])
                    self.fails("convert", f"2.{name}", "out.bin",
                               subject=f"2.{name}", words=["is torn"])

    def test_filled_up(self):
        """What stands behind a picture's end, or looks like one, is no harm."""
        end = b"\xff\xd9"
        thumbnail = b"\xff\xe1\0\x06" + end + end
        jpegs = [pictures.jpeg(16, 8, pictures.grey(n)) for n in range(3)]
        self.path("0.jpg", jpegs[0] + bytes(99))
        self.path("1.jpg", jpegs[1][:2] + thumbnail + jpegs[1][2:])
        self.path("2.jpg", jpegs[2][:-2] + b"\xff" + end)
        self.works("convert", "%d.jpg", "out.bin", "--format", "grayscale")
        recording = Recording(self.path("out.bin").read_bytes())
        for n, frame in enumerate(recording.frames):
            self.assertEqual(set(frame.payload), {pictures.grey(n)})
        self.path("1.jpg", jpegs[1][:2] + thumbnail + jpegs[1][2:-1])
        self.fails("convert", "%d.jpg", "x.bin", words=["1.jpg is torn"])


class BadInput(ImportTest):
    """One sentence, the right exit code, and nothing left."""

    def test_no_video(self):
        """What is no video, and what holds none."""
        self.path("text.mp4", b"Dear diary, today it rained. " * 99)
        self.path("empty.mp4", b"")
        self.path("a.gif", b"GIF89a")
        ffmpeg("-f", "lavfi", "-i", "sine=duration=1", self.path("sound.wav"))
        self.fails("convert", "text.mp4", "out.bin", subject="text.mp4",
                   words=["not a video"])
        self.fails("convert", "empty.mp4", "out.bin", words=["empty"])
        self.fails("convert", "a.gif", "out.bin", words=["GIF"])
        self.fails("convert", "sound.wav", "out.bin", subject="sound.wav")
        self.fails("convert", "none.mp4", "out.bin", words=["no such file"])
        self.path("folder.mp4").mkdir()
        self.fails("convert", "folder.mp4", "out.bin", words=["directory"])

    def test_torn(self):
        """A video without its end: what can be decoded, or a sentence."""
        data = self.video("in.avi", "-c:v", "mjpeg").read_bytes()
        self.path("torn.avi", data[:len(data) * 2 // 3])
        result = self.run_tool("convert", "torn.avi", "out.bin")
        self.assertEqual(result.code, 0, result.err)
        self.assert_sentence(result.err, "torn.avi", "its end is missing")
        recording = Recording(self.path("out.bin").read_bytes())
        self.assertGreaterEqual(len(recording.frames), 4)
        self.works("convert", "torn.avi", "out.bin", "-f", "--to", "#4")
        data = self.video("in.mp4", "-c:v", "mpeg4").read_bytes()
        self.path("torn.mp4", data[:len(data) // 2])
        self.fails("convert", "torn.mp4", "x.bin", subject="torn.mp4")

    def test_early_end(self):
        """A video that lasts less long than its container says."""
        for name, codec in (("in.mkv", ("-c:v", "ffv1")),
                            ("in.mp4", ("-c:v", "mpeg4", "-movflags",
                                        "faststart"))):
            with self.subTest(name):
                data = self.video(name, *codec, frames=30).read_bytes()
                self.path(name, data[:len(data) // 2])
                result = self.run_tool("convert", name, "out.bin", "-f")
                self.assertEqual(result.code, 0, result.err)
                self.assert_sentence(result.err, name, "lasts 1 s",
                                     "its end may be missing")
                self.works("convert", name, "out.bin", "-f", "--to", "#4")

    def test_whole_end(self):
        """What lasts longer than its pictures is not torn for that."""
        self.path("in.srt", b"1\n00:00:00,000 --> 00:00:09,000\nhello\n")
        sound = ("-f", "lavfi", "-i", "sine=duration=5")
        for name, more, codec in (
                ("sound.mkv", sound, ("-c:v", "ffv1")),
                ("sound.mp4", sound, ("-c:v", "mpeg4")),
                ("sound.avi", sound, ("-c:v", "mpeg4")),
                ("text.mkv", ("-i", self.path("in.srt")), ("-c:v", "ffv1")),
                ("late.mkv", (), ("-c:v", "ffv1", "-output_ts_offset", 5)),
                ("one.mkv", (), ("-c:v", "ffv1", "-frames:v", 1))):
            with self.subTest(name):
                self.convert(self.video(name, *codec, more=more), "--force")

    def test_sizes_of_avi(self):
        """Further chunks of OpenDML, and files that were never finished."""
        data = bytearray(self.video("in.avi", "-c:v", "mjpeg").read_bytes())
        self.path("further.avi", data + b"RIFF\xff\xff\0\0AVIX")
        self.convert("further.avi")
        for size in (0, 0xFFFFFFFF):
            data[4:8] = struct.pack("<I", size)
            self.path("unfinished.avi", data)
            self.convert("unfinished.avi", "--force")

    def test_output(self):
        """There already, the input itself, nowhere, not allowed, no room."""
        self.video("in.mkv", "-c:v", "ffv1")
        self.path("there.bin", b"precious")
        self.fails("convert", "in.mkv", "there.bin", words=["--force"])
        self.assertEqual(self.path("there.bin").read_bytes(), b"precious")
        os.link(self.path("in.mkv"), self.path("same.bin"))
        self.fails("convert", "in.mkv", "same.bin", "-f", words=["same file"])
        self.fails("convert", "in.mkv", "no/out.bin", words=["no such dir"])
        limit = f"ulimit -f 40; trap '' XFSZ; exec {TOOL} convert in.mkv out.bin"
        before = self.files()
        done = subprocess.run(["sh", "-c", limit], cwd=self.folder, check=False,
                              capture_output=True, timeout=TIMEOUT)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assert_sentence(done.stderr.decode(), "out.bin")
        self.assertEqual(self.files(), before)

    def test_nothing_left(self):
        """No frame between --from and --to, or a crop outside."""
        self.video("in.mkv", "-c:v", "ffv1")
        self.fails("convert", "in.mkv", "out.bin", "--from", "9:00",
                   words=["No frame"])
        self.fails("convert", "in.mkv", "out.bin", "--crop", "64x48+1+0",
                   words=["64 x 48"])

    @launch.needs("udpsrc")
    def test_endless(self):
        """What never ends needs --to."""
        self.fails("convert", "udp://127.0.0.1:0", "out.bin",
                   subject="udp://127.0.0.1:0", words=["--to"])

    def test_missing_element(self):
        """The element and its package are named."""
        self.path("in.mp4", b"whatever")
        done = subprocess.run(
            [TOOL, "convert", "in.mp4", "out.bin"], cwd=self.folder,
            check=False, capture_output=True, timeout=TIMEOUT,
            env={**os.environ, "LC_ALL": "C.UTF-8",
                 "GST_PLUGIN_SYSTEM_PATH_1_0": str(self.folder),
                 "GST_REGISTRY_1_0": str(self.path("registry.dat"))})
        self.assertEqual(done.returncode, 1)
        self.assert_sentence(done.stderr.decode(), "in.mp4", "uridecodebin",
                             "gstreamer1.0-plugins-base")
        self.assertNotIn("out.bin.part", self.files())

    def test_interrupt(self):
        """What was converted until Ctrl-C is a whole file."""
        second = self.video("1s.mp4", "-c:v", "mpeg4", frames=1000, rate=1000)
        ffmpeg("-stream_loop", 19, "-i", second, "-c", "copy",
               self.path("in.mp4"))
        with subprocess.Popen(
                [TOOL, "convert", "in.mp4", "out.bin", "--format", "png"],
                cwd=self.folder, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE) as process:
            part = self.path("out.bin.part")
            end = time.monotonic() + TIMEOUT
            while not (part.exists() and part.stat().st_size > 100_000) \
                    and process.poll() is None and time.monotonic() < end:
                os.sched_yield()
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, 1)
        self.assert_sentence(err.decode(), "out.bin", "Interrupted")
        recording = Recording(self.path("out.bin").read_bytes())
        self.assertIsNone(recording.problem)
        self.assertGreater(len(recording.frames), 1)
        self.assertLess(len(recording.frames), 20000)


if __name__ == "__main__":
    main()
