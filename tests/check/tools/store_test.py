# SPDX-License-Identifier: LGPL-2.1-or-later
"""omvstr convert, from what researchers bring.

The guarantees: of a store of imgstore, a folder of a Miniscope V4 and the card of
a wire-free Miniscope every frame arrives, each with its own time, number and extra
data, and with all that was noted about the recording; also where only some frames
are taken. What a store contradicts itself about is said.

OMV_DATA_DIR may name a folder with real ones.
"""

import json
import os
import pathlib
import re

import pictures
import stores
from omvimg import Recording, Writer
from tool import ToolTest, main

DATA = pathlib.Path(os.environ.get("OMV_DATA_DIR", "/nonexistent"))
MS = 10 ** 6
W, H = 20, 16
SECTOR = stores.SECTOR
TIMES = [1714979289.25, 1714979289.35, 1714979289.352, 1714979290.8,
         1714979291.0]
NUMBERS = [-1, 0, 17, 18, 400]
USER = "genotype: wild\nage: 12\n"
EXTRA = {1: [{"temperature": 42.5}], 2: [{"temperature": 43}, {"door": "open"}]}
JPEG_TOLERANCE = 2


class StoreTest(ToolTest):
    """A test with stores."""

    def converted(self, store, *options, said=()):
        """The recording that a store becomes, its metadata and its lines."""
        result = self.run_tool("convert", store, "out.bin", "--force", *options)
        self.assertEqual(result.code, 0, result.err)
        if said:
            self.assert_sentence(result.err, None, *said)
        else:
            self.assertEqual(result.err, "")
        recording = Recording(self.path("out.bin").read_bytes())
        self.assertIsNone(recording.problem)
        metadata = json.loads(self.path("out.bin.json").read_text())
        lines = [json.loads(line) for line in
                 self.path("out.bin.jsonl").read_text().splitlines()]
        return recording, metadata, lines

    def assert_shows(self, recording, indices, tolerance=0):
        """Gray frames, those that stand in the store at these indices."""
        self.assertEqual(len(recording.frames), len(indices))
        for frame, n in zip(recording.frames, indices):
            self.assertEqual(frame.format, "GRAYSCALE")
            self.assertLessEqual(
                max(abs(v - pictures.grey(n)) for v in frame.payload),
                tolerance)

    def assert_times(self, recording, expected):
        """Times in ms."""
        self.assertEqual([frame.time_ns for frame in recording.frames],
                         [time * MS for time in expected])


class Imgstore(StoreTest):
    """Stores of imgstore."""

    def store(self, kind, **keywords):
        """A store with frames of all kinds of intervals."""
        path = self.path("store")
        stores.imgstore(path, kind, TIMES, NUMBERS, 2, W, H, USER, EXTRA,
                        **keywords)
        return path

    def assert_known(self, metadata, lines):
        """What the store knows is there."""
        self.assertEqual(metadata["user"], {"genotype": "wild", "age": 12})
        self.assertEqual(metadata["imgstore"]["uuid"], "5d1f")
        self.assertRegex(metadata["start"],
                         r"2024-05-06T0[79]:08:09[.]250000(\+02|Z)")
        self.assertEqual(
            [(line["frame"], line["number"]) for line in lines
             if "number" in line], list(enumerate(NUMBERS)))
        self.assertEqual(
            [(line["frame"], line["frame_number"], line["temperature"])
             for line in lines if "temperature" in line],
            [(1, 0, 42.5), (2, 17, 43)])
        self.assertEqual([line["frame"] for line in lines
                          if line.get("door") == "open"], [2])

    def test_pictures(self):
        """One file for each frame, of every kind."""
        for kind, tolerance in (("npy", 0), ("pgm", 0), ("png", 0),
                                ("jpg", JPEG_TOLERANCE)):
            with self.subTest(kind):
                path = self.path(kind)
                stores.imgstore(path, kind, TIMES, NUMBERS, 2, W, H, USER,
                                EXTRA)
                recording, metadata, lines = self.converted(kind)
                self.assert_shows(recording, range(5), tolerance)
                self.assert_times(recording, (0, 100, 102, 1550, 1750))
                self.assert_known(metadata, lines)

    def test_torn_picture(self):
        """The file is named, and no frame behind it is lost unnoticed."""
        for kind in ("png", "jpg"):
            with self.subTest(kind):
                stores.imgstore(self.path(kind), kind, TIMES, NUMBERS, 2, W, H)
                torn = self.path(kind) / "000001" / f"000000.{kind}"
                torn.write_bytes(torn.read_bytes()[:-13])
                self.fails("convert", kind, "out.bin", subject=kind,
                           words=[f'{torn.name}" is torn'])

    def test_odd_rows(self):
        """Rows that GStreamer would pad."""
        stores.imgstore(self.path("odd"), "npy", TIMES, NUMBERS, 5, 17, 5)
        recording, _, _ = self.converted("odd")
        self.assert_shows(recording, range(5))
        self.assertEqual(len(recording.frames[0].payload), 17 * 5)

    def test_unchanged(self):
        """Pictures of the format that is asked for stay as they are."""
        self.store("jpg")
        recording, _, _ = self.converted("store", "--format", "jpeg")
        self.assertEqual([frame.payload for frame in recording.frames],
                         [pictures.jpeg(W, H, pictures.grey(n))
                          for n in range(5)])

    def test_videos(self):
        """Videos, whose own times mean nothing."""
        self.store("avi")
        recording, metadata, lines = self.converted("store/metadata.yaml")
        self.assert_shows(recording, range(5), JPEG_TOLERANCE)
        self.assert_times(recording, (0, 100, 102, 1550, 1750))
        self.assert_known(metadata, lines)
        recording, _, _ = self.converted("store", "--format", "jpeg")
        self.assertEqual([frame.payload for frame in recording.frames],
                         [pictures.jpeg(W, H, pictures.grey(n))
                          for n in range(5)])

    def test_undecodable(self):
        """Frames behind one that cannot be decoded keep their times."""
        store = self.store("avi")
        for name, index in (("000000.avi", 0), ("000001.avi", 1)):
            data = bytearray((store / name).read_bytes())
            starts = [match.end() + 4 for match in re.finditer(
                b"00dc(?=....\xff\xd8)", data, re.DOTALL)]
            data[starts[index]:starts[index] + 40] = bytes(40)
            (store / name).write_bytes(data)
        recording, _, lines = self.converted("store", said=["left out: 2."])
        self.assert_shows(recording, (1, 2, 4), JPEG_TOLERANCE)
        self.assert_times(recording, (0, 2, 1650))
        self.assertEqual([(line["frame"], line["number"]) for line in lines
                          if "number" in line],
                         [(n, NUMBERS[i]) for n, i in enumerate((1, 2, 4))])

    def test_selection(self):
        """Frames that are left out take their lines along."""
        self.store("npy")
        recording, metadata, lines = self.converted(
            "store", "--from", "#1", "--every", "2")
        self.assert_shows(recording, (1, 3))
        self.assert_times(recording, (0, 1450))
        self.assertRegex(metadata["start"], r":08:09[.]350000")
        self.assertEqual([(line["frame"], line.get("number"))
                          for line in lines], [(0, 0), (1, 18)])
        self.assertEqual(lines[0]["temperature"], 42.5)

    def test_wrong_counts(self):
        """Videos with more or fewer frames than there are times."""
        store = self.store("avi")
        (store / "000000.npz").write_bytes(stores.npz([-1], TIMES[:1]))
        (store / "000002.npz").write_bytes(stores.npz([400, 401, 402], [
            TIMES[4], TIMES[4] + 1, TIMES[4] + 2]))
        result = self.run_tool("convert", "store", "out.bin")
        self.assertEqual(result.code, 0, result.err)
        self.assertIn("1 frames of videos have no time", result.err)
        self.assertIn("2 frames have a time, but are in no video", result.err)
        recording = Recording(self.path("out.bin").read_bytes())
        self.assert_shows(recording, (0, 2, 3, 4), JPEG_TOLERANCE)
        self.assert_times(recording, (0, 102, 1550, 1750))
        lines = map(json.loads,
                    self.path("out.bin.jsonl").read_text().splitlines())
        self.assertEqual([line["number"] for line in lines
                          if "number" in line], [-1, 17, 18, 400])

    def test_missing_video(self):
        """Frames of a video that is gone have a time, and that is said."""
        store = self.store("avi")
        (store / "000001.avi").unlink()
        recording, _, lines = self.converted(
            "store", said=("2 frames have a time, but are in no video",))
        self.assert_shows(recording, (0, 1, 4), JPEG_TOLERANCE)
        self.assert_times(recording, (0, 100, 1750))
        self.assertEqual([line["number"] for line in lines
                          if "number" in line], [-1, 0, 400])
        for path in store.glob("*.avi"):
            path.unlink()
        self.fails("convert", "store", "out.bin", "--force", subject="store",
                   words=("no frame",))

    def test_missing_table(self):
        """A part without its table is left out, and that is said."""
        store = self.store("npy")
        (store / "000001" / "index.npz").unlink()
        recording, _, lines = self.converted("store", said=("left out: 1",))
        self.assert_shows(recording, (0, 1, 4))
        self.assertEqual([line["frame"] for line in lines
                          if "number" in line], [0, 1, 2])

    def test_falling_times(self):
        """A clock that was set back takes no frame's lines away."""
        times = [10.0, 10.1, 10.2, 9.5, 9.6, 10.3]
        numbers = [3, 4, 5, 6, 7, 8]
        for kind in ("png", "jpg", "npy", "avi"):
            with self.subTest(kind):
                stores.imgstore(self.path(kind), kind, times, numbers, 4, W, H)
                recording, _, lines = self.converted(
                    kind, said=("2 frames were older",))
                self.assert_shows(recording, range(6), JPEG_TOLERANCE)
                self.assert_times(recording, (0, 100, 200, 200, 200, 300))
                self.assertEqual([(line["frame"], line["number"])
                                  for line in lines], list(enumerate(numbers)))

    def test_two_in_a_file(self):
        """A file is one frame, whatever follows its picture."""
        store = self.store("png")
        path = store / "000000" / "000001.png"
        path.write_bytes(path.read_bytes() * 2)
        recording, metadata, lines = self.converted("store")
        self.assert_shows(recording, range(5))
        self.assert_known(metadata, lines)

    def test_refusals(self):
        """One sentence each, and no file."""
        store = self.store("png")
        self.fails("convert", "store", "out.mp4", subject="store",
                   words=("recording",))
        self.path("out.bin.json", b"{}")
        self.fails("convert", "store", "out.bin", subject="out.bin.json",
                   words=("--force",))
        self.path("out.bin.json").unlink()
        (store / "000001" / "000000.png").write_bytes(b"no picture")
        self.fails("convert", "store", "out.bin", subject="store")
        (store / "metadata.yaml").write_text("{")
        self.fails("convert", "store", "out.bin", subject="store",
                   words=("metadata.yaml",))

    def test_real_material(self):
        """A store of imgstore's own tests, if it is here."""
        if not (DATA / "imgstore_mp4").exists():
            self.skipTest(f"no real store in {DATA}")
        recording, metadata, lines = self.converted(DATA / "imgstore_mp4")
        self.assertEqual(len(recording.frames), 179)
        self.assert_times(recording, range(0, 179000, 1000))
        self.assertEqual([line["number"] for line in lines], list(range(179)))
        self.assertEqual(metadata["start"], "1970-01-01T00:00:01Z")


class Miniscope(StoreTest):
    """Folders of a Miniscope V4."""

    TIMES = (43, 93, 144, 190, 241)

    def test_folder(self):
        stores.miniscope(self.path("18_18_41") / "Scope", self.TIMES, 2, W, H)
        recording, metadata, lines = self.converted(
            "18_18_41/Scope", "--format", "grayscale")
        self.assert_shows(recording, range(5), JPEG_TOLERANCE)
        self.assert_times(recording, (0, 50, 101, 147, 198))
        self.assertEqual(metadata["start"], "2022-09-19T18:18:41.050000+02")
        self.assertEqual(metadata["user"]["deviceName"], "Miniscope")
        self.assertEqual(metadata["user"]["led0"], 12.5)
        self.assertEqual(metadata["user"]["session"]["animalName"], "A1")
        self.assertEqual(lines, [
            {"frame": n, "number": n, "Buffer Index": n % 3}
            for n in range(5)])

    def test_equal_times(self):
        """Of frames at the same time each keeps its own data."""
        times = (0, 33, 33, 66, 100, 100, 100, 133)
        stores.miniscope(self.path("day") / "Scope", times, 3, W, H)
        for options, numbers in ((("--from=#2",), (2, 3, 4, 5, 6, 7)),
                                 (("--from=#5", "--to=#6"), (5,)),
                                 (("--every=2",), (0, 2, 4, 6))):
            recording, _, lines = self.converted(
                "day/Scope", "--format=grayscale", *options)
            self.assert_shows(recording, numbers, JPEG_TOLERANCE)
            self.assertEqual([(line["frame"], line["number"])
                              for line in lines], list(enumerate(numbers)))

    def test_broken_session(self):
        """What was noted about the session is not left out in silence."""
        stores.miniscope(self.path("day") / "Scope", self.TIMES, 3, W, H)
        (self.path("day") / "metaData.json").write_text("{")
        self.fails("convert", "day/Scope", "out.bin", subject="day/Scope",
                   words=("../metaData.json",))

    def test_missing_video(self):
        """No other video's frames get its times and numbers."""
        for gone, indices, start in ((0, (2, 3, 4), "151"),
                                     (1, (0, 1, 4), "050"),
                                     (2, (0, 1, 2, 3), "050")):
            with self.subTest(gone):
                folder = self.path(f"day{gone}") / "Scope"
                stores.miniscope(folder, self.TIMES, 2, W, H)
                (folder / f"{gone}.avi").unlink()
                recording, metadata, lines = self.converted(
                    folder, "--format", "grayscale",
                    said=(f"{5 - len(indices)} frames have a time, but are in "
                          "no video",))
                self.assert_shows(recording, indices, JPEG_TOLERANCE)
                self.assert_times(recording, [
                    self.TIMES[n] - self.TIMES[indices[0]] for n in indices])
                self.assertEqual(metadata["start"],
                                 f"2022-09-19T18:18:41.{start}000+02")
                self.assertEqual([(line["frame"], line["number"])
                                  for line in lines], list(enumerate(indices)))

    def test_short_table(self):
        """Videos behind the table's end are left out, and that is said."""
        folder = self.path("Scope")
        stores.miniscope(folder, self.TIMES, 2, W, H)
        table = folder / "timeStamps.csv"
        table.write_text("".join(table.read_text().splitlines(True)[:3]))
        recording, _, _ = self.converted("Scope", "--format", "grayscale",
                                         said=("left out: 2",))
        self.assert_shows(recording, (0, 1), JPEG_TOLERANCE)

    def test_torn_video(self):
        """A folder whose last video is no video."""
        folder = self.path("Scope")
        stores.miniscope(folder, self.TIMES, 3, W, H)
        (folder / "1.avi").write_bytes(b"no video")
        self.fails("convert", "Scope", "out.bin", subject="Scope")


class Card(StoreTest):
    """Cards of the wire-free Miniscope."""

    def test_layouts(self):
        """Both layouts, pixel by pixel; the name may be anything."""
        for start, name in ((1022, "card.bin"), (1023, "mmcblk0")):
            with self.subTest(name):
                self.path(name, stores.card(start, (500, 550, 601), 30, 20))
                recording, metadata, lines = self.converted(name)
                self.assert_shows(recording, range(3))
                self.assert_times(recording, (0, 50, 101))
                self.assertNotIn("start", metadata)
                self.assertEqual(metadata["user"]["led"], 50)
                self.assertEqual("battery_cutoff" in metadata["user"],
                                 start == 1022)
                self.assertEqual([(line["frame"], line["number"])
                                  for line in lines], [(0, 7), (1, 8), (2, 9)])
                if start == 1022:
                    self.assertEqual([line["battery_voltage"]
                                      for line in lines], [4100] * 3)


    def test_torn(self):
        """What the card says it has, and has not, is said."""
        whole = stores.card(1022, range(0, 300, 10), 30, 20)
        start = 1024 * SECTOR
        torn = whole[:start + 31 * SECTOR]
        rotten = bytearray(whole)
        rotten[start + 60 * SECTOR:start + 61 * SECTOR] = bytes(SECTOR)
        for image, frames, lost in ((torn, 11, 59), (bytes(rotten), 20, 30)):
            self.path("card.img", image)
            recording, _, _ = self.converted(
                "card.img", said=(f"card says it has, {lost} were not found",))
            self.assertEqual(len(recording.frames), frames)


class Documents(StoreTest):
    """The lines of docs/metadata.md work as they stand."""

    def test_page(self):
        page = (pathlib.Path(__file__).parents[3] / "docs/metadata.md")
        stores.imgstore(self.path("mystore"), "png", TIMES, NUMBERS, 2)
        writer = Writer()
        for n in range(5):
            writer.frame(33, 16, 12, "GRAYSCALE",
                         pictures.payload("GRAYSCALE", 16, 12, n))
        self.path("run.bin", bytes(writer.data))
        lines = re.findall(r"^omvstr (.*)$", page.read_text(), re.M)
        self.assertEqual(len(lines), 5)
        for line in lines:
            with self.subTest(line):
                result = self.run_tool(*line.split())
                self.assertEqual(result.code, 0, result.err)


if __name__ == "__main__":
    main()
