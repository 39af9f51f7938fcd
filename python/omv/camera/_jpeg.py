# SPDX-License-Identifier: LGPL-2.1-or-later
"""JPEG pictures of images, by GStreamer."""

import numpy as np

from .. import image as _image
from . import _gst, _host, _pictures


def _pixels(img):
    """Gray, RGB565 or RGB."""
    if _pictures.is_gray(img):
        return img.gray()
    if img.format() == _image.RGB565:
        return np.asarray(img).astype("<u2", copy=False)
    return img.rgb()


class _Encoder:
    """Encodes pictures of one kind; a video has no other."""

    def __init__(self):
        self._kind = self._pipeline = None
        _host.run.opened(self)

    def _start(self, caps, width, height, quality):
        self.close()
        pixels = ("GRAY8" if "GRAY8" in caps else "I420," + _gst.FULL_RANGE)
        self._pipeline = _gst.Pipeline(
            "appsrc name=in ! videoconvert ! videoscale add-borders=true ! "
            f"video/x-raw,format={pixels},width={width},height={height},"
            "pixel-aspect-ratio=1/1 ! jpegenc name=jpeg ! "
            "appsink name=out sync=false", in_format=_gst.Gst.Format.TIME,
            in_caps=_gst.Gst.Caps.from_string(caps), jpeg_quality=quality)
        self._pipeline.start()
        self._kind = caps, width, height, quality

    def encode(self, array, width, height, quality):
        kind = _gst.caps_of(array), width, height, quality
        if kind != self._kind:
            self._start(*kind)
        self._pipeline.push(_gst.buffer_of(array))
        buffer = self._pipeline.pull().get_buffer()
        return buffer.extract_dup(0, buffer.get_size())

    def close(self):
        if self._pipeline is not None:
            self._pipeline.close()
            self._kind = self._pipeline = None


_encoder = _Encoder()


def encode(img, quality, size=None):
    """The bytes; size: (width, height) to which it is scaled, with borders. A
    JPEG picture that has it stays as it is."""
    size = size or (img.width(), img.height())
    if img.format() == _image.JPEG and size == (img.width(), img.height()):
        return img.bytearray()
    return _encoder.encode(_pixels(img), *size, quality)
