# SPDX-License-Identifier: LGPL-2.1-or-later
"""What other programs have recorded: imgstore, Miniscope V4, wire-free cards.

    import omv

    with omv.open_store("mystore") as store:
        for img in store:
            print(store.number(img.number), store.datetime(img.number), img)
"""

import operator
import os
import warnings

import numpy as np

from . import image
from ._errors import translate
from ._known import Known
from ._library import GLib, GstOmv

_PICTURE = GstOmv.StorePicture

# A video that says nothing for so long is torn.
_PATIENCE = 10


class _Video:
    """A video file, from its first frame to its last."""

    def __init__(self, path, gray, count):
        """count: how many frames the store's table has of it."""
        import gi
        gi.require_version("Gst", "1.0")
        from gi.repository import Gst
        Gst.init(None)
        self._gst = Gst
        self.position = 0
        self._gray = gray
        self._is_avi, self._count = path.lower().endswith(".avi"), count
        self._pipeline = Gst.parse_launch(
            "uridecodebin name=source expose-all-streams=false caps=video/x-raw"
            " ! videoconvert ! appsink name=sink sync=false max-buffers=4 "
            f"caps=video/x-raw,format={'GRAY8' if gray else 'RGB'}")
        self._pipeline.get_by_name("source").set_property(
            "uri", Gst.filename_to_uri(path))
        self._sink = self._pipeline.get_by_name("sink")
        self._frame_time = None
        self._pipeline.set_state(Gst.State.PLAYING)

    def close(self):
        self._pipeline.set_state(self._gst.State.NULL)

    def _check(self):
        message = self._pipeline.get_bus().pop_filtered(
            self._gst.MessageType.ERROR)
        if message is not None:
            raise OSError(message.parse_error()[0].message)

    def _get_frame_time(self, sample):
        """In ns; 0: times do not tell which frame it is.

        Only in an AVI file they do, by its nature. One with more of them than
        the store has frames may have empty ones, which nobody counts.
        """
        found, rate, scale = sample.get_caps().get_structure(0).get_fraction(
            "framerate")
        has_duration, duration = self._sink.query_duration(
            self._gst.Format.TIME)
        if not (self._is_avi and found and rate > 0 and has_duration):
            return 0
        time = scale * self._gst.SECOND / rate
        return time if round(duration / time) <= self._count else 0

    def _get_index(self, sample):
        """Pictures before it that could not be decoded have left a gap."""
        if self._frame_time is None:
            self._frame_time = self._get_frame_time(sample)
        pts = sample.get_buffer().pts
        if self._frame_time == 0 or pts == self._gst.CLOCK_TIME_NONE:
            return self.position
        return max(round(pts / self._frame_time), self.position)

    def read(self):
        """The index of the next frame and its array; (None, None) at the end.
        """
        for _ in range(_PATIENCE * 10):
            sample = self._sink.emit("try-pull-sample",
                                     self._gst.SECOND // 10)
            if sample is not None:
                index = self._get_index(sample)
                self.position = index + 1
                return index, self._get_array(sample)
            # first, as an error is posted before the end that it leads to
            is_over = self._sink.get_property("eos")
            self._check()
            if is_over:
                return None, None
        raise OSError("This video is torn.")

    def _get_array(self, sample):
        structure = sample.get_caps().get_structure(0)
        width, height = (structure.get_value(name)
                         for name in ("width", "height"))
        buffer = sample.get_buffer()
        data = np.frombuffer(buffer.extract_dup(0, buffer.get_size()), np.uint8)
        row = width * (1 if self._gray else 3)
        rows = data.reshape((height, data.size // height))[:, :row]
        return rows if self._gray else rows.reshape((height, width, 3))


class Store(Known):
    """What another program has recorded: a sequence of image.Image.

    numbers and times are arrays with one element for each frame; times are
    seconds from the first one. metadata is what was noted about the recording,
    start the wall-clock time of the first frame. number(), extra(), datetime()
    and find() are those of image.ImageIO. Parts without times of their frames,
    and buffers that a card has lost, are a UserWarning.
    """

    def __init__(self, path):
        try:
            self._store = GstOmv.Store.open(os.fspath(path))
        except GLib.Error as error:
            raise translate(error, os.fspath(path)) from error
        self._warn(path)
        self._video = self._video_path = None
        count = range(len(self))
        self.numbers = np.array([self._store.get_number(i) for i in count],
                                np.int64)
        self._ns = np.array([self._store.get_time(i) for i in count], np.uint64)
        self.times = self._ns / 1e9
        self._metadata = self._store.get_metadata()
        self._notes = None

    def _warn(self, path):
        """Where omv.open_store() was called."""
        missing, lost = self._store.get_n_missing(), self._store.get_n_lost()
        if missing:
            warnings.warn(f"{path}: {missing} part(s) without times of their "
                          "frames are left out.", stacklevel=4)
        if lost:
            warnings.warn(f"{path}: {lost} of the buffers that the card says it "
                          "has are not there; frames in them are missing or "
                          "partly black.", stacklevel=4)

    def _get_metadata(self):
        return self._metadata

    def _locate(self, index):
        return self._metadata, int(self._ns[index])

    def _get_notes(self):
        if self._notes is None:
            self._notes = GstOmv.Notes.new(self._store.list_lines())
        return self._notes

    def __len__(self):
        return self._store.get_n_frames()

    @staticmethod
    def _absent(index):
        return OSError(f"Frame {index} has a time, but is in no video.")

    def _read_video(self, index):
        path, first, count = self._store.get_file(index)
        if path != self._video_path or self._video.position > index - first:
            self.close()
            if not os.path.exists(path):
                raise self._absent(index)
            self._video = _Video(path, self._store.is_gray(), count)
            self._video_path = path
        while True:
            at, array = self._video.read()
            if at is None:
                raise self._absent(index)
            if at > index - first:
                raise OSError(f"Frame {index} cannot be decoded.")
            if at == index - first:
                return array

    def _read(self, index):
        if self._store.is_video():
            return image.Image(self._read_video(index))
        try:
            data, picture, width, height = self._store.read(index)
        except GLib.Error as error:
            raise translate(error) from error
        data = data.get_data() or b""
        if picture in (_PICTURE.JPEG, _PICTURE.PNG):
            return image.Image(data)
        shape = (height, width) + ((3,) if picture == _PICTURE.RGB else ())
        return image.Image(np.frombuffer(data, np.uint8).reshape(shape))

    def _get(self, index):
        img = self._read(index)
        img.number, img.time = index, float(self.times[index])
        img.interval = float(self.times[index] - self.times[max(index - 1, 0)])
        return img

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self._get(i) for i in range(*index.indices(len(self)))]
        return self._get(self._get_index(operator.index(index)))

    def __iter__(self):
        return map(self._get, range(len(self)))

    def at(self, time):
        """The frame nearest to a time in seconds."""
        return self._get(int(np.argmin(np.abs(self.times - time))))

    def close(self):
        """Closes a video that is open; it is opened again when needed."""
        if self._video is not None:
            self._video.close()
        self._video = self._video_path = None

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def __repr__(self):
        kind = self._store.get_kind().value_nick
        return f"<omv.stores.Store {kind}, {len(self)} frames>"
