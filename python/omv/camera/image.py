# SPDX-License-Identifier: LGPL-2.1-or-later
"""The camera's `image`, for scripts that record, play and look for motion."""

import os as _os

import numpy as _np

from .. import image as _image
from .._errors import camera_errors as _camera_errors
from ..image import (  # noqa: F401
    BAYER, BAYER_BGGR, BAYER_GBRG, BAYER_GRBG, BAYER_RGGB, BINARY, GRAYSCALE,
    JPEG, PNG, RGB565, YUV422, YVU422)
from . import _host, _pictures, _statistics

_ENDINGS = ("bmp", "jpeg", "jpg", "pgm", "png", "ppm")


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    raise AttributeError(f"image.{name} is not available on a PC: omv runs "
                         "scripts that record, play and look for motion.")


def _adopt(img):
    """The same picture with a script's methods."""
    other = Image.__new__(Image)
    other.__dict__.update(img.__dict__)
    return other


class Image(_image.Image):
    """Image(path), Image(width, height, pixformat), or what omv.image takes.

    What changes a picture changes this one and returns it.
    """

    def __init__(self, source, height=None, pixformat=None, *, buffer=None,
                 copy_to_fb=False):
        if isinstance(source, (str, _os.PathLike)):
            with open(_host.run.path(source), "rb") as file:
                source = _pictures.decode(file.read())
        super().__init__(source, height, pixformat, buffer=buffer)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        raise AttributeError(f"Image.{name} is not available on a PC: omv runs "
                             "scripts that record, play and look for motion.")

    def _replace(self, other):
        """Makes this one what the other is, and lets go of a frame's memory."""
        self.__dict__.clear()
        self.__dict__.update(other.__dict__)

    def _become(self, source):
        other = _image.Image(source)
        other.number, other.time, other.interval = (
            self.number, self.time, self.interval)
        self._replace(other)
        return self

    def _pixels(self):
        """The array, to be written to."""
        if self._format not in (GRAYSCALE, RGB565):
            raise ValueError("Only GRAYSCALE and RGB565 images can be changed "
                             "on a PC.")
        if self._array is None or not self._array.flags.writeable:
            self._replace(super().copy())
        return self._array

    def _area(self, roi):
        """(x, y, w, h) of it, as a pair of slices."""
        if roi is None:
            return slice(None), slice(None)
        x, y, w, h = roi
        area = (slice(max(y, 0), min(y + h, self.height())),
                slice(max(x, 0), min(x + w, self.width())))
        if any(part.start >= part.stop for part in area):
            raise ValueError("The roi lies outside of the image.")
        return area

    # ---- conversion ----

    def copy(self, *, roi=None):
        if roi is None:
            return _adopt(super().copy())
        if self._format in (JPEG, PNG):
            return Image(self.rgb()[self._area(roi)])
        return Image(_np.array(self.__array__()[self._area(roi)]))

    def to_grayscale(self, *, copy=False):
        return Image(self.gray()) if copy else self._become(self.gray())

    def to_rgb565(self, *, copy=False):
        array = _pictures.pack_rgb565(self.rgb())
        return Image(array) if copy else self._become(array)

    def to_jpeg(self, *, quality=90, copy=False):
        data = _pictures.encode(self, "jpg", quality)
        return Image(data) if copy else self._become(data)

    def compress(self, *, quality=90):
        return self.to_jpeg(quality=quality)

    def compressed(self, *, quality=90):
        return self.to_jpeg(quality=quality, copy=True)

    def save(self, path, *, roi=None, quality=50):
        """By the name's ending: .bmp, .jpg, .png, .pgm, .ppm; without one a
        JPEG or PNG picture as it is, all others as .bmp."""
        kind = _os.path.splitext(path)[1][1:].lower()
        if not kind:
            kind = {JPEG: "jpg", PNG: "png"}.get(self._format, "bmp")
            path = f"{path}.{kind}"
        if kind not in _ENDINGS:
            raise ValueError(f"Pictures are not saved as .{kind}.")
        img = self if roi is None else self.copy(roi=roi)
        data = _pictures.encode(img, kind, quality)
        with open(_host.run.path(path), "wb") as file:
            file.write(data)
        return self

    # ---- motion ----

    def difference(self, image):
        """Each pixel's distance from another image, or from a file."""
        if not isinstance(image, _image.Image):
            image = Image(image)
        if (image.width(), image.height()) != (self._width, self._height):
            raise ValueError("The images have different sizes.")
        array = self._pixels()
        if self._format == GRAYSCALE:
            other = image.gray()
            array[...] = _np.maximum(array, other) - _np.minimum(array, other)
            return self
        other = (_np.asarray(image) if image.format() == RGB565
                 else _pictures.pack_rgb565(image.rgb()))
        new = _np.zeros_like(array)
        for mask in (0xf800, 0x07e0, 0x001f):
            a, b = array & _np.uint16(mask), other & _np.uint16(mask)
            new |= _np.maximum(a, b) - _np.minimum(a, b)
        array[...] = new
        return self

    def statistics(self, *, roi=None):
        area = self._area(roi)
        if self._format == RGB565:
            return _statistics.rgb565(_np.asarray(self)[area])
        if self._format == GRAYSCALE:
            return _statistics.gray(self.gray()[area])
        return _statistics.rgb565(_pictures.pack_rgb565(self.rgb()[area]))

    get_statistics = get_stats = statistics

    # ---- pixels ----

    def get_pixel(self, x, y):
        if not (0 <= x < self._width and 0 <= y < self._height):
            return None
        if _pictures.is_gray(self):
            return int(self.gray()[y, x])
        return tuple(map(int, self.rgb()[y, x]))

    def _colour(self, color):
        """A number or (r, g, b), as this format stores it."""
        rgb = _np.array((color,) * 3 if _np.isscalar(color) else color,
                        _np.uint8).reshape(1, 1, 3)
        return (_image.Image(rgb).gray() if self._format == GRAYSCALE
                else _pictures.pack_rgb565(rgb))[0, 0]

    def draw_rectangle(self, x, y=None, w=None, h=None, color=255, thickness=1,
                       fill=False):
        if y is None:
            x, y, w, h = x[:4]
        array, value = self._pixels(), self._colour(color)
        edges = [(x, y, w, h)] if fill else [
            (x, y, w, thickness), (x, y + h - thickness, w, thickness),
            (x, y, thickness, h), (x + w - thickness, y, thickness, h)]
        for x, y, w, h in edges:
            array[max(y, 0):max(y + h, 0), max(x, 0):max(x + w, 0)] = value
        return self

    def clear(self):
        self._pixels()[...] = 0
        return self

    def flush(self):
        """There is no preview to be brought up to date."""


class ImageIO(_image.ImageIO):
    """The stream, with a script's paths; its images have a script's methods."""

    def __init__(self, path, mode):
        super().__init__(path if isinstance(path, tuple)
                         else _host.run.path(path), mode)
        _host.run.opened(self)

    def __del__(self):
        # there is none if the file could not be opened
        if hasattr(self, "_stream"):
            _host.run.close(self)

    @_camera_errors
    def read(self, copy_to_fb=True, *, loop=True, pause=True):
        _host.run.count_frame()
        frame = _host.run.wait(self._stream.read, bool(loop), bool(pause))
        return None if frame is None else Image._from_frame(frame)

    def __iter__(self):
        for img in super().__iter__():
            _host.run.count_frame()
            yield _adopt(img)

    def _peek(self, number):
        return _adopt(super()._peek(number))

    def at(self, time, snap="before"):
        return _adopt(super().at(time, snap))
