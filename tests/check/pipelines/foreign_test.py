# SPDX-License-Identifier: LGPL-2.1-or-later
"""What others wrote is read: every version, every format, odd sizes.

The recordings come from the independent writer, so they also hold what no
golden file has: all Bayer orders, V2.1 with raw frames, joined recordings, and
rows of odd widths in each raw format, where GStreamer's rows are longer.
"""

from launch import LOSSLESS, NATIVE, PipelineTest, main, rewritten
from omvimg import CODES, VERSIONS, Recording, Writer, jpeg, pad16, payload

WIDTHS = (1, 3, 5, 7, 30, 33, 161)
FORMATS = [name for name in CODES if name != "ARGB8"]


def every_format(version):
    """A recording of all that a version can hold, in each of the widths."""
    writer = Writer(version)
    thirtieth = 33_333 if version == "2.1" else 33
    formats = [name for name in FORMATS if writer.can_hold(name)]
    for n, (w, name) in enumerate((w, name) for w in WIDTHS
                                  for name in formats):
        h = 2 + n % 3
        writer.frame(thirtieth + n % 2, w, h, name, payload(name, w, h, n))
    return writer


class Formats(PipelineTest):
    def test_read(self):
        for version in VERSIONS:
            with self.subTest(version):
                source = self.path("in.bin", every_format(version).data)
                self.assert_shows(
                    self.probe(f"filesrc location={source} ! {NATIVE}"),
                    Recording(source.read_bytes()).frames)

    def test_rewritten(self):
        for version in VERSIONS:
            with self.subTest(version):
                data = every_format(version).data
                self.assert_same_recording(
                    self.remux(data), rewritten(Recording(data).frames))

    def test_version_1_holds_what_it_can(self):
        data = every_format("1.0").data
        self.assert_same_recording(
            self.remux(data, mux=LOSSLESS + " version=1.1"),
            rewritten(Recording(data).frames, "1.1"))

    def test_large_frames(self):
        # A frame that is more than what is read at a time, whole or in part.
        for name in "BINARY", "RGB565", "JPEG":
            writer = Writer()
            for n in range(3):
                writer.frame(40, 2048, 1600, name,
                             payload(name, 2048, 1600, n) if name != "JPEG"
                             else jpeg(2048, 1600, bytes(700_000)))
            for demux in NATIVE, "queue ! " + NATIVE:
                with self.subTest(f"{demux} {name}"):
                    self.assert_same_recording(
                        self.remux(writer.data, demux=demux), writer.data)


class Ends(PipelineTest):
    """Where a recording may end, or go on."""

    def setUp(self):
        super().setUp()
        writer = Writer()
        for n, w in enumerate(WIDTHS):
            writer.frame(40, w, 3, "RGB565", payload("RGB565", w, 3, n))
        self.data = writer.data
        self.frames = Recording(self.data).frames

    def remuxes(self, data, frames, warnings):
        """data gives these frames in pull and in push mode."""
        for demux in NATIVE, "queue ! " + NATIVE:
            with self.subTest(demux):
                self.assert_same_recording(
                    self.remux(data, demux=demux, warnings=warnings),
                    rewritten(frames))

    def test_torn_frame(self):
        last = self.frames[-1]
        for cut in (last.offset + 1, last.offset + 31, last.offset + 32,
                    last.offset + 32 + len(last.payload) - 1):
            with self.subTest(cut):
                self.remuxes(self.data[:cut], self.frames[:-1], 1)

    def test_torn_padding_loses_nothing(self):
        padding = pad16(len(self.frames[-1].payload))
        self.assertGreater(padding, 1)
        for cut in (1, padding):
            with self.subTest(cut):
                self.remuxes(self.data[:-cut], self.frames, None)

    def test_joined(self):
        joined = b"".join(every_format(version).data
                          for version in ("2.0", "1.0", "2.1", "1.1"))
        self.remuxes(joined, Recording(joined).frames, 0)

    def test_long_pause(self):
        writer = Writer()
        for interval in (0, 2 ** 32 - 1, 2 ** 31, 0, 1):
            writer.frame(interval, 4, 4, "GRAYSCALE", bytes(range(16)))
        self.remuxes(writer.data, Recording(writer.data).frames, 0)


if __name__ == "__main__":
    main()
