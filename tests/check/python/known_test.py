# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is known of recordings and stores, in Python.

The guarantees: what is written with metadata= and add_extra() is read again; a frame
is found by its index, its number and its time; stores of other programs are sequences
of pictures with all of these.
"""

import contextlib
import datetime
import io
import json
import os
import pathlib
import re
import sys
import tempfile
import unittest

try:
    import gi
    import numpy as np
except ImportError as missing:
    print(f"skipped, {missing} (python3-gi, python3-numpy)")
    sys.exit(77)

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../pipelines"))

import omv  # noqa: E402
import pictures  # noqa: E402
import stores  # noqa: E402
from omv.image import ImageIO  # noqa: E402

GRAY = np.arange(40, dtype=np.uint8).reshape(5, 8)
TIMES = [1714979289.25, 1714979289.35, 1714979289.352, 1714979290.8]
NUMBERS = [-1, 0, 17, 18]
TOLERANCE = 2


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.path = str(self.folder / "run.bin")


class RecordingTest(Case):
    def record(self):
        user = {"animal": "A1", "led": 12, "roi": [1, 2]}
        with ImageIO(self.path, "w", metadata=user) as stream:
            for i in range(4):
                stream.write(GRAY + i, interval=0.1 if i else 0)
                if i != 1:
                    stream.add_extra(number=10 + 3 * i)
            stream.add_extra(temperature=42.5)
        return user

    def test_round_trip(self):
        before = datetime.datetime.now(datetime.timezone.utc)
        user = self.record()
        after = datetime.datetime.now(datetime.timezone.utc)
        with ImageIO(self.path, "r") as stream:
            self.assertEqual(stream.metadata, user)
            self.assertEqual([stream.number(i) for i in range(4)],
                             [10, 1, 16, 19])
            self.assertEqual(stream.number(-1), 19)
            self.assertEqual(stream.extra(3), {"temperature": 42.5})
            self.assertEqual(stream.extra(0), {})
            self.assertTrue(before <= stream.start <= after, stream.start)
            self.assertEqual(stream.datetime(2) - stream.start,
                             datetime.timedelta(milliseconds=200))
            self.assertEqual(stream.find(16), 2)
            self.assertEqual(stream.find(17, "nearest"), 2)
            self.assertEqual(stream.find(17, "after"), 3)
            for number in (17, 11):
                with self.assertRaises(KeyError):
                    stream.find(number)
            with self.assertRaises(IndexError):
                stream.number(4)

    def test_cut_off(self):
        """A frame has nothing of the one in whose place it was written."""
        self.record()
        with open(self.path + ".jsonl", "a", encoding="utf-8") as file:
            file.write('{"moment": 1}\n')
        with ImageIO(self.path, "r+") as stream:
            stream.seek(2)
            self.assertEqual(stream.number(3), 19)
            stream.write(GRAY)
            self.assertEqual([stream.number(i) for i in range(3)], [10, 1, 2])
            stream.write(GRAY).add_extra(number=30)
            self.assertEqual((stream.number(3), stream.extra(3)), (30, {}))
            stream.seek(3).write(GRAY)
            self.assertEqual(stream.number(3), 3)
        lines = pathlib.Path(self.path + ".jsonl").read_text().splitlines()
        self.assertEqual([json.loads(line) for line in lines],
                         [{"frame": 0, "number": 10}, {"moment": 1}])

    def test_torn(self):
        """Nor of one that was torn when the power went."""
        for mode in "a", "r+":
            self.record()
            os.truncate(self.path, os.path.getsize(self.path) - 20)
            with ImageIO(self.path, mode) as stream:
                stream.seek(3).write(GRAY)
                self.assertEqual((stream.number(3), stream.extra(3)), (3, {}))
                self.assertEqual(stream.number(2), 16)

    def test_many(self):
        """Of a folder, each frame has what lies beside its own file."""
        folder = self.folder / "clips"
        folder.mkdir()
        for i in range(2):
            path = folder / f"clip-{i}.bin"
            with ImageIO(path, "w") as stream:
                for j in range(2):
                    stream.write(GRAY + j, interval=0.5)
                    stream.add_extra(number=100 * i + j, clip=i)
            # of a frame that was never written
            with open(f"{path}.jsonl", "a", encoding="utf-8") as file:
                file.write('{"frame": 2, "number": 7}\n')
            pathlib.Path(f"{path}.json").write_text(json.dumps(
                {"start": f"2026-03-01T12:00:{20 * i:02}Z",
                 "user": {"clip": i}}))
        for place in folder, folder / "clip-?.bin":
            with ImageIO(place, "r") as stream:
                self.assertEqual([stream.number(i) for i in range(4)],
                                 [0, 1, 100, 101])
                self.assertEqual([stream.extra(i)["clip"] for i in range(4)],
                                 [0, 0, 1, 1])
                self.assertEqual((stream.find(101), stream.find(90, "after")),
                                 (3, 2))
                self.assertEqual(stream.metadata, {"clip": 0})
                self.assertEqual(stream.start.isoformat(),
                                 "2026-03-01T12:00:00+00:00")
                self.assertEqual(
                    [str(stream.datetime(i))[17:21] for i in range(4)],
                    ["00.5", "01+0", "20.5", "21+0"])

        # of files that know nothing of each other, too
        (folder / "clip-0.bin.json").unlink()
        with ImageIO(folder, "r") as stream:
            self.assertEqual((stream.start, stream.datetime(0)), (None, None))
            self.assertEqual(stream.datetime(3).second, 21)

    def test_read_only(self):
        """Who may not write a frame may not note anything of one."""
        self.record()
        for place in self.path, self.folder:
            with ImageIO(place, "r") as stream, \
                    self.assertRaises(PermissionError):
                stream.add_extra(number=1)
        self.assertEqual(len(os.listdir(self.folder)), 3)

    def test_refused(self):
        """A frame that is not written costs no other what was noted of it."""
        self.record()
        with ImageIO(self.path, "r+") as stream, self.assertRaises(ValueError):
            stream.seek(1).write(GRAY, interval=1e9)
        with ImageIO(self.path, "r") as stream:
            self.assertEqual((len(stream), stream.number(3)), (4, 19))

    def test_other_frame(self):
        """Extra data are of the frame written last, whatever they are."""
        self.record()
        with ImageIO(self.path, "r+") as stream:
            with self.assertRaises(ValueError):
                stream.add_extra(frame=1, door="open")
            self.assertEqual(stream.extra(1), {})

    def test_nothing_known(self):
        with ImageIO(self.path, "w") as stream:
            stream.write(GRAY)
        with ImageIO(self.path, "r") as stream:
            self.assertEqual((stream.metadata, stream.start, stream.number(0),
                              stream.extra(0), stream.datetime(0)),
                             ({}, None, 0, {}, None))
        self.assertEqual(os.listdir(self.folder), ["run.bin"])

    def test_numbers(self):
        """What is no number is refused before it is written."""
        numbers = [-1 << 63, (1 << 63) - 1, np.int64(3)]
        with ImageIO(self.path, "w") as stream:
            for number in numbers:
                stream.write(GRAY).add_extra(number=number)
            size = os.path.getsize(self.path + ".jsonl")
            for number, error in ((1 << 63, ValueError), (3.5, TypeError),
                                  (1 << 64, ValueError), ("7", TypeError)):
                with self.assertRaises(error):
                    stream.add_extra(number=number)
                with self.assertRaises(error):
                    stream.find(number)
            for value in float("nan"), float("inf"), "\ud800":
                with self.assertRaises(ValueError):
                    stream.add_extra(value=value)
            self.assertEqual(os.path.getsize(self.path + ".jsonl"), size)
            for i, number in enumerate(numbers):
                self.assertEqual((stream.number(i), stream.find(number)),
                                 (number, i))

    def test_found_by_index(self):
        """The number of a frame of which nobody noted one is its index."""
        self.record()
        with ImageIO(self.path, "r") as stream:
            self.assertEqual([stream.find(stream.number(i)) for i in range(4)],
                             [0, 1, 2, 3])
            self.assertEqual((stream.find(1, "nearest"),
                              stream.find(2, "nearest")), (1, 0))
            for number in -1, 0, 2:
                with self.assertRaises(KeyError):
                    stream.find(number)

    def test_replaced(self):
        """A new recording has nothing of the one before it."""
        self.record()
        with ImageIO(self.path, "w") as stream:
            stream.write(GRAY)
        self.assertEqual(os.listdir(self.folder), ["run.bin"])

    def test_foreign(self):
        """Metadata that says that it is another recording's is not shown."""
        self.record()
        path = pathlib.Path(self.path + ".json")
        known = json.loads(path.read_text())
        known["first-frame"] = "GRAYSCALE 8x5 0123456789abcdef"
        path.write_text(json.dumps(known))
        with ImageIO(self.path, "r") as stream:
            self.assertEqual(stream.metadata, {})

    def test_errors(self):
        self.record()
        with self.assertRaises(ValueError):
            ImageIO(self.path, "r", metadata={})
        pathlib.Path(self.path + ".json").write_text("{")
        with ImageIO(self.path, "r") as stream, self.assertRaises(OSError):
            self.assertIsNone(stream.metadata)
        with ImageIO((8, 5, omv.image.GRAYSCALE), 2) as stream, \
                self.assertRaises(TypeError):
            stream.add_extra(a=1)


class StoreTest(Case):
    def assert_frames(self, store, count, tolerance=0):
        self.assertEqual(len(store), count)
        self.assertEqual(len(list(store)), count)
        # also backward, and twice
        for i in (*range(count), *reversed(range(count))):
            gray = store[i].gray().astype(int)
            self.assertLessEqual(abs(gray - pictures.grey(i)).max(), tolerance)
            self.assertEqual(store[i].number, i)
        with self.assertRaises(IndexError):
            store[count]

    def make(self, kind):
        stores.imgstore(self.folder / kind, kind, TIMES, NUMBERS, 3,
                        user="genotype: wild\nage: 12",
                        extra={1: [{"temperature": 42.5}]})
        return omv.open_store(self.folder / kind)

    def test_imgstore(self):
        for kind, tolerance in (("npy", 0), ("png", 0), ("jpg", TOLERANCE)):
            with self.subTest(kind), self.make(kind) as store:
                self.assert_frames(store, 4, tolerance)
                self.assertEqual(store.numbers.tolist(), NUMBERS)
                self.assertEqual(store.times.tolist(), [0, 0.1, 0.102, 1.55])
                self.assertEqual(store.metadata,
                                 {"genotype": "wild", "age": 12})
                self.assertEqual(store.number(2), 17)
                self.assertEqual(store.extra(1)["temperature"], 42.5)
                self.assertEqual(store.find(15, "nearest"), 2)
                self.assertEqual(store.at(1.4).number, 3)
                self.assertEqual(
                    store.datetime(3), datetime.datetime(
                        2024, 5, 6, 7, 8, 10, 800000, datetime.timezone.utc))
                self.assertEqual([img.number for img in store[1:3]], [1, 2])

    def test_card(self):
        path = self.folder / "card.img"
        path.write_bytes(stores.card(1022, (500, 550, 601), 30, 20))
        with omv.open_store(path) as store:
            self.assert_frames(store, 3)
            self.assertEqual(store[0].gray().shape, (20, 30))
            self.assertEqual(store.numbers.tolist(), [7, 8, 9])
            self.assertEqual(store.metadata["led"], 50)
            self.assertEqual(store.extra(2)["battery_voltage"], 4100)
            self.assertIsNone(store.start)

    def test_what_is_not_there(self):
        stores.imgstore(self.folder / "killed", "png", TIMES, NUMBERS, 3)
        (self.folder / "killed" / "000001" / "index.npz").unlink()
        with self.assertWarnsRegex(UserWarning, "killed: 1 part") as caught, \
                omv.open_store(self.folder / "killed") as store:
            self.assert_frames(store, 3)
        self.assertEqual(caught.filename, __file__)

        path = self.folder / "card.img"
        # without the sectors of the third picture, and the one behind it
        path.write_bytes(stores.card(1022, (500, 550, 601), 30, 20)[:-4 * 512])
        with self.assertWarnsRegex(UserWarning, "card.img: 3 of the buffers"), \
                omv.open_store(path) as store:
            self.assert_frames(store, 2)

    def need_videos(self):
        try:
            gi.require_version("Gst", "1.0")
            from gi.repository import Gst
        except (ImportError, ValueError):
            self.skipTest("missing: gir1.2-gstreamer-1.0")
        Gst.init(None)
        if not all(map(Gst.ElementFactory.find, ("avidemux", "jpegdec",
                                                 "appsink"))):
            self.skipTest("missing: GStreamer's good plugins")

    def test_videos(self):
        self.need_videos()
        with self.make("avi") as store:
            self.assert_frames(store, 4, TOLERANCE)
        stores.miniscope(self.folder / "a" / "Scope", (43, 93, 144), 2)
        with omv.open_store(self.folder / "a" / "Scope") as store:
            self.assert_frames(store, 3, TOLERANCE)
            self.assertEqual(store.metadata["session"]["animalName"], "A1")
            self.assertEqual(store.start.utcoffset(),
                             datetime.timedelta(hours=2))
        (self.folder / "a" / "Scope" / "1.avi").write_bytes(b"no video")
        with omv.open_store(self.folder / "a" / "Scope") as store, \
                self.assertRaises(OSError):
            self.assertIsNone(store[2])
        stores.miniscope(self.folder / "b" / "Scope", range(0, 60, 10), 2)
        (self.folder / "b" / "Scope" / "1.avi").unlink()
        with omv.open_store(self.folder / "b" / "Scope") as store:
            self.assertAlmostEqual(store[4].gray().mean(), pictures.grey(4),
                                   delta=TOLERANCE)
            with self.assertRaisesRegex(OSError, "Frame 3 .* in no video"):
                self.assertIsNone(store[3])

    def test_picture_that_is_lost(self):
        """Frames behind it are still those of their number and time."""
        self.need_videos()
        times = [1714979289 + n / 10 for n in range(8)]
        for kind, lost in (("avi", {3}), ("more", {0, 4, 5}), ("last", {7})):
            folder = self.folder / kind
            stores.imgstore(folder, "avi", times, range(8), 8)
            path = folder / "000000.avi"
            data = bytearray(path.read_bytes())
            starts = [match.end() for match in re.finditer(
                b"00dc(?=....\xff\xd8)", data, re.S)]
            for n in lost:
                size = int.from_bytes(data[starts[n]:starts[n] + 4], "little")
                data[starts[n] + 4:starts[n] + 4 + size] = bytes(size)
            path.write_bytes(data)
            with self.subTest(kind), omv.open_store(folder) as store:
                for i in (*range(8), *reversed(range(8))):
                    if i in lost:
                        with self.assertRaisesRegex(OSError, f"^Frame {i} "):
                            self.assertIsNone(store[i])
                    else:
                        gray = store[i].gray().astype(int)
                        self.assertLessEqual(
                            abs(gray - pictures.grey(i)).max(), TOLERANCE)

    def test_more_frames_than_times(self):
        """Frames are counted then: an empty one of a video is no frame."""
        self.need_videos()
        with self.make("avi") as store:
            stores.video(self.folder / "avi" / "000000.avi", 0, 3, 20, 16,
                         empty=1)
            self.assert_frames(store, 4, TOLERANCE)

    def test_errors(self):
        with self.assertRaises(OSError):
            omv.open_store(self.folder)
        with self.make("png") as store:
            (self.folder / "png" / "000000" / "000000.png").unlink()
            with self.assertRaises(OSError):
                self.assertIsNone(store[0])


class DocumentationTest(Case):
    """The examples of docs/metadata.md work as they stand."""

    def test_page(self):
        page = pathlib.Path(__file__).parents[3] / "docs/metadata.md"
        stores.imgstore(self.folder / "mystore", "png", TIMES, NUMBERS, 2)
        examples = re.findall(r"```python\n(.*?)```", page.read_text(), re.S)
        self.assertEqual(len(examples), 2)
        here = os.getcwd()
        self.addCleanup(os.chdir, here)
        os.chdir(self.folder)
        for example in examples:
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(compile(example, str(page), "exec"), {})
            self.assertGreater(len(out.getvalue().splitlines()), 3)


if __name__ == "__main__":
    unittest.main(verbosity=2)
