# SPDX-License-Identifier: LGPL-2.1-or-later
"""The camera's `gif`: animations that every browser shows."""

import os as _os

from . import _gst, _host
from .image import (
    BINARY as _BINARY, GRAYSCALE as _GRAYSCALE, JPEG as _JPEG,
    RGB565 as _RGB565)

# in centiseconds: what is shorter, players show for longer
_DELAY_MIN = 2


class Gif:
    """width, height, color: those of the first frame if not given."""

    def __init__(self, filename, *, width=-1, height=-1, color=-1, loop=True):
        self._path = _os.path.abspath(_host.run.path(filename))
        # what is wrong with the path is said by the system's own exception
        open(self._path, "wb").close()
        self._size = (width, height) if width > 0 < height else None
        self._color = None if color == -1 else bool(color)
        self._loop = bool(loop)
        self._pipeline = None
        self._time = 0
        self._is_closed = False
        _host.run.opened(self)

    def __del__(self):
        if not getattr(self, "_is_closed", True):
            _host.run.close(self)

    def width(self):
        return self._size[0] if self._size else 0

    def height(self):
        return self._size[1] if self._size else 0

    def format(self):
        return _GRAYSCALE if self._color is False else _RGB565

    def size(self):
        return _os.path.getsize(self._path)

    def loop(self):
        return self._loop

    def add_frame(self, image, *, delay=10):
        """delay: how long it is shown, in centiseconds, at least 2."""
        if self._is_closed:
            raise OSError("GIF stream is closed")
        if image.format() in (_JPEG, _BINARY):
            raise OSError("Image format is not supported")
        size = image.width(), image.height()
        if self._size not in (None, size):
            raise OSError("Unexpected image geometry")
        self._size = size
        if self._color is None:
            self._color = image.format() != _GRAYSCALE
        array = image.rgb() if self._color else image.gray()
        if self._pipeline is None:
            self._pipeline = _gst.Pipeline(
                "appsrc name=in ! omvgifenc name=gif ! "
                "filesink name=out",
                gif_repeat=-1 if self._loop else 0,
                in_format=_gst.Gst.Format.TIME,
                in_caps=_gst.Gst.Caps.from_string(_gst.caps_of(array)),
                out_location=self._path)
            self._pipeline.start()
        buffer = _gst.buffer_of(array)
        buffer.pts = self._time
        buffer.duration = max(int(delay), _DELAY_MIN) * _gst.Gst.SECOND // 100
        self._time += buffer.duration
        self._pipeline.push(buffer)

    def close(self):
        if not self._is_closed:
            self._is_closed = True
            if self._pipeline is not None:
                self._pipeline.finish()
