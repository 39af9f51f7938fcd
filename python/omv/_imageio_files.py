# SPDX-License-Identifier: LGPL-2.1-or-later
"""Recordings as imageio wants them: what its old and new interface share."""

import io
import json

import numpy as np

from . import _png, image
from ._errors import translate
from ._known import load_metadata
from ._library import Gio, GLib, GstOmv
from .imageio_stream import ImageIO

_DEFAULT_FPS = 30
_NAMES = ("GRAYSCALE", "RGB565", "BINARY", "JPEG", "PNG")
_FROM_FRAMES = ("version", "count", "duration", "fps", "metadata")


def is_recording(first_bytes):
    return first_bytes.startswith(b"OMV IMG STR V")


def _get_pixels(img):
    """An array as those who know nothing of cameras expect it, to be changed.

    Gray (h, w), RGB (h, w, 3) or RGBA (h, w, 4) of 8 bits.
    """
    if img.format() in (image.GRAYSCALE, image.JPEG, image.PNG):
        array = np.asarray(img)
    elif img.format() == image.BINARY:
        array = img.gray()
    else:
        array = img.rgb()
    return array if array.flags.writeable else array.copy()


class Input:
    """A recording to read."""

    def __init__(self, path, resync=False):
        self._path = path
        self._reader = GstOmv.Reader(resync=bool(resync))
        try:
            self._reader.open_path(path)
        except GLib.Error as error:
            raise translate(error, path) from error

    def close(self):
        self._reader.close()

    def __len__(self):
        try:
            return self._reader.get_n_frames()
        except GLib.Error as error:
            raise translate(error, self._path) from error

    def _read(self, index):
        try:
            return image.Image._from_frame(self._reader.read_frame(index))
        except GLib.Error as error:
            if error.matches(GstOmv.error_quark(),
                             GstOmv.Error.END_OF_STREAM):
                raise IndexError(error.message) from error
            raise translate(error, self._path) from error
        except OverflowError as error:
            raise IndexError(f"There is no frame {index}.") from error

    def read(self, index):
        """The array and the metadata of a frame."""
        img = self._read(index)
        return _get_pixels(img), self._describe(img)

    def describe(self, index):
        """The metadata of a frame."""
        return self._describe(self._read(index))

    @staticmethod
    def _describe(img):
        return {
            "number": img.number,
            "time": img.time,
            "interval": img.interval,
            "pixformat": GstOmv.pixel_format_get_name(
                GstOmv.PixelFormat(img.format())),
            "size": (img.width(), img.height()),
            "bytes": img.size(),
        }

    def describe_all(self):
        """The metadata of the recording, with that of FILE.json."""
        times = self._reader.list_times()
        first = self._reader.read_frame(0) if len(times) > 0 else None
        metadata = load_metadata(self._path, first)
        meta = {
            "version": f"{int(self._reader.get_version()) / 10:.1f}",
            "count": len(times),
            "duration": self._reader.get_duration() / 1e9,
            "metadata": ({} if metadata is None
                         else json.loads(metadata.to_string())),
        }
        if len(times) > 1 and times[-1] > times[0]:
            meta["fps"] = (len(times) - 1) * 1e9 / (times[-1] - times[0])
        return meta


# ---- writing ----

def _to_jpeg(array, quality):
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError("Pictures become JPEG by Pillow, which is in Debian's"
                          " package python3-pil.") from error
    data = io.BytesIO()
    Image.fromarray(array).save(data, "JPEG", quality=quality)
    return image.Image(data.getvalue())


def _to_rgb565(rgb):
    red, green, blue = (rgb[..., i].astype(np.uint16) for i in range(3))
    return image.Image(red >> 3 << 11 | green >> 2 << 5 | blue >> 3)


def _make_image(array, pixformat, quality):
    """An image of the format wanted; of None, of one that loses nothing."""
    array = np.asarray(array)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.dtype not in (np.uint8, bool):
        raise ValueError(f"A recording has 8 bits per channel, not "
                         f"{array.dtype}: scale and convert to uint8 first.")
    if array.ndim not in (2, 3) or array.shape[2:] not in ((), (3,), (4,)):
        raise ValueError(f"An array of the shape {array.shape} is neither gray"
                         " (h, w) nor RGB (h, w, 3) nor RGBA (h, w, 4).")
    img = image.Image(array)
    if pixformat is None:
        return img
    if pixformat == "GRAYSCALE":
        return image.Image(img.gray())
    if pixformat == "BINARY":
        return image.Image(img.gray() > 127)
    if pixformat == "RGB565":
        return _to_rgb565(img.rgb())
    gray = array.ndim == 2
    if pixformat == "JPEG":
        return _to_jpeg(img.gray() if gray else img.rgb(), quality)
    return image.Image(_png.encode(img.gray()[..., np.newaxis])) if gray else img


class _Clock:
    """When each frame is due, in ns: intervals follow without drift."""

    def __init__(self, fps, interval, times):
        given = [x for x in (fps, interval, times) if x is not None]
        if len(given) > 1:
            raise ValueError("fps, interval and times exclude each other.")
        if fps is not None and not fps > 0:
            raise ValueError("fps must be greater than 0.")
        if interval is not None and not interval >= 0:
            raise ValueError("interval must not be less than 0.")
        self._is_given = bool(given)
        self._frame_time = (interval if interval is not None
                            else 1 / (fps or _DEFAULT_FPS))
        self._times = None if times is None else [float(t) for t in times]
        self._number = self._last = self._time = 0

    def next(self, meta):
        """The interval of the next frame, in seconds."""
        if self._times is not None:
            if self._number == len(self._times):
                raise ValueError("There are more frames than times.")
            self._time = self._times[self._number]
        elif not self._is_given and "interval" in meta:
            self._time += meta["interval"]
        elif self._number > 0:
            self._time += self._frame_time
        now = round(self._time * 1e9)
        if now < self._last:
            raise ValueError(f"The time of frame {self._number} lies before"
                             " that of the frame before it.")
        interval = (now - self._last) / 1e9
        self._last, self._number = now, self._number + 1
        return interval


class Output:
    """A recording to write."""

    def __init__(self, path, pixformat=None, fps=None, interval=None,
                 times=None, quality=90):
        if pixformat is not None:
            pixformat = str(pixformat).upper()
            if pixformat not in _NAMES:
                raise ValueError(f"pixformat must be one of"
                                 f" {', '.join(_NAMES)}.")
        if not 1 <= quality <= 100:
            raise ValueError("quality must be between 1 and 100.")
        self._clock = _Clock(fps, interval, times)
        self.path, self._pixformat, self._quality = path, pixformat, quality
        self._stream = ImageIO(path, "w")

    def append(self, array, meta):
        img = _make_image(array, self._pixformat, self._quality)
        self._stream.write(img, interval=self._clock.next(meta))

    def store(self, meta):
        """Writes FILE.json: "metadata" is all of it, as a reader has it; what
        else there is becomes the user's part, but for what frames say."""
        whole = dict(meta.get("metadata", {}))
        # the mark of a recording whose frames may be stored otherwise
        whole.pop("first-frame", None)
        user = {key: value for key, value in meta.items()
                if key not in _FROM_FRAMES}
        whole["user"] = {**whole.get("user", {}), **user}
        try:
            GstOmv.Metadata.new_from_string(json.dumps(whole)).store(
                Gio.File.new_for_path(self.path))
        except GLib.Error as error:
            raise translate(error, self.path + ".json") from error

    def close(self):
        self._stream.close()
