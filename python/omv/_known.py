# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is known of a recording or store and of its frames: three coordinates."""

import datetime
import json
import operator

from ._errors import translate
from ._library import Gio, GLib, GstOmv

_SNAPS = {
    "before": GstOmv.Snap.BEFORE,
    "after": GstOmv.Snap.AFTER,
    "nearest": GstOmv.Snap.NEAREST,
}
_INDEX_END = 1 << 63
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def convert_datetime(value):
    """GLib's as Python's, with the zone's distance to UTC; None stays None."""
    if value is None:
        return None
    zone = datetime.timezone(
        datetime.timedelta(microseconds=value.get_utc_offset()))
    moment = _EPOCH + datetime.timedelta(seconds=value.to_unix(),
                                         microseconds=value.get_microsecond())
    return moment.astimezone(zone)


def check_number(number):
    """A device's number as an int; ValueError if it cannot be kept."""
    number = operator.index(number)
    if not -1 << 63 <= number < 1 << 63:
        raise ValueError(f"{number} is no number of 64 bits with a sign.")
    return number


def _load(function, path):
    """None if there is no such file."""
    try:
        return function(Gio.File.new_for_path(path))
    except GLib.Error as error:
        if error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.NOT_FOUND):
            return None
        raise translate(error, path) from error


def load_metadata(path, frame):
    """FILE.json; None if there is none, or that of another recording than frame
    starts."""
    metadata = _load(GstOmv.Metadata.load, path)
    if metadata is not None and frame is not None:
        header = frame.header
        if not metadata.belongs_to(header.format, header.width, header.height,
                                   frame.payload.get_data() or b""):
            return None
    return metadata


def load_notes(path):
    """FILE.jsonl, by frames."""
    return _load(GstOmv.Notes.load, path) or GstOmv.Notes.new([])


def load_notes_of_many(paths, firsts):
    """The same of all files of a stream, by frames of the stream.

    firsts: the indices in the stream of their first frames.
    """
    lines = []
    for path, first, end in zip(paths, firsts, [*firsts[1:], _INDEX_END]):
        for line in _load(GstOmv.lines_load, path) or []:
            is_of_frame, index = GstOmv.line_get_frame(line)
            if is_of_frame and first + index < end:
                lines.append(GstOmv.line_set_frame(line, first + index))
    return GstOmv.Notes.new(lines)


def load_lines_before(path, frame):
    """The lines of FILE.jsonl that are of no frame from this one on; None if all
    are."""
    lines = _load(GstOmv.lines_load, path) or []
    before = []
    for line in lines:
        is_of_frame, index = GstOmv.line_get_frame(line)
        if not is_of_frame or index < frame:
            before.append(line)
    return before if len(before) < len(lines) else None


def store_lines(path, lines):
    """Replaces FILE.jsonl, all of it or nothing."""
    text = "".join(line + "\n" for line in lines)
    try:
        GLib.file_set_contents(path + ".jsonl", text.encode())
    except GLib.Error as error:
        raise translate(error, path + ".jsonl") from error


def make_metadata(user, start=None):
    """FILE.json of a user's dictionary."""
    members = {"user": user}
    if start is not None:
        if start.tzinfo is None:
            start = start.astimezone()
        members["start"] = start.isoformat()
    try:
        return GstOmv.Metadata.new_from_string(json.dumps(members))
    except GLib.Error as error:
        raise ValueError(error.message) from error


class Known:
    """The part of a recording or store that tells what is known.

    A frame has an index, from 0; a number, which its device gave it; and a time.
    Who inherits has _get_metadata(), _get_notes() and __len__(), and for the frame
    at an index _locate(): the metadata that tells its datetime, and the time in ns
    that they count from.
    """

    @property
    def sidecar(self):
        """All that FILE.json says, as a dictionary."""
        return json.loads(self._get_metadata().to_string())

    @property
    def metadata(self):
        """What was noted about the recording, as a dictionary."""
        return self.sidecar.get("user", {})

    @property
    def start(self):
        """When the recording's time was 0: a datetime, or None."""
        return convert_datetime(self._get_metadata().get_datetime(0))

    def _get_index(self, index):
        count = len(self)
        number = index + count if index < 0 else index
        if not 0 <= number < count:
            raise IndexError("There is no such frame.")
        return number

    def number(self, index):
        """The device's number of a frame; its index if nobody noted one."""
        index = self._get_index(index)
        is_known, number = self._get_notes().get_number(index)
        return number if is_known else index

    def extra(self, index):
        """The extra data of a frame, as a dictionary."""
        found = {}
        for line in self._get_notes().list_lines(self._get_index(index)):
            found.update(json.loads(line))
        found.pop("frame", None)
        found.pop("number", None)
        return found

    def datetime(self, index):
        """The wall-clock time of a frame; None if nobody noted the start."""
        metadata, ns = self._locate(self._get_index(index))
        return convert_datetime(metadata.get_datetime(ns))

    def find(self, number, snap=None):
        """The index of the frame with a device's number.

        snap: "before", "after" or "nearest" among the numbers that were noted, if
        there is none; else KeyError.
        """
        number = check_number(number)
        is_noted, index = self._get_notes().find_number(
            number, _SNAPS[snap or "nearest"])
        is_found = is_noted and index < len(self)
        if is_found and self.number(index) == number:
            return index
        # the number of which nobody noted one is its index
        if 0 <= number < len(self) and self.number(number) == number:
            return number
        if is_found and snap is not None:
            return index
        raise KeyError(number)
