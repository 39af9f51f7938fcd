# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pictures in files, as the camera saves and loads them."""

import struct

import numpy as np

from .. import _png
from .. import image as _image


def pack_rgb565(rgb):
    red, green, blue = (rgb[..., i].astype(np.uint16) for i in range(3))
    return red >> 3 << 11 | green >> 2 << 5 | blue >> 3


# ---- BMP: gray with 8 bits, colours with 24, the lowest row first ----

_BMP = struct.Struct("<2sIxxxxIIiiHHIIiiII")


def encode_bmp(array):
    """Of gray (h, w) or RGB (h, w, 3)."""
    height, width = array.shape[:2]
    is_gray = array.ndim == 2
    palette = b""
    if is_gray:
        palette = (np.arange(256, dtype="<u4") * 0x010101).tobytes()
    else:
        array = array[..., ::-1]
    data = array.reshape(height, -1)
    rows = np.zeros((height, (data.shape[1] + 3) // 4 * 4), np.uint8)
    rows[:, :data.shape[1]] = data[::-1]
    start = _BMP.size + len(palette)
    return _BMP.pack(b"BM", start + rows.size, start, 40, width, height, 1,
                     8 if is_gray else 24, 0, rows.size, 0, 0,
                     len(palette) // 4, 0) + palette + rows.tobytes()


def _decode_bmp(data):
    (_, _, start, _, width, height, _, bits, compression,
     *_) = _BMP.unpack_from(data)
    if compression != 0 or bits not in (8, 24) or width < 1 or height == 0:
        raise OSError("Of BMP files those with 8 or 24 bits are read.")
    size, count = width * bits // 8, abs(height)
    stride = (size + 3) // 4 * 4
    rows = np.frombuffer(data, np.uint8, stride * count, start)
    rows = rows.reshape(count, stride)[::-1 if height > 0 else 1, :size]
    if bits == 8:
        return rows.copy()
    return pack_rgb565(rows.reshape(count, width, 3)[..., ::-1])


# ---- PGM and PPM, binary ----

def encode_pnm(array):
    height, width = array.shape[:2]
    kind = 5 if array.ndim == 2 else 6
    return b"P%d\n%d %d\n255\n" % (kind, width, height) + array.tobytes()


def _decode_pnm(data):
    kind, width, height, largest, pixels = data.split(maxsplit=4)
    # one blank ends the header, and pixels may look like more of them
    pixels = data[data.index(largest, len(kind + width + height) + 2)
                  + len(largest) + 1:]
    shape = (int(height), int(width)) + (() if kind == b"P5" else (3,))
    if int(largest) != 255 or len(pixels) < np.prod(shape):
        raise OSError("Of PGM and PPM files those with 8 bits are read.")
    array = np.frombuffer(pixels, np.uint8, int(np.prod(shape)))
    array = array.reshape(shape)
    return array if kind == b"P5" else pack_rgb565(array)


# ---- any of them ----

def decode(data):
    """What Image() takes: an array, or JPEG and PNG as they are."""
    try:
        if data.startswith(b"BM"):
            return _decode_bmp(data)
        if data.startswith((b"P5", b"P6")):
            return _decode_pnm(data)
    except (ValueError, struct.error):
        raise OSError("The picture is damaged.") from None
    return data


def encode(img, kind, quality):
    """The bytes of an Image in a kind of file: the name's ending."""
    if kind == "png" and img.format() == _image.PNG:
        return img.bytearray()
    if kind == "png":
        return _png.encode(img.rgb())
    if kind in ("jpg", "jpeg"):
        from . import _jpeg  # here: other pictures need no GStreamer
        return _jpeg.encode(img, quality)
    array = img.gray() if is_gray(img) else img.rgb()
    return encode_bmp(array) if kind == "bmp" else encode_pnm(array)


def is_gray(img):
    return img.format() in (_image.GRAYSCALE, _image.BINARY)
