# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pipelines that an application runs, as PyGObject lets Python do.

What no command line can do: seek, look at the frame a sink has prerolled, play
backward. Everything that waits has an end: a pipeline that says nothing more is
a failure, and so, by faulthandler, is one that blocks the caller.
"""

import contextlib
import faulthandler
import time
import unittest
from typing import NamedTuple

from launch import TIMEOUT, PipelineTest

try:
    import gi
    gi.require_version("Gst", "1.0")
    from gi.repository import Gst
    Gst.init(None)
except (ImportError, ValueError):
    Gst = None

MS = 10 ** 6
# playbin3 and uridecodebin3 (1.22) hang before the first picture of a small
# file in up to every tenth run, of AVI and Matroska as well: seconds after
# which they are started again.
AGAIN = (0.3, 0.3, 0.3, 0.5, 0.5, 1, 2, 4)


class Picture(NamedTuple):
    """What an appsink got; time is the running time, when it would be shown."""
    pts: int
    time: int
    duration: int
    offset: int
    discont: bool
    caps: dict
    data: bytes


def patience_with(line):
    """How long to wait for a line, once or again and again."""
    hangs = line.startswith(("playbin3 ", "uridecodebin3 "))
    return (*AGAIN, TIMEOUT) if hangs else (TIMEOUT,)


def picture_of(sample):
    """A sample as a Picture."""
    buffer, structure = sample.get_buffer(), sample.get_caps().get_structure(0)
    # Fractions and the like are of no interest here.
    caps = {key: structure.get_value(key)
            for key in ("format", "width", "height")
            if structure.has_field(key)}
    caps["type"] = structure.get_name()
    time_shown = sample.get_segment().to_running_time(
        Gst.Format.TIME, buffer.pts)
    return Picture(buffer.pts, time_shown, buffer.duration, buffer.offset,
                   bool(buffer.get_flags() & Gst.BufferFlags.DISCONT), caps,
                   buffer.extract_dup(0, buffer.get_size()))


class Player:
    """A pipeline with an appsink, named "out" or playbin's, that keeps up."""

    def __init__(self, test, line, patience=TIMEOUT):
        self.test = test
        self.patience = patience
        self.line = line
        self.pipeline = Gst.parse_launch(line)
        if self.pipeline.find_property("video-sink"):
            self.sink = Gst.ElementFactory.make("appsink", "out")
            self.pipeline.set_property("video-sink", self.sink)
        else:
            self.sink = self.pipeline.get_by_name("out")
        self.sink.set_property("sync", False)
        self.bus = self.pipeline.get_bus()
        self.warnings = []

    def __enter__(self):
        faulthandler.dump_traceback_later(TIMEOUT * 2, exit=True)
        return self

    def __exit__(self, *_):
        self.pipeline.set_state(Gst.State.NULL)
        faulthandler.cancel_dump_traceback_later()

    def fail(self, text):
        """Fails the test, naming the line."""
        self.test.fail(f"{text}: {self.line}")

    def _look(self, message):
        """Fails at an error, collects warnings."""
        if message.type == Gst.MessageType.ERROR:
            error, debug = message.parse_error()
            self.fail(f"{message.src.get_name()}: {error.message} [{debug}]")
        if message.type == Gst.MessageType.WARNING:
            self.warnings.append(message.parse_warning()[0].message)

    def wait(self, kind):
        """The next message of this kind."""
        deadline = time.monotonic() + self.patience
        kinds = kind | Gst.MessageType.ERROR | Gst.MessageType.WARNING
        while (left := deadline - time.monotonic()) > 0:
            message = self.bus.timed_pop_filtered(int(left * 10 ** 9), kinds)
            if message is not None:
                self._look(message)
                if message.type & kind:
                    return message
        raise TimeoutError(f"no {kind}: {self.line}")

    def preroll(self):
        """PAUSED, with the picture that is shown then."""
        self.pipeline.set_state(Gst.State.PAUSED)
        self.wait(Gst.MessageType.ASYNC_DONE)
        return self.shown()

    def play(self):
        """PLAYING, from whatever state."""
        self.pipeline.set_state(Gst.State.PLAYING)
        return self

    def shown(self):
        """The picture that a paused sink holds; None at the end."""
        sample = self.sink.emit("try-pull-preroll", 0)
        return sample and picture_of(sample)

    def pictures(self, most=None):
        """Yields what comes until the end of file or segment, or so many."""
        ends = Gst.MessageType.EOS | Gst.MessageType.SEGMENT_DONE
        deadline = time.monotonic() + self.patience
        # Not appsink's own "eos": that is true as well before playbin3 has
        # started it.
        ended = False
        while most is None or most > 0:
            sample = self.sink.emit("try-pull-sample", 5 * MS)
            if sample is not None:
                yield picture_of(sample)
                most = most and most - 1
            elif ended:
                return
            elif time.monotonic() > deadline:
                raise TimeoutError("hangs: " + self.line)
            while message := self.bus.pop_filtered(
                    ends | Gst.MessageType.ERROR | Gst.MessageType.WARNING):
                self._look(message)
                ended = ended or bool(message.type & ends)

    def seek(self, start, stop=None, *, rate=1.0, unit=None, flags=None,
             flush=True):
        """A seek, accurate in time unless told otherwise; whether it was taken.

        Where it flushes a paused pipeline, waits for the new picture.
        """
        if flags is None:
            flags = Gst.SeekFlags.ACCURATE
        if flush:
            flags |= Gst.SeekFlags.FLUSH
        kinds = [Gst.SeekType.NONE if at is None else Gst.SeekType.SET
                 for at in (start, stop)]
        taken = self.pipeline.seek(
            rate, Gst.Format.TIME if unit is None else unit, flags,
            kinds[0], start or 0, kinds[1], -1 if stop is None else stop)
        paused = self.pipeline.get_state(0)[1] == Gst.State.PAUSED
        if taken and flush and paused:
            self.wait(Gst.MessageType.ASYNC_DONE)
        return taken


@unittest.skipIf(Gst is None, "missing: PyGObject with Gst-1.0 (python3-gi)")
class AppTest(PipelineTest):
    """A test that runs pipelines in its own process."""

    @contextlib.contextmanager
    def paused(self, line):
        """A Player that has prerolled."""
        for patience in patience_with(line):
            with Player(self, line, patience) as player:
                try:
                    player.preroll()
                except TimeoutError:
                    continue
                player.patience = TIMEOUT
                yield player
                return
        self.fail("hangs: " + line)

    def play(self, line, warnings=False):
        """All pictures of a line that has to end well."""
        for patience in patience_with(line):
            with Player(self, line, patience) as player, \
                    contextlib.suppress(TimeoutError):
                got = list(player.play().pictures())
                if not warnings:
                    self.assertEqual(player.warnings, [], line)
                return got
        return self.fail("hangs: " + line)
