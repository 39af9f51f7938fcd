# SPDX-License-Identifier: LGPL-2.1-or-later
"""Arrays that no raw format of the camera holds, as PNG pictures."""

import struct
import zlib

import numpy as np

# colour types by the number of channels
_TYPES = {1: 0, 3: 2, 4: 6}


def _chunk(name, data):
    return (struct.pack(">I", len(data)) + name + data
            + struct.pack(">I", zlib.crc32(name + data)))


def encode(array):
    """A PNG picture of 8-bit gray, RGB or RGBA pixels, nothing lost."""
    height, width, channels = array.shape
    rows = np.zeros((height, 1 + width * channels), np.uint8)
    rows[:, 1:] = array.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, _TYPES[channels],
                         0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header)
            + _chunk(b"IDAT", zlib.compress(rows.tobytes(), 1))
            + _chunk(b"IEND", b""))
