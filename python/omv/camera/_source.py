# SPDX-License-Identifier: LGPL-2.1-or-later
"""Frames for snapshots: a test picture, a V4L2 camera, a recording, a URI."""

import os
import pathlib
import stat

from . import _host
from ._gst import FORMATS, Gst, Pipeline, array_of

_RATE = 30

# The middle is cut out to the shape of the frame, as the camera does it: first,
# since aspectratiocrop is in the way of caps that change behind it.
_END = (" ! aspectratiocrop name=crop ! videoconvert ! videoscale"
        " ! capsfilter name=format ! appsink name=out")


# A webcam left to itself gives its largest pictures, and few of them.
_RATE_MIN = 15
_SIZE_MAX = 1280, 960


def _camera_caps(width, height):
    """What to ask a V4L2 camera for, best first: this size; one that is not
    much larger, often enough; anything."""
    larger = (f"width=[{width},{max(width, _SIZE_MAX[0])}],"
              f"height=[{height},{max(height, _SIZE_MAX[1])}],"
              f"framerate=[{_RATE_MIN}/1,1000/1]")
    return "; ".join(
        f"{kind}{size}"
        for size in (f",width={width},height={height}", f",{larger}", "")
        for kind in ("video/x-raw", "image/jpeg"))


def _is_device(source):
    try:
        return stat.S_ISCHR(os.stat(source).st_mode)
    except OSError:
        return False


def is_live(source):
    return (source.partition(":")[0] in ("test", "v4l2", "rtsp")
            or _is_device(source))


class Source:
    def __init__(self, source):
        self._name = source
        self._is_camera = _is_device(source)
        self._is_live = is_live(source)
        self._pipeline = None
        self._wanted = None
        # of what is not live, in ns: the newest frame, and behind which one
        # to go on; -1: from the start
        self._time = self._after = -1
        _host.run.opened(self)

    def _make(self, rate):
        """Live: the newest frame, as the camera has it. Else each frame, at
        its time or later: a slow script misses none."""
        name = self._name
        properties = {"out_max_buffers": 1, "out_drop": self._is_live,
                      "out_sync": not self._is_live}
        if name.partition(":")[0] == "test":
            start = ("videotestsrc is-live=true pattern="
                     + (name.partition(":")[2] or "ball")
                     + f" ! video/x-raw,format=RGB,framerate={rate or _RATE}/1")
        elif self._is_camera:
            start = "v4l2src name=camera ! capsfilter name=asked ! decodebin"
            properties["camera_device"] = name
        else:
            start = "uridecodebin name=file"
            properties["file_uri"] = (name if "://" in name
                                      else pathlib.Path(name).as_uri())
        if rate and "videotestsrc" not in start:
            start += f" ! videorate drop-only=true max-rate={rate}"
        return Pipeline(start + _END, **properties)

    def _start(self, wanted):
        """A new size or format needs a new pipeline: at the next frame, where
        that can be sought."""
        width, height, pixformat, rate = wanted
        self.close()
        self._pipeline = self._make(rate)
        Gst.util_set_object_arg(self._pipeline["crop"], "aspect-ratio",
                                f"{width}/{height}")
        self._pipeline["format"].set_property("caps", Gst.Caps.from_string(
            f"video/x-raw,format={FORMATS[pixformat][0]},width={width},"
            f"height={height},pixel-aspect-ratio=1/1"))
        if self._is_camera:
            self._pipeline["asked"].set_property("caps", Gst.Caps.from_string(
                _camera_caps(width, height)))
        self._after = self._time
        self._pipeline.start(None if self._after == -1 else self._after)
        self._wanted = wanted

    def pull(self, width, height, pixformat, rate, blocking):
        """The pixels of the next frame; None if there is none without waiting.

        The run ends where the source does.
        """
        wanted = width, height, pixformat, rate
        try:
            if wanted != self._wanted:
                self._start(wanted)
            while True:
                sample = self._pipeline.pull(blocking)
                if sample is None:
                    break
                if not self._is_live:
                    self._time = sample.get_buffer().pts
                    # a seek finds the frame before, too
                    if self._time <= self._after:
                        continue
                    self._after = -1
                return array_of(sample, pixformat)
        except OSError as error:
            raise SystemExit(f"The source {self._name} gives no frame: "
                             f"{error}") from error
        if self._pipeline.is_over:
            _host.run.end()
        return None

    def close(self):
        if self._pipeline is not None:
            self._pipeline.close()
