# SPDX-License-Identifier: LGPL-2.1-or-later
"""python3 -m omv: a camera's scripts record, play and trigger on a PC.

Each script runs in a process of its own, in a folder of its own. What it leaves
is read by the library, GStreamer's own demuxer and a few lines for GIF.
"""

import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

try:
    import gi
    import numpy as np
    gi.require_version("Gst", "1.0")
    from gi.repository import Gst
except (ImportError, ValueError) as missing:
    print(f"skipped, {missing} (python3-gi, python3-numpy, "
          "gir1.2-gstreamer-1.0)")
    sys.exit(77)

from omv import image
from omv._library import GLib, GstOmv

Gst.init(None)
for name in "videotestsrc", "jpegenc", "avimux", "aspectratiocrop":
    if Gst.ElementFactory.find(name) is None:
        print(f"skipped, there is no {name} (gstreamer1.0-plugins-good)")
        sys.exit(77)

from omv.camera import _gst  # noqa: E402

PAGE = pathlib.Path(__file__).parents[3] / "docs/camera-scripts.md"
TIMEOUT = 30

RESET = """\
import csi, image, mjpeg, gif, time, machine, os, sys
csi0 = csi.CSI()
csi0.reset()
csi0.pixformat(csi.GRAYSCALE)
csi0.framesize(csi.QQVGA)
"""


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="omv-scripts-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_script(self, text, *options, arguments=(), env=(), limit=None):
        """limit: bytes that a file may have, as if the disk were full then."""
        def setup():
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        (self.folder / "script.py").write_text(text)
        return subprocess.run(
            [sys.executable, "-m", "omv", *options, "script.py", *arguments],
            cwd=self.folder, timeout=TIMEOUT, capture_output=True, text=True,
            check=False, env={**os.environ, **dict(env)}, preexec_fn=setup)

    def works(self, text, *options, arguments=()):
        """What a script prints that ends well."""
        done = self.run_script(text, *options, arguments=arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.split("\n")[:-1]

    def record(self, name, arrays, interval=0.005):
        with image.ImageIO(self.folder / name, "w") as stream:
            for array in arrays:
                stream.write(array, interval=interval)

    def read(self, name):
        """(format, width, height, bytes) of every frame of a recording."""
        reader = GstOmv.Reader()
        reader.open_path(os.fspath(self.folder / name))
        frames = [reader.read_frame(i) for i in range(reader.get_n_frames())]
        self.assertEqual(reader.list_damages(), [])
        return [(int(frame.header.format), frame.header.width,
                 frame.header.height, frame.payload.get_data())
                for frame in frames]

    def read_avi(self, name):
        """Sizes of the pictures as they are decoded, and the rate."""
        path = self.folder / name
        pipeline = Gst.parse_launch(
            "filesrc name=file ! avidemux ! image/jpeg ! jpegdec ! "
            "appsink name=out sync=false")
        pipeline.get_by_name("file").set_property("location", os.fspath(path))
        pipeline.set_state(Gst.State.PLAYING)
        sizes, rate = [], None
        while True:
            sample = pipeline.get_by_name("out").emit(
                "try-pull-sample", TIMEOUT * Gst.SECOND)
            if sample is None:
                break
            fields = sample.get_caps().get_structure(0)
            sizes.append((fields.get_value("width"),
                          fields.get_value("height")))
            rate = re.search(r"framerate=\(fraction\)(\d+)/(\d+)",
                             fields.to_string())
        pipeline.set_state(Gst.State.NULL)
        return sizes, int(rate[1]) / int(rate[2])

    def read_gif(self, name):
        """The size, whether it is repeated, and the delays."""
        data = (self.folder / name).read_bytes()
        self.assertEqual((data[:6], data[-1:]), (b"GIF89a", b";"))
        delays = re.findall(b"\x21\xf9\x04.(..).\x00\x2c", data, re.S)
        size = tuple(int.from_bytes(data[i:i + 2], "little") for i in (6, 8))
        return (size, b"NETSCAPE2.0" in data,
                [int.from_bytes(delay, "little") for delay in delays])


class RecordTest(Case):
    def test_file(self):
        """Sizes, formats and paths are as the script says."""
        lines = self.works("""\
import csi, image, time, machine
csi0 = csi.CSI()
csi0.reset()
csi0.auto_gain(False)
csi0.auto_exposure(False, exposure_us=1000)
led = machine.LED("LED_RED")
led.on()
for name, pixformat, framesize in (
        ("/sdcard/a.bin", csi.RGB565, csi.QQVGA),
        ("b.bin", csi.GRAYSCALE, csi.QQVGA),
        ("/c.bin", csi.YUV422, csi.QQCIF),
        ("/sdcard/d.bin", csi.JPEG, csi.QQVGA)):
    csi0.pixformat(pixformat)
    csi0.framesize(framesize)
    csi0.snapshot(time=30)
    clock = time.clock()
    stream = image.ImageIO(name, "w")
    for i in range(2):
        clock.tick()
        img = csi0.snapshot()
        stream.write(img)
        assert clock.fps() > 0 and clock.avg() > 0
    print(img.width(), img.height(), img.format() == pixformat)
    stream.close()
csi0.window((120, 100))
print(csi0.window())
stream = image.ImageIO("/sdcard/e.bin", "w")
stream.write(csi0.snapshot())
stream.close()
led.off()
""", "--sdcard", "card")
        self.assertEqual(lines, ["160 120 True", "160 120 True", "88 72 True",
                                 "160 120 True", "(20, 10, 120, 100)"])
        formats = image.RGB565, image.GRAYSCALE, image.YUV422, image.JPEG
        for name, pixformat in zip("abcd", formats):
            frames = self.read(f"card/{name}.bin")
            size = (88, 72) if name == "c" else (160, 120)
            self.assertEqual([frame[:3] for frame in frames],
                             [(pixformat, *size)] * 2)
        self.assertEqual(self.read("card/e.bin")[0][:3],
                         (image.JPEG, 120, 100))

    def test_memory(self):
        """A loop without an end ends with --frames."""
        lines = self.works(RESET + """\
stream = image.ImageIO((160, 120, csi.GRAYSCALE), 3)
for i in range(3):
    stream.write(csi0.snapshot())
while True:
    stream.seek(0)
    for i in range(3):
        img = stream.read(copy_to_fb=True, pause=False)
        print(img.width(), stream.offset())
""", "--frames", "8")
        self.assertEqual(lines, ["160 1", "160 2", "160 3", "160 1", "160 2"])

    def test_mjpeg(self):
        """Frames are scaled to the first one's size; the rate is the mean of
        the times of writing."""
        lines = self.works(RESET + """\
class Clock:
    times = [0, 0.1, 0.15, 0.6, 0, 0]
    monotonic = times.pop
Clock.times.reverse()
mjpeg._time = Clock
m = mjpeg.Mjpeg("/sdcard/example.mjpeg")
for i in range(4):
    m.write(csi0.snapshot(), quality=85)
    csi0.framesize(csi.QQCIF)
m.sync()
print(m.width(), m.height(), m.count(), m.is_closed(), m.size() > 1000)
m.close()
print(m.is_closed())
try:
    m.add_frame(csi0.snapshot())
except OSError as error:
    print(error)
old = mjpeg.Mjpeg("old.mjpeg", width=64, height=48)
old.add_frame(csi0.snapshot())
old.add_frame(csi0.snapshot().to_jpeg())
old.close(12.5)
mjpeg.Mjpeg("empty.mjpeg").close()
""")
        self.assertEqual(lines, ["160 120 4 False True", "True",
                                 "MJPEG stream is closed"])
        self.assertEqual(self.read_avi("example.mjpeg"),
                         ([(160, 120)] * 4, 5))
        self.assertEqual(self.read_avi("old.mjpeg"), ([(64, 48)] * 2, 12.5))

    def test_gif(self):
        lines = self.works(RESET + """\
g = gif.Gif("example.gif", loop=True)
for delay in (10, 4, 0, 7):
    img = csi0.snapshot()
    g.add_frame(img, delay=delay)
print(g.width(), g.height(), g.format() == csi.GRAYSCALE, g.loop())
for wrong in (img.copy(roi=(0, 0, 8, 8)), img.to_jpeg(copy=True)):
    try:
        g.add_frame(wrong)
    except OSError as error:
        print(error)
g.close()
once = gif.Gif("/sdcard/once.gif", loop=False)
csi0.pixformat(csi.RGB565)
once.add_frame(csi0.snapshot())
once.close()
""")
        self.assertEqual(lines, ["160 120 True True",
                                 "Unexpected image geometry",
                                 "Image format is not supported"])
        self.assertEqual(self.read_gif("example.gif"),
                         ((160, 120), True, [10, 4, 2, 7]))
        self.assertEqual(self.read_gif("once.gif"), ((160, 120), False, [10]))

    def test_sync(self):
        """It returns when the last picture has been written, not when it has
        been taken."""
        pipeline = _gst.Pipeline("appsrc name=in ! fakesink name=out "
                                 "signal-handoffs=true")
        written, returned = [], threading.Event()

        def write(sink, buffer, pad):
            returned.wait(0.2)
            written.append(buffer.get_size())

        pipeline["out"].connect("handoff", write)
        pipeline.start()
        for size in 1, 2:
            pipeline.push(Gst.Buffer.new_wrapped(bytes(size)))
        pipeline.flush()
        before = list(written)
        returned.set()
        pipeline.finish()
        self.assertEqual(before, [1, 2])
        pipeline.flush()

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_full_disk(self):
        """It is the script's to hear of it, by close() at the latest."""
        lines = self.works(RESET + """\
img = csi0.snapshot()
for video in mjpeg.Mjpeg("/dev/full"), gif.Gif("/dev/full"):
    try:
        video.add_frame(img)
        video.close()
    except OSError as error:
        print(error)
for wrong in (lambda: mjpeg.Mjpeg("/sdcard/none/x.avi"),
              lambda: mjpeg.Mjpeg("x.avi", 8, 8).write(img),
              lambda: gif.Gif("none/x.gif")):
    try:
        wrong()
    except (OSError, ValueError) as error:
        print(type(error).__name__)
""")
        self.assertEqual(lines, ["No space left on the resource."] * 2 + [
            "FileNotFoundError", "ValueError", "FileNotFoundError"])

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_full_disk_and_much_to_write(self):
        """Frames that nobody takes any more do not stop the script."""
        lines = self.works("""\
import gif, image, mjpeg
import numpy as np
rng = np.random.default_rng(1)
for video in mjpeg.Mjpeg("/dev/full"), gif.Gif("/dev/full"):
    try:
        for i in range(50):
            video.add_frame(image.Image(
                rng.integers(0, 256, (480, 640), np.uint8)))
    except OSError as error:
        print(error)
""")
        self.assertEqual(lines, ["No space left on the resource."] * 2)

    def test_change_what_was_read(self):
        """Frames of a recording lie in memory that is not theirs to change."""
        self.record("in.bin", [np.zeros((8, 8), np.uint8)])
        lines = self.works("""\
import image
stream = image.ImageIO("/in.bin", "r")
out = image.ImageIO("/out.bin", "w")
img = stream.read(pause=False)
img.draw_rectangle(0, 0, 8, 8, color=200, fill=True)
print(img.get_statistics().mean())
out.write(img)
img = stream.read(pause=False)
img.to_rgb565()
print(img.size())
out.write(img)
out.close()
""")
        self.assertEqual(lines, ["200", "128"])
        self.assertEqual(self.read("out.bin"),
                         [(image.GRAYSCALE, 8, 8, bytes([200] * 64)),
                          (image.RGB565, 8, 8, bytes(128))])

    def test_earlier_firmware(self):
        lines = self.works("""\
import sensor, image, time, pyb, mjpeg
sensor.reset()
sensor.set_pixformat(sensor.RGB565)
sensor.set_framesize(sensor.QVGA)
sensor.set_windowing((64, 64))
sensor.set_auto_whitebal(False)
sensor.skip_frames(n=1)
sensor.skip_frames(time=40)
pyb.LED(1).on()
start = pyb.millis()
stream = image.ImageIO("/stream.bin", "w")
img = sensor.snapshot()
stream.write(img)
stream.close()
print(pyb.elapsed_millis(start) >= 0, pyb.rng() < 1 << 30)
print(sensor.get_pixformat() == sensor.RGB565, sensor.width(), img.width())
""")
        self.assertEqual(lines, ["True True", "True 320 64"])
        self.assertEqual(self.read("stream.bin")[0][:3],
                         (image.RGB565, 64, 64))


class SourceTest(Case):
    """A recording in place of the sensor."""

    def test_same_pixels(self):
        """Every frame arrives as it was stored; the script ends with it, and
        frames to settle by cost none."""
        gray = np.arange(160 * 120, dtype=np.uint32).reshape(120, 160)
        arrays = [(gray * (n + 1) % 251).astype(np.uint8) for n in range(5)]
        self.record("source.bin", arrays)
        self.works(RESET + """\
csi0.snapshot(time=3600000)
stream = image.ImageIO("copy.bin", "w")
while True:
    stream.write(csi0.snapshot())
""", "--source", "source.bin", "--sdcard", "card")
        self.assertEqual([frame[3] for frame in self.read("card/copy.bin")],
                         [array.tobytes() for array in arrays])

    def test_damage(self):
        """What a recording has lost is said once, however often its pipeline
        is made anew; the frames that are left arrive, and the end is good."""
        arrays = [np.full((120, 160), n, np.uint8) for n in range(6)]
        for lost, cut, frames, words in (
                ([2], None, [0, 1, 3, 4, 5], "Frame 2 .* is damaged"),
                ([], -100, [0, 1, 2, 3, 4], "ends within frame 5 ")):
            with self.subTest(words):
                self.record("source.bin", arrays)
                path = self.folder / "source.bin"
                data = bytearray(path.read_bytes())
                size = (len(data) - 16) // len(arrays)
                for n in lost:
                    data[16 + n * size:48 + n * size] = b"\xff" * 32
                path.write_bytes(data[:cut])
                done = self.run_script(RESET + """\
while True:
    for size in csi.QQVGA, csi.QQCIF:
        csi0.framesize(size)
        print(csi0.snapshot().get_pixel(0, 0))
""", "--source", "source.bin")
                self.assertEqual((done.returncode, done.stdout.split()),
                                 (0, [str(n) for n in frames]))
                self.assertRegex(done.stderr, r"\A[^\n]*\.\n\Z")
                self.assertRegex(done.stderr, words)

    def test_damage_before_the_last_frame(self):
        """It is said, too, if the script does not come to the end."""
        self.record("source.bin", [np.zeros((120, 160), np.uint8)] * 6)
        path = self.folder / "source.bin"
        data = bytearray(path.read_bytes())
        data[16:48] = b"\xff" * 32
        path.write_bytes(data)
        done = self.run_script(RESET + "csi0.snapshot()", "--source",
                               "source.bin")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stderr, r"\AFrame 0 [^\n]* is damaged[^\n]*\n\Z")

    def test_error_just_before_the_end(self):
        """It is one, however late it is noticed."""
        class Late(_gst.Pipeline):
            def __getitem__(self, name):
                return self

            def emit(self, *unused):
                return None

            def get_property(self, name):
                self._bus.post(Gst.Message.new_error(
                    None, GLib.Error("It broke.", "gst-stream-error", 1), ""))
                return True

        for wait in True, False:
            with self.assertRaisesRegex(OSError, r"^It broke\.$"):
                Late("fakesrc ! fakesink").pull(wait)

    @unittest.skipUnless(os.access("/dev/shm", os.W_OK), "no /dev/shm")
    def test_file_below_dev(self):
        """A recording in memory is one, and no camera."""
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            path = os.path.join(folder, "source.bin")
            self.record(path, [np.full((120, 160), n, np.uint8)
                               for n in range(3)])
            lines = self.works(RESET + """\
while True:
    print(csi0.snapshot().get_pixel(0, 0))
""", "--source", path)
        self.assertEqual(lines, ["0", "1", "2"])

    def test_every_format(self):
        """All that a recording holds arrives, in one size and format, and
        frames of the same time, too."""
        gray = np.full((60, 80), 90, np.uint8)
        rgb = np.full((120, 160, 3), 90, np.uint8)
        frames = [gray, gray, rgb, gray > 80, image.Image(
            88, 72, image.YUV422, buffer=bytes([90, 128] * 88 * 72)),
            np.full((72, 88), 0x5acb, np.uint16), gray, rgb]
        self.record("source.bin", frames, interval=0)
        self.record("more.bin", frames)
        for name in "source.bin", "more.bin":
            lines = self.works(RESET + """\
while True:
    img = csi0.snapshot()
    print(img.width(), img.height(), img.get_pixel(80, 60))
""", "--source", name)
            self.assertEqual(len(lines), len(frames), lines)
            for line in lines:
                width, height, light = map(int, line.split())
                self.assertEqual((width, height), (160, 120))
                self.assertTrue(85 < light < 95 or light == 255, line)

    def test_changes(self):
        """A change of format or size loses no frame."""
        self.record("source.bin", [
            np.full((120, 160), 10 * n, np.uint8) for n in range(6)])
        lines = self.works(RESET + """\
for size in csi.QQVGA, csi.QQQVGA, csi.QQCIF:
    csi0.framesize(size)
    for i in range(2):
        img = csi0.snapshot()
        print(img.width(), img.get_pixel(1, 1))
while True:
    csi0.snapshot()
    print("too many")
""", "--source", "source.bin")
        self.assertEqual(lines, ["160 0", "160 10", "80 20", "80 30",
                                 "88 40", "88 50"])

    def test_turned(self):
        array = np.zeros((120, 160), np.uint8)
        array[:60, :80] = 200
        self.record("source.bin", [array] * 4)
        lines = self.works(RESET + """\
for turn in None, csi0.hmirror, csi0.vflip, csi0.transpose:
    if turn:
        turn(True)
    img = csi0.snapshot()
    w, h = img.width(), img.height()
    print(w, [img.get_pixel(x, y) > 0 for y in (0, h - 1)
              for x in (0, w - 1)].index(True))
""", "--source", "source.bin")
        self.assertEqual(lines, ["160 0", "160 1", "160 3", "120 3"])

    def test_motion(self):
        """A trigger by difference from a background in a file."""
        still = np.full((120, 160), 0x2104, np.uint16)
        moved = still.copy()
        moved[20:40, 30:60] = 0xffff
        self.record("source.bin", [still] * 4 + [moved] * 3)
        lines = self.works("""\
import csi, os, random
csi0 = csi.CSI()
csi0.reset()
csi0.pixformat(csi.RGB565)
csi0.framesize(csi.QQVGA)
csi0.auto_whitebal(False)
if not "temp" in os.listdir():
    os.mkdir("temp")
csi0.snapshot().save("temp/bg.bmp")
n = 0
while True:
    img = csi0.snapshot()
    n += 1
    img.difference("temp/bg.bmp")
    stats = img.statistics()
    if stats[5] > 20:
        break
print(n, stats[0], stats.l_max, stats.l_max(), stats.a_mean)
img.save("/sdcard/temp/snapshot-%d.jpg" % random.getrandbits(32), quality=90)
print(len(os.listdir("/sdcard/temp")), img.get_pixel(0, 0))
""", "--source", "source.bin")
        number, mean, *light, a = map(int, lines[0].split())
        self.assertEqual((number, light[0]), (4, light[1]))
        self.assertTrue(80 < light[0] < 100, light)
        self.assertTrue(0 < mean < 10 and abs(a) < 3, lines)
        self.assertEqual(lines[1:], ["2 (0, 0, 0)"])

    def test_button(self):
        """A button of which a script asks, or is told by an interrupt."""
        self.record("source.bin", [np.zeros((120, 160), np.uint8)] * 6)
        lines = self.works(RESET + """\
up = machine.Pin("P0", machine.Pin.IN, machine.Pin.PULL_UP)
down = machine.Pin("P1", machine.Pin.IN, machine.Pin.PULL_DOWN)
out = machine.Pin("P2", machine.Pin.OUT, value=1)
up.irq(lambda pin: print("up", pin.value()), machine.Pin.IRQ_FALLING)
down.irq(lambda pin: print("down", pin()), trigger=machine.Pin.IRQ_FALLING)
while True:
    csi0.snapshot()
    print(up(), down(), out())
""", "--source", "source.bin", "--trigger", "2,4")
        self.assertEqual(lines, [
            "1 0 1", "up 0", "0 1 1", "down 0", "1 0 1",
            "up 0", "0 1 1", "down 0", "1 0 1", "1 0 1"])

    def test_pictures(self):
        """What is saved is read again: all of it, but for JPEG."""
        lines = self.works("""\
import image
for kind in "bmp", "ppm", "png", "jpg", "pgm":
    for img in (image.Image(7, 5, image.RGB565).clear(),
                image.Image(7, 5, image.GRAYSCALE).clear()):
        img.draw_rectangle(1, 1, 5, 3, color=(255, 255, 255))
        name = "/sdcard/img." + kind
        assert img.save(name) is img
        other = image.Image(name)
        worst = abs(other.rgb().astype(int) - img.rgb()).max()
        print(kind, other.width(), other.height(), worst)
assert image.Image("img.jpg").format() == image.JPEG
image.Image(7, 5, image.RGB565).save("plain")
image.Image("plain.bmp")
""")
        for line in lines:
            kind, width, height, worst = line.split()
            self.assertEqual((width, height), ("7", "5"))
            self.assertLess(int(worst), 120 if kind == "jpg" else 1, line)


class EndTest(Case):
    def test_exception(self):
        """The traceback is the script's own; open files are made whole."""
        done = self.run_script(RESET + """\
stream = image.ImageIO("run.bin", "w")
video = mjpeg.Mjpeg("run.mjpeg")
clip = gif.Gif("run.gif")
def work():
    img = csi0.snapshot()
    stream.write(img)
    video.write(img)
    clip.add_frame(img)
work()
image.ImageIO("/sdcard/none.bin", "r")
""")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr.splitlines()[:3], [
            "Traceback (most recent call last):",
            '  File "script.py", line 15, in <module>',
            '    image.ImageIO("/sdcard/none.bin", "r")'])
        self.assertRegex(done.stderr, "FileNotFoundError: .*none.bin'\n$")
        self.assertNotIn("camera", done.stderr)
        self.assertEqual(len(self.read("run.bin")), 1)
        self.assertEqual(self.read_avi("run.mjpeg")[0], [(160, 120)])
        self.assertEqual(len(self.read_gif("run.gif")[2]), 1)

    LIMIT = 20480
    TOO_MUCH = """\
import gif, image, mjpeg, sys
import numpy as np

def fill(stream):
    for i in range(15):
        stream.write(image.Image(64, 48, image.GRAYSCALE))

def animate(clip):
    rng = np.random.default_rng(1)
    for i in range(6):
        clip.add_frame(image.Image(rng.integers(0, 256, (96, 128), np.uint8)))

def fill_and_forget():
    fill(image.ImageIO("run.bin", "w"))

def animate_and_forget():
    animate(gif.Gif("run.gif"))

"""

    def test_full_disk_at_the_end(self):
        """What files left open lose is said, wherever the script had them and
        however it ends."""
        for text, words in (
                ("stream = image.ImageIO('run.bin', 'w')\nfill(stream)",
                 "run.bin"),
                ("stream = image.ImageIO('run.bin', 'w')\nfill(stream)\n"
                 "sys.exit()", "run.bin"),
                ("stream = image.ImageIO('run.bin', 'w')\nfill(stream)\n"
                 "sys.exit(0)", "run.bin"),
                ("fill_and_forget()", "run.bin"),
                ("animate_and_forget()", "Could not write to resource.")):
            with self.subTest(text):
                done = self.run_script(self.TOO_MUCH + text, limit=self.LIMIT)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertRegex(done.stderr, r"\A[^\n]*\.\n\Z")
                self.assertIn(words, done.stderr)

    def test_full_disk_and_exit_status(self):
        """What the script itself says of its end stays."""
        text = self.TOO_MUCH + "fill_and_forget()\n"
        self.assertEqual(self.run_script(text + "sys.exit(7)",
                                         limit=self.LIMIT).returncode, 7)
        done = self.run_script(text + "sys.exit('I give up.')",
                               limit=self.LIMIT)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "run.bin.*\nI give up.\n$")

    def test_every_file_is_closed(self):
        """Whatever the end of another one raises."""
        done = self.run_script("""\
import image, mjpeg
class Odd(mjpeg.Mjpeg):
    def close(self):
        if not self.is_closed():
            super().close()
            raise self.error
odd = Odd("a.mjpeg"), Odd("b.mjpeg")
odd[0].error, odd[1].error = ValueError("odd"), KeyboardInterrupt()
streams = [image.ImageIO("%d.bin" % i, "w") for i in range(9)]
for stream in streams:
    stream.write(image.Image(8, 8, image.GRAYSCALE))
""")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(sorted(done.stderr.splitlines()), [
            "A file may not be whole, as its end was interrupted.",
            "ValueError: odd"])
        for i in range(9):
            self.assertEqual(len(self.read(f"{i}.bin")), 1)

    def test_many_files_left_open(self):
        """One after the other, they are whole, and no more are open than are
        in use."""
        self.works("""\
import image, resource
resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
for i in range(100):
    stream = image.ImageIO("%d.bin" % i, "w")
    stream.write(image.Image(8, 8, image.GRAYSCALE))
""")
        for i in range(100):
            self.assertEqual(len(self.read(f"{i}.bin")), 1)

    def test_exit_status(self):
        self.assertEqual(self.run_script("import sys; sys.exit(7)").returncode,
                         7)
        self.assertEqual(self.works("import machine\nmachine.reset()\n1 / 0"),
                         [])

    def test_frames(self):
        """No `except Exception` stops the end."""
        lines = self.works(RESET + """\
while True:
    try:
        csi0.snapshot()
        print("one")
    except Exception:
        print("never")
""", "--frames", "3")
        self.assertEqual(lines, ["one"] * 3)

    def test_bare_except(self):
        """Not even that makes a script run for ever."""
        lines = self.works(RESET + """\
stream = image.ImageIO("run.bin", "w")
while True:
    try:
        stream.write(csi0.snapshot())
        print("one")
    except:
        pass
""", "--frames", "2")
        self.assertEqual(lines, ["one"] * 2)
        self.assertEqual(len(self.read("run.bin")), 2)

    def interrupt(self, text, number):
        (self.folder / "script.py").write_text(text)
        with subprocess.Popen(
                [sys.executable, "-m", "omv", "script.py"], cwd=self.folder,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                preexec_fn=lambda: signal.signal(
                    signal.SIGINT, signal.default_int_handler)) as process:
            self.assertEqual(process.stdout.readline(), "go\n")
            process.send_signal(number)
            _, errors = process.communicate(timeout=TIMEOUT)
        self.assertEqual((process.returncode, errors), (0, ""))

    def test_interrupt(self):
        for number in signal.SIGINT, signal.SIGTERM:
            with self.subTest(number):
                self.interrupt(RESET + """\
stream = image.ImageIO("run.bin", "w")
video = mjpeg.Mjpeg("run.mjpeg")
clip = gif.Gif("run.gif")
n = 0
while True:
    img = csi0.snapshot()
    stream.write(img)
    video.write(img)
    clip.add_frame(img)
    n += 1
    if n == 3:
        print("go", flush=True)
""", number)
                self.assertGreaterEqual(len(self.read("run.bin")), 3)
                self.assertGreaterEqual(len(self.read_avi("run.mjpeg")[0]), 3)
                self.assertGreaterEqual(len(self.read_gif("run.gif")[2]), 3)

    def test_interrupt_of_a_pause(self):
        self.record("long.bin", [np.zeros((4, 4), np.uint8)], interval=3600)
        for number in signal.SIGINT, signal.SIGTERM:
            with self.subTest(number):
                self.interrupt("""\
import image
stream = image.ImageIO("long.bin", "r")
print("go", flush=True)
stream.read()
""", number)


class ModulesTest(Case):
    def test_paths(self):
        """The card is where a camera has it, for all that opens files."""
        (self.folder / "helper.py").write_text("""\
import os
def names():
    with open("/sdcard/notes.txt") as file:
        return os.listdir("/"), file.read()
""")
        lines = self.works("""\
import os, uos, sys, helper
os.mkdir("/sdcard/logs")
with open("/sdcard/notes.txt", "w") as file:
    file.write("hello")
print(*sorted(helper.names()[0]), helper.names()[1])
os.chdir("/sdcard/logs")
print(os.getcwd(), uos.path.exists("/sdcard/notes.txt"), sys.argv)
print([entry[:2] for entry in os.ilistdir("/flash")])
os.chdir("..")
os.rename("/notes.txt", "/sdcard/other.txt")
print(os.stat("other.txt")[6], os.listdir("/sdcard/logs"))
print(os.path.exists(sys.argv[1]))
""", "--sdcard", "card", arguments=[os.fspath(self.folder / "script.py")])
        self.assertEqual(lines[0], "logs notes.txt hello")
        self.assertTrue(lines[1].startswith("/sdcard/logs True ['script.py', "))
        self.assertIn("('notes.txt', 32768)", lines[2])
        self.assertIn("('logs', 16384)", lines[2])
        self.assertEqual(lines[3:], ["5 []", "True"])

    def test_card_of_the_folder(self):
        """./sdcard is the card where there is one."""
        (self.folder / "sdcard").mkdir()
        self.works("open('here.txt', 'w').close()")
        self.assertTrue((self.folder / "sdcard/here.txt").exists())

    def test_micropython(self):
        lines = self.works("""\
import utime, ustruct, gc, machine, micropython, omv, sys
from micropython import const
from time import ticks_ms, ticks_diff, ticks_add
N = const(5)
print(N, ustruct.calcsize("<I"), gc.mem_free() > 0, omv.board_type())
t = ticks_ms()
print(ticks_diff(ticks_add(t, 100), t), ticks_diff(ticks_ms(), t) >= 0)
print(ticks_diff(3, (1 << 30) - 2), ticks_diff(ticks_add(0, -1), 0))
utime.sleep_ms(1)
pin = machine.Pin("P0", machine.Pin.IN, machine.Pin.PULL_UP)
print(pin.value(), pin())
pin = machine.Pin("P1", machine.Pin.OUT, value=0)
pin.toggle()
print(pin.value(), len(machine.RTC().datetime()))
try:
    1 / 0
except ZeroDivisionError as error:
    sys.print_exception(error)
""")
        self.assertEqual(lines[:5], ["5 4 True PC", "100 True", "5 -1", "1 1",
                                     "1 8"])
        self.assertEqual(lines[-1], "ZeroDivisionError: division by zero")

    def test_verbose(self):
        done = self.run_script("""\
import machine
led = machine.LED("LED_RED")
led.on()
led.toggle()
machine.Pin("P7", machine.Pin.OUT).high()
""", "--verbose")
        self.assertEqual(done.stderr.splitlines(),
                         ["LED_RED on", "LED_RED off", "pin P7 high"])

    def test_unavailable(self):
        """What a PC does not have is named."""
        for line, name in (
                ("image.HaarCascade('frontalface')", "image.HaarCascade"),
                ("image.Image(8, 8, image.RGB565).find_blobs([])",
                 "Image.find_blobs")):
            done = self.run_script("import image\n" + line)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"AttributeError: {name} is not available on a PC",
                          done.stderr.splitlines()[-1])
        done = self.run_script(RESET + "csi0.pixformat(csi.BAYER)")
        self.assertRegex(done.stderr.splitlines()[-1],
                         "^ValueError: A PC gives snapshots in ")
        done = self.run_script("import csi\ncsi.CSI().snapshot()")
        self.assertRegex(done.stderr.splitlines()[-1],
                         "^RuntimeError: The pixel format is not set.$")

    def test_sentences(self):
        """What is missing on the PC is said in one sentence."""
        stub = self.folder / "stub"
        stub.mkdir()
        (stub / "gi.py").write_text("raise ImportError('none')\n")
        without_gi = {"PYTHONPATH": os.pathsep.join(
            (os.fspath(stub), os.environ["PYTHONPATH"]))}
        without_plugins = {"GST_PLUGIN_SYSTEM_PATH_1_0": "",
                           "GST_REGISTRY_1_0": os.fspath(stub / "registry")}
        for words, options, env in (
                ("python3-gi", (), without_gi),
                ("gstreamer1.0-plugins-base", (), without_plugins),
                ("There is no source none.bin", ("--source", "none.bin"), ()),
                ("test:none gives no frame", ("--source", "test:none"), ()),
                ("script.py gives no frame", ("--source", "script.py"), ())):
            with self.subTest(words):
                done = self.run_script(RESET + "csi0.snapshot()", *options,
                                       env=env)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertRegex(done.stderr, r"\A[^\n]*\n\Z")
                self.assertIn(words, done.stderr)

    def test_help(self):
        done = subprocess.run([sys.executable, "-m", "omv", "-h"], text=True,
                              capture_output=True, timeout=TIMEOUT, check=True)
        self.assertIn("python3 -m omv --source", done.stdout)


class DocumentTest(Case):
    def test_page(self):
        """The page's scripts run as they stand, by the lines below them."""
        text = PAGE.read_text()
        for script in re.findall(r"^```python\n(.*?)^```", text, re.M | re.S):
            name = re.match(r"# (\w+\.py)\n", script)[1]
            (self.folder / name).write_text(script)
        lines = [line for block in re.findall(r"^```sh\n(.*?)^```", text,
                                              re.M | re.S)
                 for line in block.splitlines()]
        self.assertGreater(len(lines), 4)
        for line in lines[1:]:
            python, *words = line.split()
            self.assertEqual(python, "python3")
            done = subprocess.run([sys.executable, *words], cwd=self.folder,
                                  timeout=TIMEOUT, capture_output=True,
                                  text=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""), line)
        self.assertEqual(len(self.read("run.bin")), 20)
        self.assertEqual(len(self.read("card/run.bin")), 10)
        self.assertEqual(len(self.read_avi("clip.mjpeg")[0]), 5)
        self.assertEqual(self.read_gif("clip.gif")[2], [3] * 5)


if __name__ == "__main__":
    unittest.main()
