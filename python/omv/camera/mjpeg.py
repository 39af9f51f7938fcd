# SPDX-License-Identifier: LGPL-2.1-or-later
"""The camera's `mjpeg`: JPEG pictures in an AVI file."""

import os as _os
import struct as _struct
import time as _time

from . import _gst, _host, _jpeg

# what the file says until its true rate is known
_RATE = 25


class Mjpeg:
    """width, height: of all frames; that of the first if not given. Others are
    scaled to it."""

    def __init__(self, filename, width=-1, height=-1):
        self._path = _os.path.abspath(_host.run.path(filename))
        # what is wrong with the path is said by the system's own exception
        open(self._path, "wb").close()
        self._size = (width, height) if width > 0 < height else None
        self._count = 0
        self._first = self._last = None
        self._pipeline = None
        self._is_closed = False
        _host.run.opened(self)

    def __del__(self):
        if not getattr(self, "_is_closed", True):
            _host.run.close(self)

    def is_closed(self):
        return self._is_closed

    def width(self):
        return self._size[0] if self._size else 0

    def height(self):
        return self._size[1] if self._size else 0

    def count(self):
        return self._count

    def size(self):
        """Bytes in the file."""
        return _os.path.getsize(self._path)

    def _start(self):
        width, height = self._size
        if not (16 <= width <= 4096 and 16 <= height <= 4096):
            raise ValueError("An AVI file holds pictures from 16x16 to "
                             "4096x4096.")
        self._pipeline = _gst.Pipeline(
            "appsrc name=in ! image/jpeg ! avimux ! "
            "filesink name=out buffer-mode=unbuffered",
            in_format=_gst.Gst.Format.TIME, out_location=self._path,
            in_caps=_gst.Gst.Caps.from_string(
                f"image/jpeg,width={width},height={height},"
                f"framerate={_RATE}/1"))
        self._pipeline.start()

    def _check(self):
        if self._is_closed:
            raise OSError("MJPEG stream is closed")

    def write(self, img, *, roi=None, quality=90):
        self._check()
        if not 0 <= quality <= 100:
            raise ValueError("Quality ranges between 0 and 100")
        if roi is not None:
            img = img.copy(roi=roi)
        if self._size is None:
            self._size = img.width(), img.height()
        if self._pipeline is None:
            self._start()
        buffer = _gst.Gst.Buffer.new_wrapped(
            _jpeg.encode(img, quality, self._size))
        buffer.duration = _gst.Gst.SECOND // _RATE
        buffer.pts = self._count * buffer.duration
        self._pipeline.push(buffer)
        self._count += 1
        self._last = _time.monotonic()
        if self._first is None:
            self._first = self._last

    add_frame = write

    def sync(self):
        """Hands what was written to the disk. Until close(), the file has no
        index; most players play it all the same."""
        self._check()
        if self._pipeline is not None:
            self._pipeline.flush()
            file = _os.open(self._path, _os.O_RDONLY)
            _os.fsync(file)
            _os.close(file)

    def close(self, fps=None):
        """fps: of earlier firmware; None: what the times of writing say."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._pipeline is None:
            return
        self._pipeline.finish()
        if fps:
            interval = 1 / fps
        elif self._count > 1:
            interval = (self._last - self._first) / (self._count - 1)
        else:
            interval = 1 / _RATE
        self._set_interval(max(round(interval * 1e6), 1))

    def _set_interval(self, us):
        """The mean interval is known at the end only: what avimux has written
        in the headers of file and stream is replaced."""
        with open(self._path, "r+b") as file:
            head = file.read(256)
            main, stream = head.find(b"avih"), head.find(b"strh")
            if main > 0 < stream:
                file.seek(main + 8)
                file.write(_struct.pack("<I", us))
                file.seek(stream + 28)
                file.write(_struct.pack("<II", us, 1_000_000))
