# SPDX-License-Identifier: LGPL-2.1-or-later
"""A second opinion on OMV image recordings, in plain Python.

Written from docs/format.md alone, sharing nothing with the C library, so that
the pipeline tests do not compare our code with itself.  Writer makes a
recording of any version, Recording reads one.  omvimg_test.py checks both
against what the camera's own code wrote.
"""

import random
import struct
import zlib
from typing import NamedTuple

MAGIC = b"OMV IMG STR V"
# Version: bytes of a frame header, ns per unit of interval.
VERSIONS = {
    "1.0": (16, 1_000_000),
    "1.1": (16, 1_000_000),
    "2.0": (32, 1_000_000),
    "2.1": (32, 1_000),
}
CODES = {
    "BINARY": 0x08010000,
    "GRAYSCALE": 0x08020001,
    "RGB565": 0x0C030002,
    "ARGB8": 0x0C080004,
    "BAYER_BGGR": 0x05040001,
    "BAYER_GBRG": 0x05040101,
    "BAYER_GRBG": 0x05040201,
    "BAYER_RGGB": 0x05040301,
    "YUV422": 0x14050002,
    "YVU422": 0x14050102,
    "JPEG": 0x06060000,
    "PNG": 0x06070000,
}
NAMES = {code: name for name, code in CODES.items()}
COMPRESSED = ("JPEG", "PNG")
# Version 1 has a word "bytes per pixel"; 4 and more is the size of a JPEG.
V1_CODES = {"BINARY": 0, "GRAYSCALE": 1, "RGB565": 2, "BAYER_BGGR": 3}
V1_NAMES = {code: name for name, code in V1_CODES.items()}
MAX_SIDE = 32767


class Damage(Exception):
    """What stands at this offset is no frame."""


class Frame(NamedTuple):
    """One frame. RGB565 payloads are little-endian whatever the version."""
    interval: int
    time_ns: int
    w: int
    h: int
    format: str
    payload: bytes
    offset: int
    size_word: int = 0
    spare: bytes = bytes(12)


def raw_size(name, w, h):
    """Bytes of payload that a size gives; None where the header has to say."""
    if name in COMPRESSED:
        return None
    if name == "ARGB8":
        return 0
    if name == "BINARY":
        return (w + 31) // 32 * 4 * h
    return w * h * (2 if name in ("RGB565", "YUV422", "YVU422") else 1)


def pad16(size):
    """Zero bytes that follow a payload."""
    return -size % 16


def swapped(payload):
    """The same 16-bit words in the other byte order."""
    out = bytearray(payload)
    out[0::2], out[1::2] = payload[1::2], payload[0::2]
    return bytes(out)


class Writer:
    """Collects a recording in `data`."""

    def __init__(self, version="2.0"):
        self.version = version
        self.data = bytearray(MAGIC + version.encode())

    def can_hold(self, name):
        """Whether this version has a word for the format."""
        return not self.version.startswith("1") \
            or name in V1_CODES or name == "JPEG"

    def frame(self, interval, w, h, name, payload, size_word=None):
        """Adds a frame. size_word: the rubbish that cameras leave there."""
        if self.version.startswith("1"):
            word = V1_CODES.get(name, len(payload))
            assert self.can_hold(name) and (word >= 4 or name in V1_CODES)
            header = struct.pack("<Iiii", interval, w, h, word)
        else:
            if size_word is None:
                size_word = len(payload) if name in COMPRESSED else 0
            header = struct.pack("<IiiII12x", interval, w, h, CODES[name],
                                 size_word)
        if self.version == "1.0" and name == "RGB565":
            payload = swapped(payload)
        self.data += header + payload + bytes(pad16(len(payload)))
        return self


class Recording:
    """Reads bytes: `frames`, and `problem`: None, "torn" or a sentence.

    A torn tail keeps every whole frame before it. Damage ends the reading, or
    with resync is skipped up to the next frame that another one, or the end,
    follows. Recordings joined end to end read as one.
    """

    def __init__(self, data, resync=False):
        self.data = bytes(data)
        self.frames = []
        self.problem = None
        self._time = 0
        self._pos = 0
        self._file_header()
        while self._pos < len(self.data):
            try:
                if self.data.startswith(MAGIC, self._pos):
                    self._file_header()
                    continue
                frame = self._frame(self._pos)
            except Damage as damage:
                self.problem = str(damage)
                if resync and self._resync():
                    continue
                return
            if frame is None:
                self.problem = "torn"
                return
            self._time = frame.time_ns
            self.frames.append(frame)
            self._pos = self._after(frame)

    def _file_header(self):
        head = self.data[self._pos:self._pos + 16]
        if not head.startswith(MAGIC) or len(head) < 16:
            raise ValueError("not a recording")
        self.version = head[13:].decode("ascii", "replace")
        if self.version not in VERSIONS:
            raise ValueError("unknown version " + self.version)
        self._header_size, self._unit = VERSIONS[self.version]
        self._pos += 16

    def _after(self, frame):
        size = len(frame.payload)
        return frame.offset + self._header_size + size + pad16(size)

    def _header(self, pos):
        """interval, w, h, format, payload size, size word; None if cut off"""
        if self._header_size > len(self.data) - pos:
            return None
        interval, w, h, word = struct.unpack_from("<IiiI", self.data, pos)
        if self.version.startswith("1"):
            name = V1_NAMES.get(word, "JPEG")
            size_word = word
        else:
            name = NAMES.get(word)
            size_word = struct.unpack_from("<I", self.data, pos + 16)[0]
        if name is None:
            raise Damage(f"unknown format {word:#010x} at {pos}")
        if not (1 <= w <= MAX_SIDE and 1 <= h <= MAX_SIDE):
            raise Damage(f"size {w}x{h} at {pos}")
        size = raw_size(name, w, h)
        if size is None:
            size = size_word
        if size > 256 << 20:
            raise Damage(f"payload of {size} bytes at {pos}")
        return interval, w, h, name, size, size_word

    def _frame(self, pos):
        header = self._header(pos)
        if header is None:
            return None
        interval, w, h, name, size, size_word = header
        start = pos + self._header_size
        payload = self.data[start:start + size]
        if len(payload) < size:
            return None
        if self.version == "1.0" and name == "RGB565":
            payload = swapped(payload)
        return Frame(interval, self._time + interval * self._unit, w, h, name,
                     payload, pos, size_word, self.data[pos + 20:pos + 32])

    def _resync(self):
        for pos in range(self._pos + 16, len(self.data), 16):
            try:
                frame = self._frame(pos)
                if frame is None:
                    continue
                after = self._after(frame)
                if after >= len(self.data) or self._header(after):
                    self._pos = pos
                    return True
            except Damage:
                pass
        return False


# Payloads to put into frames.

def noise(size, seed=0):
    """Bytes in which a wrong stride or order shows; equal in every run."""
    return random.Random(seed).randbytes(size)


def jpeg(w, h, body=b"\x11\x22\x33"):
    """A JPEG as far as its markers go: what a muxer looks at."""
    def segment(marker, content):
        return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content
    return (b"\xff\xd8"
            + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
            + segment(0xC0, struct.pack(">BHHB", 8, h, w, 1) + b"\1\x11\0")
            + segment(0xDA, b"\1\1\0\0\x3f\0") + body + b"\xff\xd9")


def png(w, h):
    """A complete PNG, grey noise."""
    def chunk(kind, content):
        return (struct.pack(">I", len(content)) + kind + content
                + struct.pack(">I", zlib.crc32(kind + content)))
    rows = b"".join(b"\0" + noise(w, row) for row in range(h))
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def payload(name, w, h, seed=0):
    """A payload of the format that holds a picture of this size."""
    if name == "JPEG":
        # Some cameras leave zero bytes behind the end marker.
        return jpeg(w, h, noise(40, seed).replace(b"\xff", b"\0")) \
            + bytes(seed % 3)
    if name == "PNG":
        return png(w, h)
    if name == "BINARY":
        # Bits right of the picture are zero.
        mask = ((1 << w) - 1).to_bytes((w + 31) // 32 * 4, "little") * h
        return bytes(a & b for a, b in zip(noise(len(mask), seed), mask))
    return noise(raw_size(name, w, h), seed)
