# SPDX-License-Identifier: LGPL-2.1-or-later
"""The camera's `csi`: snapshots of what --source says.

Size, window, pixel format, frame rate, mirroring and turning are as on the
camera. What regulates a real sensor is accepted and has no effect.
"""

import numpy as _np

from . import _host, _source
from . import time as _time
from .image import (  # noqa: F401
    BAYER, BINARY, GRAYSCALE, JPEG, RGB565, YUV422, Image as _Image)

_SIZES = {
    "QQCIF": (88, 72), "QCIF": (176, 144), "CIF": (352, 288),
    "QQSIF": (88, 60), "QSIF": (176, 120), "SIF": (352, 240),
    "QQQQVGA": (40, 30), "QQQVGA": (80, 60), "QQVGA": (160, 120),
    "QVGA": (320, 240), "VGA": (640, 480), "HQQQQVGA": (40, 20),
    "HQQQVGA": (80, 40), "HQQVGA": (160, 80), "HQVGA": (240, 160),
    "HVGA": (480, 320), "B64X32": (64, 32), "B64X64": (64, 64),
    "B128X64": (128, 64), "B128X128": (128, 128), "B160X160": (160, 160),
    "B320X320": (320, 320), "LCD": (128, 160), "QQVGA2": (128, 160),
    "WVGA": (720, 480), "WVGA2": (752, 480), "SVGA": (800, 600),
    "XGA": (1024, 768), "WXGA": (1280, 768), "SXGA": (1280, 1024),
    "SXGAM": (1280, 960), "UXGA": (1600, 1200), "HD": (1280, 720),
    "FHD": (1920, 1080), "QHD": (2560, 1440), "QXGA": (2048, 1536),
    "WQXGA": (2560, 1600), "WQXGA2": (2592, 1944),
}
_RESOLUTIONS = dict(enumerate(_SIZES.values(), 1))
globals().update((name, number) for number, name in enumerate(_SIZES, 1))

# one pipeline for each source pixel format; JPEG is made of pictures in colour
_SOURCE_FORMATS = {GRAYSCALE: GRAYSCALE, RGB565: RGB565, YUV422: YUV422,
                   JPEG: RGB565}


class CSI:
    def __init__(self, cid=-1, **unused):
        self._source = None
        self._pixformat = self._framesize = self._framerate = None
        self._window = None
        self._quality = 90
        self._turned = dict.fromkeys(("hmirror", "vflip", "transpose"), False)

    def reset(self, hard=True):
        """As it was made; a recording starts anew."""
        self.shutdown()
        self.__init__()

    def shutdown(self, enable=True):
        if self._source is not None:
            self._source.close()
            self._source = None

    # ---- what has been set, or sets it ----

    def pixformat(self, pixformat=None):
        if pixformat is None:
            return self._pixformat
        if pixformat not in _SOURCE_FORMATS:
            raise ValueError("A PC gives snapshots in GRAYSCALE, RGB565, "
                             "YUV422 and JPEG.")
        self._pixformat = pixformat

    def framesize(self, framesize=None):
        if framesize is None:
            return self._framesize
        if framesize not in _RESOLUTIONS:
            raise ValueError("Invalid frame size")
        self._framesize, self._window = framesize, None

    def framerate(self, rate=None):
        """Of a test picture; of others, no more than it."""
        if rate is None:
            return self._framerate
        self._framerate = int(rate)

    def window(self, roi=None):
        """(w, h) in the middle, or (x, y, w, h); None: what it is."""
        width, height = self.width(), self.height()
        if roi is None:
            return self._window or (0, 0, width, height)
        if len(roi) == 2:
            w, h = roi
            x, y = (width - w) // 2, (height - h) // 2
        else:
            x, y, w, h = roi
        x, y = max(x, 0), max(y, 0)
        w, h = min(w, width - x), min(h, height - y)
        if w < 1 or h < 1:
            raise ValueError("Invalid window")
        self._window = (x, y, w, h)

    def quality(self, quality=None):
        if quality is None:
            return self._quality
        self._quality = quality

    def _turn(self, how, enable):
        if enable is None:
            return self._turned[how]
        self._turned[how] = bool(enable)

    def hmirror(self, enable=None):
        return self._turn("hmirror", enable)

    def vflip(self, enable=None):
        return self._turn("vflip", enable)

    def transpose(self, enable=None):
        return self._turn("transpose", enable)

    def _resolution(self):
        if self._framesize is None:
            raise RuntimeError("The frame size is not set.")
        return _RESOLUTIONS[self._framesize]

    def width(self):
        return self._resolution()[0]

    def height(self):
        return self._resolution()[1]

    def cid(self):
        return 0

    def rgb_gain_db(self):
        return 0.0, 0.0, 0.0

    # ---- snapshots ----

    def _arrange(self, array):
        """What the camera does behind the sensor: window, mirrors, turning."""
        if self._window is not None:
            x, y, w, h = self._window
            array = array[y:y + h, x:x + w]
        if self._turned["hmirror"]:
            array = array[:, ::-1]
        if self._turned["vflip"]:
            array = array[::-1]
        if self._turned["transpose"]:
            array = array.swapaxes(0, 1)
        return array

    def _take(self, blocking=True):
        if self._pixformat is None:
            raise RuntimeError("The pixel format is not set.")
        size = self._resolution()
        if self._source is None:
            self._source = _source.Source(_host.run.source)
        array = self._source.pull(
            *size, _SOURCE_FORMATS[self._pixformat], self._framerate, blocking)
        if array is None:
            return None
        img = _Image(_np.ascontiguousarray(self._arrange(array)))
        if self._pixformat == JPEG:
            img.to_jpeg(quality=self._quality)
        return img

    def _settle(self, ms, frames):
        """The frames of a live source go by; a recording waits."""
        if not _source.is_live(_host.run.source):
            return
        start = _time.ticks_ms()
        while ((ms == -1 or _time.ticks_diff(_time.ticks_ms(), start) < ms)
               and frames != 0):
            self._take()
            frames -= frames > 0

    def snapshot(self, *, time=-1, frames=-1, blocking=True, image=None,
                 update=True):
        """The next picture. With time (ms) or frames: None, when these have
        passed, for a sensor to settle; of a recording no frame is lost so.
        """
        if (time, frames) != (-1, -1):
            return self._settle(time, frames)
        img = self._take(blocking)
        if img is not None:
            _host.run.count_frame()
            _host.run.count_snapshot()
        if image is None or img is None:
            return img
        if (image.width(), image.height()) != (img.width(), img.height()):
            raise ValueError("The image has another size.")
        image.__dict__.update(img.__dict__)

    def skip_frames(self, n=-1, *, time=-1):
        self._settle(300 if (time, n) == (-1, -1) else time, n)


def _accept(*unused, **keywords):
    """Accepted, without effect; all values are 0."""
    return 0


for _name in ("auto_blc", "auto_exposure", "auto_gain", "auto_rotation",
              "auto_whitebal", "blc_regs", "brightness", "color_palette",
              "colorbar", "contrast", "exposure_us", "flush", "framebuffers",
              "frame_callback", "gain_db", "gainceiling", "ioctl",
              "lens_correction", "saturation", "sleep",
              "special_effect", "vsync_callback"):
    setattr(CSI, _name, _accept)


def devices():
    return [0]
