# SPDX-License-Identifier: LGPL-2.1-or-later
"""imageio reads and writes recordings once omv is imported.

Debian's imageio has the old interface. What is promised of the new one is
tested where a newer imageio is found; the tests of the old one run there, too,
but for those of what imageio itself no longer does.
"""

import contextlib
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
import warnings

try:
    import gi  # noqa: F401
    import numpy as np
    import imageio
except ImportError as missing:
    print(f"skipped, {missing} (python3-gi, python3-numpy, python3-imageio)")
    sys.exit(77)

import omv  # noqa: F401
from omv import image
from omv.image import Image, ImageIO

try:
    from imageio import v2, v3
except ImportError:
    v2, v3 = imageio, None

GOLDEN = os.path.join(os.path.dirname(__file__), "../../files/golden")
GRAY = np.arange(40, dtype=np.uint8).reshape(5, 8)
RGB = np.random.default_rng(6).integers(0, 256, (5, 8, 3), np.uint8)
FRAMES = [GRAY + i for i in range(4)]


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "run.bin")

    def record(self, *frames):
        with ImageIO(self.path, "w") as stream:
            for i, frame in enumerate(frames):
                stream.write(frame, interval=0.04 if i else 2)


class ImportTest(unittest.TestCase):
    """Importing omv costs nothing, and works in any order."""

    def run_python(self, program):
        done = subprocess.run([sys.executable, "-c", program], text=True,
                              capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_nothing_is_imported(self):
        self.run_python("import sys, omv\n"
                        "assert not {'imageio', 'numpy', 'gi'} & "
                        "set(sys.modules)")

    def test_order(self):
        path = os.path.join(GOLDEN, "v20_grayscale.bin")
        for first, second in ("omv", "imageio"), ("imageio", "omv"):
            self.run_python(
                f"import {first}\nimport {second}\n"
                f"imageio.get_reader({path!r}).get_data(0)")

    def test_asked_for(self):
        """Whoever looks whether imageio is there does not change anything."""
        path = os.path.join(GOLDEN, "v20_grayscale.bin")
        self.run_python(
            "import sys, omv\nimport importlib.util\n"
            "specs = [importlib.util.find_spec('imageio') for i in range(2)]\n"
            "assert all(specs) and 'imageio' not in sys.modules\n"
            "import imageio\n"
            f"imageio.get_reader({path!r}).get_data(0)\n"
            "for spec in specs:\n"
            "    spec.loader.exec_module(imageio)\n"
            "assert not [finder for finder in sys.meta_path\n"
            "            if type(finder).__module__ == 'omv._imageio']")

    def test_missing(self):
        self.run_python(
            "import sys\nimport omv\n"
            "sys.path = [p for p in sys.path if 'packages' not in p]\n"
            "for i in range(2):\n"
            "    try:\n        import imageio\n        assert False\n"
            "    except ImportError:\n        pass\n")

    def test_unknown_interface(self):
        done = subprocess.run(
            [sys.executable, "-c", "import imageio\n"
             "del imageio.formats\nimport omv"],
            capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0)
        if v3 is None:
            self.assertIn("does not take the format OMV", done.stderr)


class ReadTest(Case):
    """Frames are arrays of 8 bits, whatever the camera stored."""

    def test_reader(self):
        self.record(*FRAMES)
        with v2.get_reader(self.path) as reader:
            self.assertEqual((len(reader), reader.get_length()), (4, 4))
            np.testing.assert_array_equal(reader.get_data(2), GRAY + 2)
            np.testing.assert_array_equal(reader.get_next_data(), GRAY + 3)
            for frame, wanted in zip(reader.iter_data(), FRAMES):
                np.testing.assert_array_equal(frame, wanted)
            for index in 4, -1:
                with self.assertRaises((IndexError, ValueError)):
                    reader.get_data(index)
            reader.set_image_index(1)
            np.testing.assert_array_equal(reader.get_next_data(), GRAY + 1)
        self.assertTrue(reader.closed)

    def test_one_and_many(self):
        self.record(*FRAMES)
        frames = v2.mimread(self.path)
        np.testing.assert_array_equal(frames, FRAMES)
        frames[0][:] = 1                # nobody else has it
        np.testing.assert_array_equal(v2.imread(self.path), GRAY)
        with open(self.path, "rb") as file:
            data = file.read()
        np.testing.assert_array_equal(v2.mimread(data), FRAMES)

    def test_other_name(self):
        self.record(GRAY)
        other = self.path[:-3] + "recording"
        os.rename(self.path, other)
        np.testing.assert_array_equal(v2.imread(other), GRAY)

    def test_frame_metadata(self):
        self.record(GRAY, np.zeros((6, 7), np.uint16))
        with v2.get_reader(self.path) as reader:
            self.assertEqual(reader.get_meta_data(1), {
                "number": 1, "time": 2.04, "interval": 0.04,
                "pixformat": "RGB565", "size": (7, 6), "bytes": 84})
            self.assertEqual(dict(reader.get_data(0).meta),
                             reader.get_meta_data(0))

    def test_global_metadata(self):
        self.record(*FRAMES)
        with open(self.path + ".json", "w", encoding="utf-8") as file:
            json.dump({"label": "fire", "user": {"mouse": 7}}, file)
        with v2.get_reader(self.path) as reader:
            meta = reader.get_meta_data()
            self.assertAlmostEqual(meta.pop("fps"), 25)
            self.assertEqual(meta, {
                "version": "2.0", "count": 4, "duration": 2.16,
                "metadata": {"label": "fire", "user": {"mouse": 7}}})
        with open(self.path + ".json", "w", encoding="utf-8") as file:
            file.write("{")
        with v2.get_reader(self.path) as reader:
            with self.assertRaises(OSError):
                reader.get_meta_data()

    def test_foreign_metadata(self):
        self.record(*FRAMES)
        with open(self.path + ".json", "w", encoding="utf-8") as file:
            json.dump({"first-frame": "GRAYSCALE 8x5 0123456789abcdef",
                       "user": {"mouse": 7}}, file)
        with v2.get_reader(self.path) as reader:
            self.assertEqual(reader.get_meta_data()["metadata"], {})
        self.record()
        with open(self.path + ".json", "w", encoding="utf-8") as file:
            file.write("{}")
        with v2.get_reader(self.path) as reader:
            self.assertEqual(reader.get_meta_data()["count"], 0)

    def test_formats(self):
        for name, channels in (
                ("grayscale", ()), ("binary", ()), ("rgb565", (3,)),
                ("yuv422", (3,)), ("bayer_grbg", (3,)), ("jpeg", (3,)),
                ("png", (3,)), ("resolution_switch", None)):
            path = os.path.join(GOLDEN, f"v20_{name}.bin")
            frames = v2.mimread(path)
            with ImageIO(path, "r") as stream:
                self.assertEqual(len(frames), len(stream))
                for frame, img in zip(frames, stream):
                    if channels is not None:
                        self.assertEqual(frame.shape[2:], channels)
                    self.assertEqual(frame.dtype, np.uint8)
                    np.testing.assert_array_equal(
                        frame, img.gray() if frame.ndim == 2 else img.rgb())

    def test_damage(self):
        path = os.path.join(GOLDEN, "bad_pixfmt_zero.bin")
        with v2.get_reader(path) as reader:
            self.assertEqual(len(reader), 1)
        if v3 is None:                  # a newer one takes its length as it is
            with v2.get_reader(path, resync=True) as reader:
                self.assertGreater(len(reader), 1)

    def test_errors(self):
        with open(self.path, "wb") as file:
            file.write(b"OMV IMG STR V9.9" + bytes(64))
        with self.assertRaisesRegex((ValueError, OSError), "9.9"):
            v2.get_reader(self.path).get_data(0)
        with open(self.path, "wb") as file:
            file.write(b"something else" * 9)
        with self.assertRaises((ValueError, OSError)):
            v2.get_reader(self.path)

    @unittest.skipIf(v3, "a newer imageio helps with old formats only")
    def test_help(self):
        text = io.StringIO()
        with contextlib.redirect_stdout(text):
            imageio.help("OMV")
            imageio.help()
        for word in "pixformat", "resync", "[.bin]":
            self.assertIn(word, text.getvalue())


class WriteTest(Case):
    """Arrays become frames that lose nothing, unless that is asked for."""

    def read_back(self, *arrays, **options):
        with v2.get_writer(self.path, **options) as writer:
            for array in arrays:
                writer.append_data(array)
        with ImageIO(self.path, "r") as stream:
            return list(stream)

    def test_lossless(self):
        rgba = np.concatenate((RGB, GRAY[..., np.newaxis]), axis=2)
        for array, pixformat in ((GRAY, image.GRAYSCALE), (RGB, image.PNG),
                                 (rgba, image.PNG),
                                 (GRAY[..., np.newaxis], image.GRAYSCALE)):
            img, = self.read_back(array)
            self.assertEqual(img.format(), pixformat)
            np.testing.assert_array_equal(img, np.squeeze(array))
        img, = self.read_back(GRAY > 20)
        self.assertEqual(img.format(), image.BINARY)
        np.testing.assert_array_equal(np.asarray(img) > 0, GRAY > 20)

    def test_pixformat(self):
        for array in GRAY, RGB:
            exact = Image(array)
            for name, wanted in (("grayscale", exact.gray()),
                                 ("png", array), ("PNG", array),
                                 ("binary", (exact.gray() > 127) * 255)):
                img, = self.read_back(array, pixformat=name)
                self.assertEqual(img.format(), getattr(image, name.upper()))
                np.testing.assert_array_equal(img, wanted)
            img, = self.read_back(array, pixformat="rgb565")
            self.assertEqual(img.format(), image.RGB565)
            error = np.abs(img.rgb().astype(int) - exact.rgb())
            self.assertLess(error.max(), 8)

    def test_quality(self):
        smooth = np.add.outer(np.arange(64), np.arange(64)).astype(np.uint8)
        sizes = []
        for quality in 20, 95:
            img, = self.read_back(smooth, pixformat="jpeg", quality=quality)
            self.assertEqual(img.format(), image.JPEG)
            error = np.abs(np.asarray(img).astype(int) - smooth)
            self.assertLess(error.mean(), 8)
            sizes.append(img.size())
        self.assertLess(*sizes)

    def check_times(self, wanted, **options):
        read = self.read_back(*FRAMES, **options)
        np.testing.assert_allclose([img.time for img in read], wanted)

    def test_times(self):
        self.check_times([0, 0.033, 0.067, 0.1])
        self.check_times([0, 0.1, 0.2, 0.3], fps=10)
        self.check_times([0, 2.5, 5, 7.5], interval=2.5)
        self.check_times([1, 1.5, 1.5, 9], times=np.array([1, 1.5, 1.5, 9]))

    @unittest.skipIf(v3, "a newer imageio does not hand on metadata")
    def test_metadata(self):
        self.record(*FRAMES)
        copy = self.path[:-4] + "2.bin"
        with v2.get_reader(self.path) as reader:
            with v2.get_writer(copy) as writer:
                for frame in reader:
                    writer.append_data(frame)
                writer.set_meta_data({"mouse": [7, "b"]})
            first = reader.get_meta_data()
        with open(self.path, "rb") as one, open(copy, "rb") as two:
            self.assertEqual(one.read(), two.read())
        with v2.get_reader(copy) as reader:
            meta = reader.get_meta_data()
        self.assertEqual(meta.pop("metadata"), {"user": {"mouse": [7, "b"]}})
        del first["metadata"]
        self.assertEqual(meta, first)

        with v2.get_writer(self.path) as writer:
            writer.append_data(GRAY)
            writer.set_meta_data({**meta, "metadata": {
                "label": "fire", "user": {"a": 1}}, "b": 2})
        with v2.get_reader(self.path) as reader:
            self.assertEqual(reader.get_meta_data()["metadata"], {
                "label": "fire", "user": {"a": 1, "b": 2}})

    @unittest.skipIf(v3, "a newer imageio does not hand on metadata")
    def test_copied_metadata(self):
        """What is handed on as it was read is the copy's own, in any format."""
        self.record(*FRAMES)
        mark = hashlib.sha256(GRAY.tobytes()).hexdigest()[:16]
        whole = {"label": "fire", "user": {"mouse": 7}}
        with open(self.path + ".json", "w", encoding="utf-8") as file:
            json.dump({**whole, "first-frame": f"GRAYSCALE 8x5 {mark}"}, file)
        copy = self.path[:-4] + "2.bin"
        for pixformat in "png", None:
            with v2.get_reader(self.path) as reader, \
                    v2.get_writer(copy, pixformat=pixformat) as writer:
                for frame in reader:
                    writer.append_data(frame)
                meta = reader.get_meta_data()
                self.assertEqual(meta["metadata"]["label"], "fire")
                writer.set_meta_data(meta)
            with ImageIO(copy, "r") as stream:
                self.assertEqual(stream.sidecar, whole)

    def test_bytes(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            data = v2.mimwrite(imageio.RETURN_BYTES, FRAMES, format=".bin",
                               fps=10) if v3 else v2.mimwrite(
                                   imageio.RETURN_BYTES, FRAMES, format="OMV",
                                   fps=10)
        v2.mimwrite(self.path, FRAMES, fps=10)
        with open(self.path, "rb") as file:
            self.assertEqual(file.read(), data)

    def test_one_and_many(self):
        v2.imwrite(self.path, RGB)
        np.testing.assert_array_equal(v2.imread(self.path), RGB)
        v2.mimwrite(self.path, [GRAY, RGB])
        one, two = v2.mimread(self.path)
        np.testing.assert_array_equal(one, GRAY)
        np.testing.assert_array_equal(two, RGB)

    def test_errors(self):
        for options in ({"pixformat": "h264"}, {"fps": 0}, {"quality": 0},
                        {"interval": -1}, {"fps": 3, "times": [1]},
                        {"times": [2, 1]}, {"times": []}):
            with self.assertRaises(ValueError, msg=options):
                self.read_back(GRAY, GRAY, **options)
        for array in (GRAY.astype(np.uint16), GRAY / 255., RGB[..., :2],
                      GRAY[0], np.zeros((2, 2, 2, 2), np.uint8)):
            with self.assertRaisesRegex(ValueError, "shape|uint8"):
                self.read_back(array)
        with self.assertRaises((OSError, RuntimeError)):
            v2.get_writer(os.path.join(self.path, "no/run.bin"))


@unittest.skipIf(v3 is None, "imageio is too old for the new interface")
class NewInterfaceTest(Case):
    def test_read(self):
        self.record(*FRAMES)
        np.testing.assert_array_equal(v3.imread(self.path), FRAMES)
        np.testing.assert_array_equal(v3.imread(self.path, index=2), GRAY + 2)
        np.testing.assert_array_equal(list(v3.imiter(self.path)), FRAMES)
        with self.assertRaises(ValueError):
            v3.imread(self.path, index=4)
        self.record(GRAY, RGB)
        with self.assertRaisesRegex(ValueError, "differ"):
            v3.imread(self.path)

    def test_properties(self):
        self.record(*FRAMES)
        props = v3.improps(self.path)
        self.assertEqual((props.shape, props.n_images, props.is_batch),
                         ((4, 5, 8), 4, True))
        self.assertEqual(v3.improps(self.path, index=1).shape, (5, 8))
        self.assertEqual(v3.immeta(self.path, index=1)["time"], 2.04)
        self.assertEqual(v3.immeta(self.path)["count"], 4)

    def test_write(self):
        v3.imwrite(self.path, FRAMES, times=[0, 1, 2, 5],
                   metadata={"mouse": 7})
        np.testing.assert_array_equal(v3.imread(self.path), FRAMES)
        self.assertEqual(v3.immeta(self.path, index=3)["time"], 5)
        self.assertEqual(v3.immeta(self.path)["metadata"],
                         {"user": {"mouse": 7}})
        v3.imwrite(self.path, np.stack([RGB, RGB]))
        self.assertEqual(v3.improps(self.path).shape, (2, 5, 8, 3))
        v3.imwrite(self.path, RGB)
        np.testing.assert_array_equal(v3.imread(self.path, index=0), RGB)
        data = v3.imwrite("<bytes>", FRAMES, extension=".bin")
        np.testing.assert_array_equal(v3.imread(data), FRAMES)

    def test_damage(self):
        path = os.path.join(GOLDEN, "bad_pixfmt_zero.bin")
        self.assertGreater(len(list(v3.imiter(path, resync=True))), 1)


if __name__ == "__main__":
    unittest.main()
