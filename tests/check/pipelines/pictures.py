# SPDX-License-Identifier: LGPL-2.1-or-later
"""Flat pictures, complete in every format, whose grey says which frame it is.

A decoder can be foreign and still be checked: whatever it makes of a flat
picture is flat, of the same grey. Nothing here needs an encoder.
"""

import struct
import zlib

from omvimg import CODES, Writer, raw_size

FORMATS = [name for name in CODES if name != "ARGB8"]
SIZES = ((16, 12), (17, 9), (40, 30), (3, 5), (1, 1))
# RGB16 keeps six bits of green.
TOLERANCE = 3
# What a decoder makes: bytes per pixel, and the grey of the first pixel.
LAYOUTS = {
    "GRAY8": (1, lambda data: data[0]),
    "RGB16": (2, lambda data: (data[0] >> 3 & 0x1C | data[1] << 5 & 0xE0)),
    "YUY2": (2, lambda data: data[0]),
    "YVYU": (2, lambda data: data[0]),
    "RGB": (3, lambda data: data[1]),
    "BGRx": (4, lambda data: data[1]),
    "I420": (1, lambda data: data[0]),
}


def grey(n):
    """The grey of frame n: 8 steps apart, and another one for 28 frames."""
    return 16 + 8 * (n % 28)


def jpeg(w, h, level):
    """A grey baseline JPEG: each block one coefficient, exact by its table."""
    def segment(marker, content):
        return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content
    # DC: categories 0 to 8, each a code of four bits. AC: the end of block, 0.
    tables = (bytes([0]) + bytes([0, 0, 0, 9] + [0] * 12) + bytes(range(9))
              + bytes([0x10]) + bytes([1] + [0] * 15) + b"\0")
    value = level - 128
    category = abs(value).bit_length()
    bits = f"{category:04b}"
    if category:
        number = value if value > 0 else value + 2 ** category - 1
        bits += f"{number:0{category}b}"
    blocks = ((w + 7) // 8) * ((h + 7) // 8)
    bits += "0" + "00000" * (blocks - 1)
    bits += "1" * (-len(bits) % 8)
    body = int(bits, 2).to_bytes(len(bits) // 8, "big")
    return (b"\xff\xd8"
            + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
            + segment(0xDB, bytes([0]) + bytes([8] * 64))
            + segment(0xC0, struct.pack(">BHHB", 8, h, w, 1) + b"\1\x11\0")
            + segment(0xC4, tables)
            + segment(0xDA, b"\1\1\0\0\x3f\0")
            + body.replace(b"\xff", b"\xff\0") + b"\xff\xd9")


def png(w, h, level):
    """A grey PNG."""
    def chunk(kind, content):
        return (struct.pack(">I", len(content)) + kind + content
                + struct.pack(">I", zlib.crc32(kind + content)))
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(
                (b"\0" + bytes([level]) * w) * h))
            + chunk(b"IEND", b""))


def payload(name, w, h, n):
    """The picture of frame n as the camera stores it."""
    level = grey(n)
    if name == "JPEG":
        return jpeg(w, h, level)
    if name == "PNG":
        return png(w, h, level)
    if name == "BINARY":
        row = (1 << w) - 1 if level > 127 else 0
        return row.to_bytes((w + 31) // 32 * 4, "little") * h
    if name == "RGB565":
        word = level >> 3 << 11 | level >> 2 << 5 | level >> 3
        return word.to_bytes(2, "little") * (w * h)
    if name in ("YUV422", "YVU422"):
        return bytes([level, 128]) * (w * h)
    return bytes([level]) * raw_size(name, w, h)


def recording(frames, version="2.0"):
    """Frames (interval, name, w, h), each with the grey of its number."""
    writer = Writer(version)
    for n, (interval, name, w, h) in enumerate(frames):
        writer.frame(interval, w, h, name, payload(name, w, h, n))
    return bytes(writer.data)


def steady(count, name, w=16, h=12, interval=40):
    """A recording of one format and size."""
    return recording([(interval, name, w, h)] * count)


def mixed():
    """All formats, one after the other, in changing sizes."""
    return recording([(30 + n % 7, name, *SIZES[n % len(SIZES)])
                      for n, name in enumerate(FORMATS * len(SIZES))])


def shows(picture, name, n):
    """Whether a decoded picture is that of frame n, stored in this format."""
    pixel, first = LAYOUTS[picture.caps["format"]]
    w, h = picture.caps["width"], picture.caps["height"]
    level = grey(n)
    if name == "BINARY":
        level = 255 if level > 127 else 0
    # The first of each row: rows may have any distance.
    rows = [picture.data[y * (len(picture.data) // h):][:pixel * w]
            for y in range(h if picture.caps["format"] != "I420" else 1)]
    return all(abs(first(row) - level) <= TOLERANCE for row in rows)
