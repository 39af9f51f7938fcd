# SPDX-License-Identifier: LGPL-2.1-or-later
"""The camera's ImageIO, with what Python users expect of a sequence."""

import bisect
import contextlib
import datetime
import errno
import functools
import json
import operator
import os
import signal
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from . import image
from ._errors import camera_errors, translate
from ._known import (
    Known, check_number, load_lines_before, load_metadata, load_notes,
    load_notes_of_many, make_metadata, store_lines)
from ._library import Gio, GLib, GstOmv

_MODES = {
    "r": GstOmv.ImageIOMode.READ,
    "w": GstOmv.ImageIOMode.WRITE,
    "a": GstOmv.ImageIOMode.APPEND,
    "r+": GstOmv.ImageIOMode.UPDATE,
}

_SNAPS = {
    "before": GstOmv.Snap.BEFORE,
    "after": GstOmv.Snap.AFTER,
    "nearest": GstOmv.Snap.NEAREST,
}

_BY_CLOCK = GLib.MAXUINT64


@functools.lru_cache(maxsize=1)
def _get_waiter(pid):
    """A thread to wait in; a process that was forked has to have its own."""
    # an interrupt while it starts would leave half a thread, which Python does not
    # wait for at its end
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        waiter = ThreadPoolExecutor(1)
        waiter.submit(int).result()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return waiter


def _wait(function, *arguments):
    """Calls what waits, with a Gio.Cancellable as its last argument.

    Python handles Ctrl-C in the main thread, but not while that is in the library:
    so it leaves the call to another one.
    """
    if threading.current_thread() is not threading.main_thread():
        return function(*arguments, None)
    waiter, cancellable = _get_waiter(os.getpid()), Gio.Cancellable()
    try:
        return waiter.submit(function, *arguments, cancellable).result()
    except BaseException:
        cancellable.cancel()
        # nobody uses the stream any more when this is done
        waiter.submit(int).result()
        raise


class Part(NamedTuple):
    """One of the files of a stream, its frames and its place in time.

    Seconds from the start to its first frame, and those before it in which
    nothing was recorded; placed is False where nobody knows how many.
    """
    path: str
    number: int
    count: int
    time: float
    gap: float
    placed: bool


class ImageIO(Known):
    """ImageIO(path, mode) or ImageIO((width, height, pixformat), slots).

    All of the camera's methods, and: a context manager; `for img in stream`
    from the offset to the end, without pauses; len(), indices and slices by
    frame, which leave the offset alone; at(time) and times of files. In mode
    "r" the path may be a directory, or a pattern such as "clips/*.bin": all
    recordings there are one stream, and parts tells which those are. What is
    known of a frame is then what its own file says, and metadata and start are
    those of the first file.

    metadata, a dictionary, is written beside a file that is opened with mode w,
    with the wall-clock time; what was written is read as metadata, start, number(),
    extra(), datetime() and find().
    """

    FILE_STREAM = int(GstOmv.ImageIOType.FILE_STREAM)
    MEMORY_STREAM = int(GstOmv.ImageIOType.MEMORY_STREAM)

    def __init__(self, path, mode, metadata=None):
        self._path = self._reader = self._parts = self._notes = None
        # by the path of a part: what _load_part() returns
        self._loaded = {}
        self._is_read_only, self._has_written = mode == "r", False
        if isinstance(path, tuple):
            self._stream = self._make_memory(path, mode)
            return

        if mode not in _MODES:
            raise ValueError("Invalid stream mode, expected 'r', 'w', 'a' or "
                             "'r+'")
        self._path = os.fspath(path)
        try:
            self._stream = GstOmv.ImageIO.new_file(self._path, _MODES[mode])
        except GLib.Error as error:
            raise translate(error, self._path) from error
        if mode == "w":
            self._start_sidecars(metadata)
        elif metadata is not None:
            raise ValueError("Metadata is written with mode 'w' only.")

    @camera_errors
    def _start_sidecars(self, user):
        """What lies there is that of the recording that is gone."""
        for suffix in (".json", ".jsonl"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._path + suffix)
        if user is not None:
            make_metadata(user, datetime.datetime.now()).store(
                Gio.File.new_for_path(self._path))

    @camera_errors
    def _get_parts(self):
        if self._parts is None:
            self._parts = self._get_reader().list_parts()
            self._firsts = [part.number for part in self._parts]
        return self._parts

    @camera_errors
    def _load_part(self, part):
        """A part's metadata, and when its first frame is due in it, in ns."""
        path = part.file.get_path()
        if path not in self._loaded:
            first = None
            if part.n_frames > 0:
                reader = GstOmv.Reader()
                reader.open_path(path)
                first = reader.read_frame(0)
            self._loaded[path] = (
                load_metadata(path, first) or GstOmv.Metadata.new(),
                first.time if first is not None else 0)
        return self._loaded[path]

    def _get_metadata(self):
        return self._load_part(self._get_parts()[0])[0]

    @camera_errors
    def _locate(self, index):
        parts = self._get_parts()
        part = parts[bisect.bisect(self._firsts, index) - 1]
        metadata, first = self._load_part(part)
        time = self._get_reader().read_frame(index).time
        return metadata, time - part.time + first

    def _get_notes(self):
        if self._notes is None:
            parts = self._get_parts()
            self._notes = (
                load_notes_of_many([part.file.get_path() for part in parts],
                                   self._firsts)
                if len(parts) > 1 else load_notes(parts[0].file.get_path()))
        return self._notes

    def __del__(self):
        # as Python's own files do it: the library would drop what fails
        if not hasattr(self, "_stream") or self.is_closed():
            return
        try:
            if self._path is not None:
                warnings.warn(f"The stream {self._path} has not been closed.",
                              ResourceWarning, stacklevel=2, source=self)
        finally:
            self.close()

    @staticmethod
    @camera_errors
    def _make_memory(size, slots):
        width, height, pixformat = size
        try:
            pixformat = GstOmv.PixelFormat(pixformat)
        except ValueError:
            raise OSError("Invalid image stream pixformat") from None
        return GstOmv.ImageIO.new_memory(width, height, pixformat, slots)

    # ---- the camera's methods ----

    @camera_errors
    def type(self):
        return int(self._stream.get_stream_type())

    def is_closed(self):
        return self._stream.is_closed()

    @camera_errors
    def count(self):
        return self._stream.get_count()

    @camera_errors
    def offset(self):
        return self._stream.get_offset()

    @camera_errors
    def version(self):
        return self._stream.get_version() or None

    @camera_errors
    def buffer_size(self):
        return self._stream.get_buffer_size() or None

    @camera_errors
    def size(self):
        return self._stream.get_size()

    @camera_errors
    def write(self, img, *, interval=None):
        """Writes an Image, or what Image() takes.

        interval: seconds since the frame before; None: the time that has
        passed since it was written. Frames from the offset on are cut off, with
        what was noted of them, and so is what was noted of a frame that is torn.
        """
        if not isinstance(img, image.Image):
            img = image.Image(img)
        self._reader = self._parts = None
        offset, lines = self._stream.get_offset(), None
        if self._path is not None and (not self._has_written
                                       or offset < self._stream.get_count()):
            lines = load_lines_before(self._path, offset)
        try:
            self._stream.write(
                GstOmv.PixelFormat(img.format()), img.width(), img.height(),
                GLib.Bytes.new(img.bytearray()),
                _BY_CLOCK if interval is None else round(interval * 1e9))
        except GLib.Error:
            # a disk may have failed before or after frames were cut off
            if self._stream.get_count() > offset:
                lines = None
            raise
        finally:
            if lines is not None:
                store_lines(self._path, lines)
                self._notes = None
        self._has_written = True
        return self

    @camera_errors
    def read(self, copy_to_fb=True, *, loop=True, pause=True):
        frame = (_wait(self._stream.read, bool(loop), True) if pause
                 else self._stream.read(bool(loop), False, None))
        return None if frame is None else image.Image._from_frame(frame)

    @camera_errors
    def seek(self, offset):
        self._stream.seek(offset)
        return self

    @camera_errors
    def sync(self):
        self._stream.sync()
        return self

    @camera_errors
    def close(self):
        self._reader = None
        self._stream.close()

    # ---- Python's ----

    @camera_errors
    def add_extra(self, number=None, **data):
        """Notes extra data of the frame written last, and its device's number."""
        if self._path is None or self.count() == 0:
            raise TypeError("Only frames of a file have extra data.")
        if self._is_read_only:
            raise PermissionError(errno.EACCES,
                                  "The stream was opened only to read.")
        if "frame" in data:
            raise ValueError("\"frame\" says which frame extra data are of.")
        line = {"frame": self.count() - 1, **data}
        if number is not None:
            line["number"] = check_number(number)
        try:
            GstOmv.lines_append(Gio.File.new_for_path(self._path),
                                json.dumps(line))
        except GLib.Error as error:
            if error.matches(GstOmv.error_quark(), GstOmv.Error.CORRUPT):
                raise ValueError(error.message) from error
            raise
        self._notes = None
        return self

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def __iter__(self):
        make, read = image.Image._from_frame, self._stream.read
        while True:
            try:
                frame = read(False, False, None)
            except GLib.Error as error:
                exception = translate(error)
                if isinstance(exception, EOFError):
                    return
                raise exception from error
            if frame is None:
                return
            yield make(frame)

    def __len__(self):
        return self.count()

    @camera_errors
    def _get_reader(self):
        """Another way to the same file, which leaves the offset alone."""
        if self.type() != self.FILE_STREAM:
            raise TypeError("Only frames of a file have times.")
        if self._reader is None:
            # a seek that goes nowhere writes what has been collected
            self._stream.seek(self._stream.get_offset())
            reader = GstOmv.Reader()
            reader.open_path(self._path)
            self._reader = reader
        return self._reader

    @camera_errors
    def _peek(self, number):
        if self.type() == self.FILE_STREAM:
            return image.Image._from_frame(
                self._get_reader().read_frame(number))
        # memory: the end cannot be sought, but reached by reading
        offset = self.offset()
        self.seek(number)
        img = self.read(pause=False)
        if offset < self.count():
            self.seek(offset)
        elif self.offset() < offset:
            self.seek(offset - 1)
            self.read(pause=False)
        return img

    def __getitem__(self, index):
        if self._reader is not None and type(index) is int and index >= 0:
            # the short way: what it cannot do is up to the long one
            try:
                return image.Image._from_frame(self._reader.read_frame(index))
            except (GLib.Error, OverflowError):
                pass
        count = self.count()
        if isinstance(index, slice):
            return [self._peek(i) for i in range(*index.indices(count))]
        number = operator.index(index)
        if number < 0:
            number += count
        if not 0 <= number < count:
            raise IndexError("There is no such frame.")
        return self._peek(number)

    @camera_errors
    def at(self, time, snap="before"):
        """The frame at a time in seconds, or the one before, after, nearest."""
        return image.Image._from_frame(self._get_reader().read_frame_at(
            max(round(time * 1e9), 0), _SNAPS[snap]))

    @property
    @camera_errors
    def times(self):
        """Seconds from the recording's start, one for each frame."""
        return np.array(self._get_reader().list_times(), np.uint64) / 1e9

    @property
    @camera_errors
    def parts(self):
        """The files that it consists of, in order: Part."""
        return [Part(part.file.get_path(), part.number, part.n_frames,
                     part.time / 1e9, part.gap / 1e9, part.is_placed)
                for part in self._get_reader().list_parts()]

    def __repr__(self):
        kind = repr(self._path) if self._path is not None else "memory"
        if self.is_closed():
            return f"<omv.image.ImageIO {kind}, closed>"
        return (f"<omv.image.ImageIO {kind}, frame {self.offset()} of "
                f"{self.count()}>")
