# SPDX-License-Identifier: LGPL-2.1-or-later
"""extract and sheet write pictures that show what the camera stored."""

import hashlib
import struct
import zlib

import golden
from omvimg import Writer, payload
from tool import ToolTest, main


def read_png(data):
    """(width, height, channels, rows) of an 8-bit PNG picture."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    pos, chunks = 8, {}
    while pos < len(data):
        size, kind = struct.unpack_from(">I4s", data, pos)
        body = data[pos + 8:pos + 8 + size]
        assert zlib.crc32(kind + body) == struct.unpack_from(
            ">I", data, pos + 8 + size)[0]
        chunks[kind] = chunks.get(kind, b"") + body
        pos += 12 + size
    w, h, depth, colour = struct.unpack_from(">IIBB", chunks[b"IHDR"])
    assert depth == 8
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    raw = zlib.decompress(chunks[b"IDAT"])
    return w, h, channels, unfilter(raw, w * channels, h, channels)


def paeth(a, b, c):
    """The predictor of PNG's fourth filter."""
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def unfilter(raw, stride, h, channels):
    """The rows behind PNG's five filters."""
    rows, above = [], bytes(stride)
    for y in range(h):
        kind, *line = raw[y * (stride + 1):(y + 1) * (stride + 1)]
        for x in range(stride):
            a = line[x - channels] if x >= channels else 0
            c = above[x - channels] if x >= channels else 0
            line[x] = (line[x] + (0, a, above[x], (a + above[x]) // 2,
                                  paeth(a, above[x], c))[kind]) & 0xff
        above = bytes(line)
        rows.append(above)
    return rows


class Extract(ToolTest):
    def extract(self, g, number, *more):
        """The picture of a frame, under the name that it gets by itself."""
        self.path("in.bin", g.data)
        name = self.works("extract", "--force", "in.bin", number, *more)
        return name.strip(), self.path(name.strip()).read_bytes()

    def test_stored_pictures_as_they_are(self):
        for g in golden.good():
            for f in g.frames:
                if f.format in ("JPEG", "PNG"):
                    name, data = self.extract(g, f.index)
                    self.assertEqual(
                        name, f"in.bin-{f.index}."
                        + {"JPEG": "jpg", "PNG": "png"}[f.format])
                    self.assertEqual(hashlib.sha256(data).hexdigest(),
                                     f.sha256)

    def test_gray(self):
        g = golden.find("v20_grayscale")
        for f in g.frames:
            name, data = self.extract(g, f"#{f.index}")
            self.assertEqual(name, f"in.bin-{f.index}.png")
            w, h, channels, rows = read_png(data)
            self.assertEqual((w, h, channels), (f.w, f.h, 1))
            self.assertEqual(
                hashlib.sha256(b"".join(rows)).hexdigest(), f.sha256)

    def test_rgb565(self):
        """In every version: 1.0 stores it big-endian."""
        for name in "v10_rgb565", "v11_rgb565", "v20_rgb565":
            g = golden.find(name)
            for f in g.frames:
                w, h, channels, rows = read_png(self.extract(g, f.index)[1])
                self.assertEqual((w, h, channels), (f.w, f.h, 3))
                start = f.offset + (16 if name < "v2" else 32)
                words = struct.unpack_from(
                    (">" if name == "v10_rgb565" else "<") + f"{w * h}H",
                    g.data, start)
                self.assertEqual(b"".join(rows), b"".join(
                    bytes((r << 3 | r >> 2, g6 << 2 | g6 >> 4, b << 3 | b >> 2))
                    for r, g6, b in ((v >> 11, v >> 5 & 63, v & 31)
                                     for v in words)))

    def test_other_formats(self):
        for name in "v20_binary", "v20_bayer_grbg", "v20_yuv422", "v11_bayer":
            g = golden.find(name)
            for f in g.frames:
                w, h, channels, _ = read_png(self.extract(g, f.index)[1])
                self.assertEqual((w, h, channels),
                                 (f.w, f.h, 1 if name == "v20_binary" else 3))

    def test_as_another_type(self):
        g = golden.find("v20_jpeg")
        self.path("in.bin", g.data)
        self.works("extract", "in.bin", 6, "o.png")
        w, h, channels, rows = read_png(self.path("o.png").read_bytes())
        self.assertEqual((w, h), (g.frames[6].w, g.frames[6].h))
        self.assertGreater(len(set(b"".join(rows))), channels)
        self.path("in.bin", golden.find("v20_png").data)
        self.fails("extract", "in.bin", 6, "o.jpg", subject="o.jpg",
                   words=("not stored as JPEG", ".png"))

    def test_by_time(self):
        """The nearest frame; all ways to write a time."""
        writer = Writer()
        for n in range(3):
            writer.frame(1000 * n, 4, 4, "GRAYSCALE", bytes([n]) * 16)
        self.path("a.bin", bytes(writer.data))      # due at 0, 1 and 3 s
        for time, number in (("0", 0), ("499ms", 0), ("0:01", 1), ("1.9s", 1),
                             ("2.1", 2), ("0:00:03", 2), ("9:00", 2)):
            out = self.works("extract", "-f", "--time", time, "a.bin").strip()
            self.assertEqual(out, f"a.bin-{number}.png")
            self.assertEqual(read_png(self.path(out).read_bytes())[3],
                             [bytes([number]) * 4] * 4)
        self.works("extract", "--time", "1", "a.bin", "o.png")

    def test_no_such_frame(self):
        self.path("a.bin", golden.find("v20_png").data)
        self.fails("extract", "a.bin", 7, subject="a.bin", words=("7", "6"))
        self.fails("extract", "a.bin", 2 ** 64 - 1, subject="a.bin")

    def test_broken_picture(self):
        writer = Writer().frame(0, 8, 8, "JPEG", b"no picture")
        self.path("a.bin", bytes(writer.data))
        self.fails("extract", "a.bin", 0, "o.png", subject="a.bin",
                   words=("JPEG",))
        self.works("extract", "a.bin", 0, "o.jpg")
        self.assertEqual(self.path("o.jpg").read_bytes(), b"no picture")


class Sheet(ToolTest):
    MARGIN, TEXT = 4, 20

    def sheet(self, data, *options):
        self.path("a.bin", data)
        self.works("sheet", "--force", *options, "a.bin", "o.png")
        w, h, channels, rows = read_png(self.path("o.png").read_bytes())
        self.assertEqual(channels, 3)
        return w, h, rows

    def shades(self, n, w=32, h=16):
        """Frame i is a plain gray of 2 * i."""
        writer = Writer()
        for i in range(n):
            writer.frame(40, w, h, "GRAYSCALE", bytes([2 * i]) * w * h)
        return bytes(writer.data)

    def test_frames_are_spread_over_the_recording(self):
        w, h, rows = self.sheet(self.shades(101), "-n", "5", "-c", "2",
                                "-s", "64x32")
        cell = 64 + 2 * self.MARGIN, 32 + 2 * self.MARGIN + self.TEXT
        self.assertEqual((w, h), (2 * cell[0], 3 * cell[1]))
        for i, number in enumerate((0, 25, 50, 75, 100)):
            x = i % 2 * cell[0] + self.MARGIN
            y = i // 2 * cell[1] + self.MARGIN
            for row in rows[y:y + 32]:
                self.assertEqual(row[3 * x:3 * (x + 64)],
                                 bytes([2 * number]) * 3 * 64)

    def test_times_are_under_the_pictures(self):
        """Frames of different times have different digits, in white."""
        _, _, rows = self.sheet(self.shades(2), "-n", "2", "-c", "1",
                                "-s", "120x32")
        cell = 32 + 2 * self.MARGIN + self.TEXT
        texts = [b"".join(rows[y + self.MARGIN + 32:y + cell])
                 for y in (0, cell)]
        for text in texts:
            self.assertIn(b"\xff" * 3, text)
        self.assertNotEqual(*texts)

    def test_aspect_is_kept(self):
        """A wide picture in a square leaves room above and below."""
        data = bytes(Writer().frame(
            0, 64, 16, "GRAYSCALE", b"\xc8" * 64 * 16).data)
        _, _, rows = self.sheet(data, "-s", "64x64")
        bright = [y for y in range(self.MARGIN, self.MARGIN + 64)
                  if rows[y][3 * 20] == 0xc8]
        self.assertEqual(bright, list(range(self.MARGIN + 24,
                                            self.MARGIN + 40)))

    def test_golden(self):
        for g in golden.good():
            if g.pictures and g.pictures == g.frames:
                self.sheet(g.data, "-n", "4", "-s", "24x16")

    def test_fewer_frames_than_places(self):
        w, _, _ = self.sheet(self.shades(2), "-s", "64x32")
        self.assertEqual(w, 2 * (64 + 2 * self.MARGIN))

    def test_frame_that_cannot_be_shown(self):
        """It is named and its place stays empty; the rest is there."""
        writer = Writer().frame(0, 8, 8, "GRAYSCALE", bytes(64))
        writer.frame(40, 8, 8, "JPEG", b"no picture")
        self.path("a.bin", bytes(writer.data))
        result = self.run_tool("sheet", "a.bin", "o.png")
        self.assertEqual(result.code, 1)
        self.assert_sentence(result.err, "a.bin", "Frame 1")
        read_png(self.path("o.png").read_bytes())

    def test_too_large(self):
        self.path("a.bin", self.shades(100))
        for options in (("-s", "32767x32767"),
                        ("-n", "100", "-c", "100", "-s", "1000x100"),
                        ("-n", "1", "-s", "32000x32000")):
            self.fails("sheet", *options, "a.bin", "o.png", subject="a.bin",
                       words=("too large",))


if __name__ == "__main__":
    main()
