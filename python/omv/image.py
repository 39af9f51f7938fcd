# SPDX-License-Identifier: LGPL-2.1-or-later
"""The camera's module `image`: pictures and streams of them."""

import math

import numpy as np

from . import _png
from ._errors import camera_errors
from ._library import GLib, GstOmv

_Format = GstOmv.PixelFormat
_Decoded = GstOmv.DecodedFormat

BINARY = int(_Format.BINARY)
GRAYSCALE = int(_Format.GRAYSCALE)
RGB565 = int(_Format.RGB565)
BAYER = BAYER_BGGR = int(_Format.BAYER_BGGR)
BAYER_GBRG = int(_Format.BAYER_GBRG)
BAYER_GRBG = int(_Format.BAYER_GRBG)
BAYER_RGGB = int(_Format.BAYER_RGGB)
YUV422 = int(_Format.YUV422)
YVU422 = int(_Format.YVU422)
JPEG = int(_Format.JPEG)
PNG = int(_Format.PNG)

_SIGNATURES = ((b"\xff\xd8", JPEG), (b"\x89PNG\r\n\x1a\n", PNG))

# pixel format: dtype and what stands behind (height, width)
_SHAPES = {
    GRAYSCALE: (np.dtype(np.uint8), ()),
    RGB565: (np.dtype("<u2"), ()),
    BAYER_BGGR: (np.dtype(np.uint8), ()),
    BAYER_GBRG: (np.dtype(np.uint8), ()),
    BAYER_GRBG: (np.dtype(np.uint8), ()),
    BAYER_RGGB: (np.dtype(np.uint8), ()),
    YUV422: (np.dtype(np.uint8), (2,)),
    YVU422: (np.dtype(np.uint8), (2,)),
}

# RGB565 is big-endian in the first version
_VERSION, _OLD_VERSION = int(GstOmv.Version.V2_0), int(GstOmv.Version.V1_0)

# (pixel format, version): NumPy's name of the type, its size, what stands
# behind (height, width) and bytes per pixel
_VIEWS = {
    (_format, int(_version)): (
        (_kind.newbyteorder(">") if int(_version) == _OLD_VERSION
         else _kind).str, _channels, _kind.itemsize * math.prod(_channels))
    for _format, (_kind, _channels) in _SHAPES.items()
    for _version in GstOmv.Version.__enum_values__.values()}


def _pack_bits(array):
    """1-bit rows of whole 32-bit words, the lowest bit leftmost."""
    height, width = array.shape
    rows = np.zeros((height, (width + 31) // 32 * 32), bool)
    rows[:, :width] = array
    return np.packbits(rows, axis=1, bitorder="little").tobytes()


def _rgb565_to_rgb(array):
    red, green, blue = array >> 11, array >> 5 & 63, array & 31
    return np.stack((red << 3 | red >> 2, green << 2 | green >> 4,
                     blue << 3 | blue >> 2), axis=-1).astype(np.uint8)


def _yuv_to_rgb(array, v_first):
    """Full-range BT.601, as the camera means it; a pixel pair has one colour."""
    height, width = array.shape[:2]
    luma = array[..., 0].astype(np.float32)
    chroma = array[..., 1].astype(np.float32) - 128
    pairs = np.arange(width) // 2 * 2
    first, second = chroma[:, pairs], chroma[:, np.minimum(pairs + 1,
                                                           width - 1)]
    u, v = (second, first) if v_first else (first, second)
    if width % 2:
        # of the last pair only the first half is stored
        (u if v_first else v)[:, -1] = 0
    rgb = np.stack((luma + 1.402 * v, luma - 0.344136 * u - 0.714136 * v,
                    luma + 1.772 * u), axis=-1)
    return np.clip(np.rint(rgb), 0, 255).astype(np.uint8)


class Image:
    """A picture, as a stream stores it or as an array has it.

    Image(array): 8 bits of gray (h, w), RGB (h, w, 3), RGBA (h, w, 4) or a
    pair of Y and U or V (h, w, 2); bool (h, w); 16 bits of RGB565 (h, w).
    RGB and RGBA have no place in the camera's raw formats and are kept as PNG.
    Image(data): the bytes of a JPEG or PNG picture.
    Image(width, height, pixformat, buffer=data): as on the camera.

    np.asarray(image) is the array itself, without a copy. Of pictures that have
    to be decoded first (JPEG, PNG, 1-bit) it is the decoded one, kept.

    number, time and interval (seconds) are set for what was read from a stream.
    """

    number = time = interval = None
    _version = _VERSION
    _frame = _payload = _array = None

    def __init__(self, source, height=None, pixformat=None, *, buffer=None):
        if isinstance(source, (bytes, bytearray, memoryview)):
            self._set_picture(bytes(source))
        elif height is None:
            self._set_array(np.asarray(source))
        else:
            self._width, self._height = int(source), int(height)
            self._format = int(pixformat)
            size = self._get_raw_size()
            self._payload = bytes(size) if buffer is None else bytes(buffer)
            if size is not None and len(self._payload) != size:
                raise ValueError("Invalid frame size")

    @classmethod
    def _from_frame(cls, frame):
        self = cls.__new__(cls)
        (address, size, width, height, pixformat, version, self.number, time,
         interval) = frame.unpack()
        self.time, self.interval = time / 1e9, interval / 1e9
        self._width, self._height, self._format = width, height, pixformat
        self._stored, self._version, self._frame = size, version, frame
        view = _VIEWS.get((pixformat, version))
        if view is not None and size == height * width * view[2]:
            # arrays look at the frame in place, and keep it by its image
            self.__array_interface__ = {
                "version": 3, "typestr": view[0], "data": (address, True),
                "shape": (height, width) + view[1]}
        return self

    def _set_picture(self, data):
        for signature, pixformat in _SIGNATURES:
            if data.startswith(signature):
                is_read, width, height = GstOmv.picture_read_size(
                    _Format(pixformat), data)
                if is_read:
                    self._width, self._height = width, height
                    self._format, self._payload = pixformat, data
                    return
        raise ValueError("These bytes are neither a JPEG nor a PNG picture.")

    def _set_array(self, array):
        channels = array.shape[2:]
        if array.ndim not in (2, 3) or 0 in array.shape:
            pixformat = None
        elif array.dtype == bool:
            pixformat = BINARY if not channels else None
        elif array.dtype == np.uint16:
            pixformat = RGB565 if not channels else None
        elif array.dtype == np.uint8:
            pixformat = {(): GRAYSCALE, (2,): YUV422, (3,): PNG,
                         (4,): PNG}.get(channels)
        else:
            pixformat = None
        if pixformat is None:
            raise ValueError(f"An array of {array.dtype} with the shape "
                             f"{array.shape} is no picture.")
        self._height, self._width = array.shape[:2]
        self._format, self._array = pixformat, array

    def _get_raw_size(self):
        """Bytes of a raw picture; None of a compressed one."""
        if self._format in (JPEG, PNG):
            return None
        try:
            row = GstOmv.pixel_format_get_row_size(_Format(self._format),
                                                   self._width)
        except ValueError:
            raise OSError("Invalid image stream pixformat") from None
        return row * self._height

    # ---- the camera's names ----

    def width(self):
        return self._width

    def height(self):
        return self._height

    def format(self):
        return self._format

    def size(self):
        """The bytes that a stream stores."""
        return (self._stored if self._frame is not None
                else len(self.bytearray()))

    def bytearray(self):
        """What a stream stores, RGB565 in little-endian."""
        if self._frame is not None:
            payload = self._frame.payload.get_data() or b""
            if self._version == _OLD_VERSION and self._format == RGB565:
                return np.frombuffer(payload, ">u2").astype("<u2").tobytes()
            return payload
        # an array may change at any time
        return self._encode() if self._payload is None else self._payload

    def copy(self):
        """The same picture with an array of its own, which can be changed.

        A stored JPEG or PNG picture is copied as it is, and stays so: make an
        Image of its rgb() or gray() to change that.
        """
        if (self._format in _SHAPES
                or self._payload is None and self._frame is None):
            array = np.array(self)
            if self._format in _SHAPES:
                array = array.astype(_SHAPES[self._format][0], copy=False)
        else:
            array = None
        other = Image.__new__(Image)
        other.__dict__.update(self.__dict__)
        if array is not None:
            other._array, other._frame, other._payload = array, None, None
            other._version = _VERSION
            other.__dict__.pop("__array_interface__", None)
        return other

    def to_grayscale(self):
        return Image(self.gray())

    # ---- arrays ----

    def _encode(self):
        if self._format == PNG:
            return _png.encode(self._array)
        if self._format == BINARY:
            return _pack_bits(self._array)
        return self._array.astype(_SHAPES[self._format][0],
                                  copy=False).tobytes()

    @camera_errors
    def _decode(self):
        pixels, decoded = GstOmv.decode(
            GstOmv.Version(self._version), _Format(self._format), self._width,
            self._height, self._frame.payload if self._frame is not None
            else GLib.Bytes.new(self.bytearray()))
        channels = {_Decoded.RGB: (3,), _Decoded.RGBA: (4,)}.get(decoded, ())
        return np.frombuffer(pixels.get_data(), np.uint8).reshape(
            (self._height, self._width) + channels)

    def __array__(self, dtype=None, copy=None):
        if self._array is None:
            if self._format in _SHAPES:
                kind, channels = _SHAPES[self._format]
                self._array = np.frombuffer(self.bytearray(), kind).reshape(
                    (self._height, self._width) + channels)
            else:
                self._array = self._decode()
        array = self._array
        if dtype is not None and array.dtype != dtype:
            return array.astype(dtype)
        return array.copy() if copy else array

    def rgb(self):
        """8-bit RGB, (h, w, 3)."""
        array = np.asarray(self)
        if self._format == RGB565:
            return _rgb565_to_rgb(array.astype(np.uint16))
        if self._format in (YUV422, YVU422):
            return _yuv_to_rgb(array, self._format == YVU422)
        if BAYER_BGGR <= self._format <= BAYER_RGGB:
            return self._decode()
        if array.dtype == bool:
            array = array * np.uint8(255)
        if array.ndim == 2:
            return np.repeat(array[..., np.newaxis], 3, axis=2)
        return array[..., :3]

    def gray(self):
        """8 bits of luma, BT.601, (h, w)."""
        array = np.asarray(self)
        if self._format in (YUV422, YVU422):
            return array[..., 0]
        if array.dtype == bool:
            return array * np.uint8(255)
        if array.ndim == 2 and self._format in (GRAYSCALE, BINARY, JPEG, PNG):
            return array
        weights = np.array((0.299, 0.587, 0.114), np.float32)
        return np.rint(self.rgb() @ weights).astype(np.uint8)

    def __repr__(self):
        name = GstOmv.pixel_format_get_name(_Format(self._format))
        return f"<omv.image.Image {self._width}x{self._height} {name}>"


from .imageio_stream import ImageIO  # noqa: E402  (it needs Image)

__all__ = ["Image", "ImageIO", "BINARY", "GRAYSCALE", "RGB565", "BAYER",
           "BAYER_BGGR", "BAYER_GBRG", "BAYER_GRBG", "BAYER_RGGB", "YUV422",
           "YVU422", "JPEG", "PNG"]
