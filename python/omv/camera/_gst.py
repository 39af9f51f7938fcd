# SPDX-License-Identifier: LGPL-2.1-or-later
"""GStreamer for the camera's modules: pipelines, and pictures in buffers."""

import gi
import numpy as np

from .. import image as _image
from . import _host

try:
    gi.require_version("Gst", "1.0")
    from gi.repository import GLib, Gst
except (ImportError, ValueError):
    raise SystemExit("Snapshots and videos need Gst-1.0.typelib, which is in "
                     "Debian's package gir1.2-gstreamer-1.0.") from None

Gst.init(None)

# whatever is not here is in gst-plugins-base
_PACKAGES = dict.fromkeys(("aspectratiocrop", "avimux", "jpegenc", "v4l2src"),
                          "gstreamer1.0-plugins-good")
_PACKAGES["omvgifenc"] = "gst-omv"
_PACKAGES["capsfilter"] = _PACKAGES["filesink"] = "libgstreamer1.0-0"

# ns between two looks whether the user has pressed Ctrl-C
_PATIENCE = Gst.SECOND // 10

# what camera and JPEG mean by Y, U and V
FULL_RANGE = "colorimetry=1:4:0:0"

# pixel format: caps, and the array
FORMATS = {
    _image.GRAYSCALE: ("GRAY8", np.dtype(np.uint8), ()),
    _image.RGB565: ("RGB16", np.dtype("<u2"), ()),
    _image.YUV422: ("YUY2," + FULL_RANGE, np.dtype(np.uint8), (2,)),
}


def _row_size(width, dtype, channels):
    """Of a row in a buffer, which is padded."""
    size = width * dtype.itemsize * int(np.prod(channels))
    return (size + 3) // 4 * 4


def caps_of(array, framerate="0/1"):
    """Caps of an array of gray (h, w), RGB (h, w, 3) or RGB565."""
    name = "RGB" if array.ndim == 3 else {1: "GRAY8", 2: "RGB16"}[
        array.dtype.itemsize]
    height, width = array.shape[:2]
    return (f"video/x-raw,format={name},width={width},height={height},"
            f"framerate={framerate},pixel-aspect-ratio=1/1")


def buffer_of(array):
    height, width = array.shape[:2]
    size = _row_size(width, array.dtype, array.shape[2:])
    rows = np.zeros((height, size), np.uint8)
    data = np.ascontiguousarray(array).view(np.uint8).reshape(height, -1)
    rows[:, :data.shape[1]] = data
    return Gst.Buffer.new_wrapped(rows.tobytes())


def array_of(sample, pixformat):
    """The pixels of a sample with the caps of FORMATS; read-only."""
    _, dtype, channels = FORMATS[pixformat]
    fields = sample.get_caps().get_structure(0)
    width, height = (fields.get_value(name) for name in ("width", "height"))
    buffer = sample.get_buffer()
    rows = np.frombuffer(buffer.extract_dup(0, buffer.get_size()), np.uint8)
    rows = rows.reshape(height, _row_size(width, dtype, channels))
    rows = rows[:, :width * dtype.itemsize * int(np.prod(channels))]
    return np.ascontiguousarray(rows).view(dtype).reshape(
        (height, width) + channels)


class Pipeline:
    """A pipeline with its elements by name: `in` is the appsrc, `out` the sink.
    """

    def __init__(self, description, **properties):
        """properties: by element and name, `out_location` for example."""
        for part in description.split("!"):
            name = part.split()[0]
            if "/" not in name and Gst.ElementFactory.find(name) is None:
                raise SystemExit(
                    f"GStreamer's element {name} is missing; it is in Debian's "
                    "package "
                    f"{_PACKAGES.get(name, 'gstreamer1.0-plugins-base')}.")
        try:
            self._pipeline = Gst.parse_launch(description)
        except GLib.Error as error:
            raise OSError(error.message) from error
        for name, value in properties.items():
            element, _, name = name.partition("_")
            self[element].set_property(name.replace("_", "-"), value)
        self._bus = self._pipeline.get_bus()
        # the message of the bus that ends it, until _pop() has had it
        self._end = None
        self._is_flushed = False
        self._is_running = False
        self.is_over = False

    def __del__(self):
        if hasattr(self, "_is_running"):
            self.close()

    def __getitem__(self, name):
        return self._pipeline.get_by_name(name)

    def start(self, at=None):
        """at: ns from the start of a stream that can be sought."""
        self._is_running = True
        if at is not None:
            self._pipeline.set_state(Gst.State.PAUSED)
            while (self._pipeline.get_state(_PATIENCE)[0]
                   == Gst.StateChangeReturn.ASYNC):
                self._pop(0)
            self._pipeline.seek_simple(
                Gst.Format.TIME, Gst.SeekFlags.FLUSH | Gst.SeekFlags.ACCURATE,
                at)
        if (self._pipeline.set_state(Gst.State.PLAYING)
                == Gst.StateChangeReturn.FAILURE):
            self._pop(0)
            self.close()
            raise OSError("GStreamer cannot start.")

    def _look(self, timeout):
        """Says what elements warn of: of damage that a source has, for
        example."""
        while self._end is None:
            message = self._bus.timed_pop_filtered(
                timeout, Gst.MessageType.EOS | Gst.MessageType.ERROR
                | Gst.MessageType.WARNING | Gst.MessageType.APPLICATION)
            if message is None:
                return
            if message.type == Gst.MessageType.APPLICATION:
                self._is_flushed = True
                return
            if message.type == Gst.MessageType.WARNING:
                _host.run.warn(message.parse_warning()[0].message)
            else:
                self._end = message

    def _pop(self, timeout):
        """Whether it has come to its end; OSError if by an error."""
        self._look(timeout)
        message, self._end = self._end, None
        if message is not None and message.type == Gst.MessageType.ERROR:
            self.close()
            error, _ = message.parse_error()
            raise OSError(error.message)
        return message is not None

    def push(self, buffer):
        self._pop(0)
        if not self._is_running:
            raise OSError("An error has ended this stream.")
        self._drain(self["in"].get_property("max-bytes"))
        self["in"].emit("push-buffer", buffer)

    def _drain(self, limit):
        """Waits until at most so many bytes are still to be taken. appsrc's own
        wait has no end if an error has stopped those behind it."""
        while (self._is_running
               and self["in"].get_property("current-level-bytes") > limit):
            self._pop(_PATIENCE // 10)

    def pull(self, wait=True):
        """A sample; None at the end, which is_over tells, or where there is
        none and wait is False."""
        while True:
            sample = self["out"].emit("try-pull-sample",
                                      _PATIENCE if wait else 0)
            if sample is not None:
                self._look(0)
                return sample
            # first, as an error is posted before the end that it leads to
            is_over = self["out"].get_property("eos")
            self.is_over = self._pop(0) or is_over
            if self.is_over or not wait:
                return None

    def flush(self):
        """Waits until the sink has written all that was pushed: what appsrc has
        given away may still be on its way."""
        if not self._is_running:
            return
        self._is_flushed = False
        self["in"].send_event(Gst.Event.new_sink_message(
            "flushed", Gst.Message.new_application(
                self._pipeline, Gst.Structure.new_empty("flushed"))))
        while not self._is_flushed:
            self._pop(_PATIENCE)

    def finish(self):
        """Ends the stream; returns when all has been written."""
        if self._is_running:
            self["in"].emit("end-of-stream")
            while not self._pop(_PATIENCE):
                pass
            self.close()

    def close(self):
        self._is_running = False
        self._look(0)
        self._pipeline.set_state(Gst.State.NULL)
