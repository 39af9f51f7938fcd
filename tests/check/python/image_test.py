# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Python package omv: what its documentation and a camera's promise.

The rules of streams are tested in C; here that Python finds them under the
camera's names, with the camera's exceptions, and that arrays go in and out
unchanged.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
import warnings
from concurrent.futures import ThreadPoolExecutor

try:
    import gi  # noqa: F401
    import numpy as np
except ImportError as missing:
    print(f"skipped, {missing} (python3-gi, python3-numpy)")
    sys.exit(77)

from omv import image
from omv.image import Image, ImageIO

GOLDEN = os.path.join(os.path.dirname(__file__), "../../files/golden")
GRAY = np.arange(40, dtype=np.uint8).reshape(5, 8)


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "run.bin")

    def record(self, n):
        with ImageIO(self.path, "w") as stream:
            for i in range(n):
                stream.write(GRAY + i, interval=0.04 if i else 2)


class ManyTest(Case):
    """A directory of recordings is one stream."""

    def setUp(self):
        super().setUp()
        self.folder = os.path.dirname(self.path)
        for i, start in enumerate(("12:00:00", "12:00:10")):
            self.path = os.path.join(self.folder, f"clip-{i}.bin")
            self.record(3)
            with open(self.path + ".json", "w", encoding="utf-8") as file:
                json.dump({"start": f"2026-03-01T{start}Z"}, file)

    def test_stream(self):
        for path in self.folder, os.path.join(self.folder, "clip-?.bin"):
            with ImageIO(path, "r") as stream:
                self.assertEqual((len(stream), stream.version()), (6, 20))
                self.assertEqual([np.asarray(img)[0, 0] for img in stream],
                                 [0, 1, 2, 0, 1, 2])
                np.testing.assert_allclose(
                    stream.times, [2, 2.04, 2.08, 12, 12.04, 12.08])
                self.assertEqual(stream.at(12.03, "nearest").number, 4)
                self.assertEqual(stream[-1].number, 5)

    def test_parts(self):
        parts = ImageIO(self.folder, "r").parts
        self.assertEqual([os.path.basename(p.path) for p in parts],
                         ["clip-0.bin", "clip-1.bin"])
        self.assertEqual([p[1:3] + p[5:] for p in parts],
                         [(0, 3, True), (3, 3, True)])
        np.testing.assert_allclose([p[3:5] for p in parts],
                                   [(2, 0), (12, 9.88)])

    def test_not_to_be_written(self):
        for mode in "w", "a", "r+":
            with self.assertRaises(OSError):
                ImageIO(self.folder, mode)
        self.assertEqual(len(os.listdir(self.folder)), 4)


class CameraTest(Case):
    """A camera's script finds what it knows."""

    def test_file(self):
        stream = ImageIO(self.path, "w")
        self.assertEqual(
            (stream.type(), stream.is_closed(), stream.count(),
             stream.offset(), stream.version(), stream.buffer_size(),
             stream.size()),
            (ImageIO.FILE_STREAM, False, 0, 0, 20, None, 16))
        self.assertIs(stream.write(Image(GRAY)).write(GRAY), stream)
        self.assertIs(stream.sync(), stream)
        self.assertIs(stream.seek(0), stream)
        self.assertIsNone(stream.close())
        self.assertIsNone(stream.close())
        self.assertTrue(stream.is_closed())

        stream = ImageIO(self.path, "r")
        img = stream.read(pause=False)
        self.assertEqual((img.width(), img.height(), img.format(),
                          img.size()), (8, 5, image.GRAYSCALE, 40))
        self.assertEqual(bytes(img.bytearray()), GRAY.tobytes())
        self.assertEqual(stream.read(False, loop=False, pause=False).number, 1)
        self.assertIsNone(stream.read(copy_to_fb=True, loop=False))
        self.assertEqual(stream.read(loop=True, pause=False).number, 0)

    def test_memory(self):
        stream = ImageIO((8, 5, image.GRAYSCALE), 3)
        self.assertEqual(
            (stream.type(), stream.count(), stream.offset(), stream.version(),
             stream.buffer_size(), stream.size()),
            (ImageIO.MEMORY_STREAM, 3, 0, None, 64, 3 * 96))
        for i in range(3):
            stream.write(GRAY + i)
        with self.assertRaisesRegex(EOFError, "^End of stream$"):
            stream.write(GRAY)
        with self.assertRaisesRegex(EOFError, "^End of stream$"):
            stream.read()
        stream.seek(1)
        np.testing.assert_array_equal(stream.read(), GRAY + 1)
        with self.assertRaisesRegex(ValueError, "^Invalid frame size$"):
            stream.write(np.zeros((9, 8), np.uint8))
        for offset in -1, 3:
            with self.assertRaisesRegex(ValueError,
                                        "^Invalid stream offset$"):
                stream.seek(offset)

    def test_closed(self):
        self.record(1)
        for stream in (ImageIO(self.path, "r"),
                       ImageIO((8, 5, image.GRAYSCALE), 1)):
            stream.close()
            for call in (stream.read, stream.count, stream.sync, stream.size,
                         lambda: stream.seek(0), lambda: stream.write(GRAY),
                         lambda: stream[0], lambda: len(stream)):
                with self.assertRaisesRegex(OSError, "^Stream closed$"):
                    call()

    def test_left_open(self):
        """A stream that is collected is closed, and said to have been open, as
        Python's files are."""
        with self.assertWarnsRegex(
                ResourceWarning, r"^The stream .*run\.bin has not been closed\.$"):
            ImageIO(self.path, "w").write(GRAY)
        with ImageIO(self.path, "r") as stream:
            self.assertEqual(len(stream), 1)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            ImageIO((8, 5, image.GRAYSCALE), 1)
            with self.assertRaises(FileNotFoundError):
                ImageIO("/nonexistent/run.bin", "r")
            del stream
        self.assertEqual(caught, [])

    def test_left_open_on_a_full_disk(self):
        """What cannot be written is said, even to those who want no warnings."""
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        for action in "ignore", "error":
            with self.subTest(action), warnings.catch_warnings(), \
                    unittest.mock.patch("sys.unraisablehook") as hook:
                warnings.simplefilter(action)
                stream = ImageIO(self.path, "w")
                stream.write(np.zeros((50, 100), np.uint8))
                resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
                try:
                    del stream
                finally:
                    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
                hook.assert_called_once()
                error = hook.call_args.args[0].exc_value
                self.assertIsInstance(error, OSError)
                self.assertRegex(str(error), r"run\.bin.*\.$")

    def test_errors(self):
        self.record(2)
        with self.assertRaises(FileNotFoundError):
            ImageIO(self.path + ".none", "r")
        with self.assertRaisesRegex(ValueError, "Invalid stream mode"):
            ImageIO(self.path, "x")
        with self.assertRaisesRegex(OSError, "pixformat"):
            ImageIO((8, 5, 1234), 1)
        with open(self.path + "2", "wb") as file:
            file.write(b"RIFF" * 10)
        self.addCleanup(os.remove, self.path + "2")
        with self.assertRaises(OSError):
            ImageIO(self.path + "2", "r")
        stream = ImageIO(self.path, "r")
        with self.assertRaises(PermissionError):
            stream.write(GRAY)
        with self.assertRaisesRegex(EOFError, "^End of stream$"):
            stream.seek(3)
        with self.assertRaisesRegex(ValueError, "^Invalid stream offset$"):
            stream.seek(-1)

    def test_constants(self):
        self.assertEqual((image.GRAYSCALE, image.RGB565, image.BAYER),
                         (0x08020001, 0x0C030002, 0x05040001))


class SequenceTest(Case):
    """A stream is a sequence of frames."""

    def test_iteration(self):
        self.record(5)
        with ImageIO(self.path, "r") as stream:
            self.assertEqual([img.number for img in stream], [0, 1, 2, 3, 4])
            self.assertEqual(list(stream), [])
            stream.seek(3)
            self.assertEqual([img.number for img in stream], [3, 4])
        self.assertTrue(stream.is_closed())

        stream = ImageIO((8, 5, image.GRAYSCALE), 2).write(GRAY).write(GRAY)
        stream.seek(0)
        self.assertEqual(len(list(stream)), 2)

    def test_indices(self):
        self.record(5)
        memory = ImageIO((8, 5, image.GRAYSCALE), 5)
        for i in range(5):
            memory.write(GRAY + i)
        for stream in ImageIO(self.path, "r"), ImageIO(self.path, "r+"), memory:
            for offset in range(5 if stream is memory else 6):
                stream.seek(offset)
                self.check_indices(stream)
                self.assertEqual(stream.offset(), offset)
        for _ in memory:
            pass
        self.check_indices(memory)
        self.assertEqual(memory.offset(), 5)

    def check_indices(self, stream):
        self.assertEqual(len(stream), 5)
        np.testing.assert_array_equal(stream[3], GRAY + 3)
        np.testing.assert_array_equal(stream[-1], GRAY + 4)
        self.assertEqual([i.number for i in stream[1:4:2]], [1, 3])
        self.assertEqual([i.number for i in stream[::-2]], [4, 2, 0])
        for index in 5, -6:
            with self.assertRaises(IndexError):
                _ = stream[index]

    def test_times(self):
        self.record(4)
        stream = ImageIO(self.path, "r")
        np.testing.assert_allclose(stream.times, [2, 2.04, 2.08, 2.12])
        self.assertEqual([stream.at(t).number for t in (0, 2.05, 9)],
                         [0, 1, 3])
        self.assertEqual(stream.at(2.07, "nearest").number, 2)
        self.assertEqual(stream.at(2.05, "after").number, 2)
        self.assertEqual((stream[1].time, stream[1].interval), (2.04, 0.04))
        self.assertEqual(stream.offset(), 0)
        with self.assertRaises(TypeError):
            _ = ImageIO((8, 5, image.GRAYSCALE), 1).times

    def test_what_was_just_written(self):
        with ImageIO(self.path, "w") as stream:
            for i in range(4):
                stream.write(GRAY + i, interval=1)
                np.testing.assert_array_equal(stream[i], GRAY + i)
            np.testing.assert_array_equal(stream.times, [1, 2, 3, 4])
            stream.seek(1).write(GRAY + 100, interval=0.5)
            np.testing.assert_array_equal(stream[1], GRAY + 100)
            np.testing.assert_array_equal(stream.times, [1, 1.5])
        with ImageIO(self.path, "a") as stream:
            stream.write(GRAY)
            self.assertEqual(len(stream), 3)


class ArrayTest(Case):
    """Arrays go in and come out."""

    def round_trip(self, img):
        with ImageIO(self.path, "w") as stream:
            stream.write(img)
        with ImageIO(self.path, "r") as stream:
            return stream.read(pause=False)

    def test_no_copy(self):
        img = Image(GRAY)
        self.assertIs(np.asarray(img), GRAY)
        read = self.round_trip(GRAY)
        array = np.asarray(read)
        self.assertTrue(np.shares_memory(array, np.asarray(read)))
        self.assertFalse(array.flags.writeable)
        copy = read.gray().copy()
        number = read.number
        del read
        # the array alone keeps the frame that it looks at
        self.assertEqual(array.base.number, number)
        np.testing.assert_array_equal(array, copy)
        read = self.round_trip(GRAY)
        changed = read.copy()
        np.asarray(changed)[0, 0] = 77
        self.assertEqual(self.round_trip(changed).gray()[0, 0], 77)
        self.assertEqual(read.gray()[0, 0], 0)

    def test_changed_arrays(self):
        """What is stored is what the array holds then."""
        for shape, kind in (((5, 8), np.uint8), ((5, 8, 3), np.uint8),
                            ((5, 8), np.uint16), ((5, 8), bool)):
            img = Image(np.zeros(shape, kind)).copy()
            array = np.asarray(img)
            with ImageIO(self.path, "w") as stream:
                for value in 0, 1, 0:
                    array[...] = value
                    stream.write(img)
                    self.assertEqual(img.size(), len(img.bytearray()))
                    copy = img.copy()
                    self.assertFalse(np.shares_memory(copy, array))
            with ImageIO(self.path, "r") as stream:
                self.assertEqual([np.asarray(read).any() for read in stream],
                                 [False, True, False])

    def test_kinds(self):
        rng = np.random.default_rng(6)
        for array, pixformat in (
                (GRAY, image.GRAYSCALE), (GRAY[::-1, ::2], image.GRAYSCALE),
                (rng.integers(0, 65536, (5, 7), np.uint16), image.RGB565),
                (rng.integers(0, 256, (5, 7, 2), np.uint8), image.YUV422),
                (rng.integers(0, 256, (5, 7, 3), np.uint8), image.PNG),
                (rng.integers(0, 256, (5, 7, 4), np.uint8), image.PNG)):
            img = self.round_trip(array)
            self.assertEqual(img.format(), pixformat)
            np.testing.assert_array_equal(img, array)

    def test_binary(self):
        for width in 1, 31, 32, 33, 70:
            array = np.random.default_rng(width).random((3, width)) > 0.5
            img = self.round_trip(array)
            self.assertEqual(img.format(), image.BINARY)
            np.testing.assert_array_equal(np.asarray(img) > 0, array)
            np.testing.assert_array_equal(Image(array).gray(), img.gray())

    def test_no_picture(self):
        for array in (np.zeros(4, np.uint8), np.zeros((2, 2), np.float32),
                      np.zeros((2, 2, 5), np.uint8),
                      np.zeros((0, 2), np.uint8)):
            with self.assertRaises(ValueError):
                Image(array)
        with self.assertRaises(ValueError):
            Image(b"no picture")
        with self.assertRaisesRegex(ValueError, "^Invalid frame size$"):
            Image(2, 2, image.GRAYSCALE, buffer=b"12345")
        self.assertEqual(Image(3, 2, image.RGB565).size(), 12)

    def test_colours(self):
        red = np.full((2, 3), 0xF800, np.uint16)
        np.testing.assert_array_equal(
            Image(red).rgb(), np.broadcast_to((255, 0, 0), (2, 3, 3)))
        np.testing.assert_array_equal(Image(red).gray(), np.full((2, 3), 76))
        gray = np.full((2, 4, 2), 128, np.uint8)
        np.testing.assert_array_equal(Image(gray).rgb(),
                                      np.full((2, 4, 3), 128))
        mosaic = Image(4, 4, image.BAYER, buffer=bytes([200] * 16))
        np.testing.assert_array_equal(mosaic.rgb(), np.full((4, 4, 3), 200))
        self.assertEqual(np.asarray(mosaic).shape, (4, 4))

    def test_camera_recordings(self):
        for name in sorted(os.listdir(GOLDEN)):
            if not name.endswith(".json") or not name.startswith("v"):
                continue
            with open(os.path.join(GOLDEN, name), encoding="utf-8") as file:
                expected = json.load(file)["frames"]
            with ImageIO(os.path.join(GOLDEN, name[:-4] + "bin"),
                         "r") as stream:
                self.assertEqual(len(stream), len(expected))
                for img, frame in zip(stream, expected):
                    self.assertEqual((img.width(), img.height()),
                                     (frame["w"], frame["h"]))
                    if img.size() > 0:
                        self.assertEqual(img.rgb().shape,
                                         (frame["h"], frame["w"], 3))
                        self.assertEqual(img.gray().shape,
                                         (frame["h"], frame["w"]))

    def test_old_rgb565(self):
        with ImageIO(os.path.join(GOLDEN, "v10_rgb565.bin"), "r") as stream:
            old = list(stream)
        for img in old:
            again = self.round_trip(img)
            np.testing.assert_array_equal(again, img)
            np.testing.assert_array_equal(again.rgb(), img.rgb())


class InterruptTest(Case):
    @staticmethod
    def get_state(process):
        """Of its main thread: S is asleep, Z dead."""
        with open(f"/proc/{process.pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0]

    def test_pause(self):
        """Ctrl-C ends a pause, and the stream stays where it was."""
        with ImageIO(self.path, "w") as stream:
            stream.write(GRAY, interval=3600)
        with subprocess.Popen(
                [sys.executable, "-c", "import sys\n"
                 "from omv.image import ImageIO\n"
                 "stream = ImageIO(sys.argv[1], 'r')\n"
                 "try:\n"
                 "    print('go', flush=True)\n"
                 "    stream.read()\n"
                 "except KeyboardInterrupt:\n"
                 "    print(stream.offset(), stream.read(pause=False).number)",
                 self.path], stdout=subprocess.PIPE, text=True,
                preexec_fn=lambda: signal.signal(
                    signal.SIGINT, signal.default_int_handler)) as process:
            self.assertEqual(process.stdout.readline(), "go\n")
            while self.get_state(process) not in "SZ":
                os.sched_yield()
            process.send_signal(signal.SIGINT)
            try:
                printed, _ = process.communicate(timeout=20)
            finally:
                process.kill()
        self.assertEqual((process.returncode, printed), (0, "0 0\n"))

    def test_threads(self):
        """A pause may be in any thread, and in a process that was forked."""
        with ImageIO(self.path, "w") as stream:
            stream.write(GRAY, interval=0.01)
        for pool in ThreadPoolExecutor(1), None:
            read = ImageIO(self.path, "r").read
            img = pool.submit(read).result() if pool else read()
            self.assertEqual(img.number, 0)
        child = os.fork()
        if child == 0:
            os._exit(ImageIO(self.path, "r").read().number + 3)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 3)


class MissingTest(unittest.TestCase):
    def test_typelib(self):
        done = subprocess.run(
            [sys.executable, "-c", "import gi.repository.GLib\n"
             "import gi\n"
             "def require(*names): raise ValueError('no such namespace')\n"
             "gi.require_version = require\n"
             "import omv.image"], capture_output=True, text=True, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("needs GstOmv-1.0.typelib, which comes with gst-omv.",
                      done.stderr)


if __name__ == "__main__":
    unittest.main()
