# SPDX-License-Identifier: LGPL-2.1-or-later
"""What one run of a script has of the PC: card, source, files, its end."""

import functools
import os
import signal
import sys
import threading
import traceback
import weakref

from .._library import Gio, GLib

# what the card is called on cameras with and without one
_CARDS = ("sdcard", "flash")


# how often a script may catch the end
_ENDINGS = 10


class EndOfRun(BaseException):
    """The script has had all frames that it gets; no `except Exception` stops
    it."""


class Run:
    """card: the folder that is the card.
    source: where snapshots come from, as __main__ describes it.
    frames: how many the script gets; None: as many as there are.
    triggers: numbers of the snapshots, from 1, at which a button is pressed.
    """

    def __init__(self, card=".", source="test", frames=None, verbose=False,
                 triggers=()):
        self.card = os.path.abspath(card)
        self.source = source
        self.verbose = verbose
        self._frames = frames
        self._endings = 0
        self._triggers = frozenset(triggers)
        self._snapshots = 0
        self.is_pressed = False
        self._buttons = weakref.WeakSet()
        self._opened = weakref.WeakSet()
        self._status = 0
        self._warnings = set()
        self._cancellable = Gio.Cancellable()
        self._is_waiting = False
        self._pending = None

    def path(self, path):
        """The PC's name for a script's path; relative ones start at the card.

        /sdcard and /flash are the card, and so is what stands in no folder that
        the PC has: old cameras had the card at the root.
        """
        if not isinstance(path, (str, os.PathLike)):
            return path
        name = os.fspath(path)
        if not name.startswith("/"):
            return name
        first, *rest = os.path.normpath(name).strip("/").split("/")
        if first in _CARDS:
            return os.path.join(self.card, *rest)
        if first and os.path.isdir("/" + first):
            return name
        return os.path.join(self.card, first, *rest)

    def count_frame(self):
        """To be called before the script is given a frame."""
        if self._frames is not None:
            if self._frames == 0:
                self.end()
            self._frames -= 1

    def end(self):
        """Ends the run, be it by force: many a script has `except:` in a loop.
        """
        self._endings += 1
        if self._endings > _ENDINGS:
            status = self.close_all()
            sys.stdout.flush()
            os._exit(status)
        raise EndOfRun

    def count_snapshot(self):
        """Presses the button, or lets it go, before the script has it."""
        self._snapshots += 1
        is_pressed = self._snapshots in self._triggers
        if is_pressed != self.is_pressed:
            self.is_pressed = is_pressed
            self.say(f"button {'pressed' if is_pressed else 'let go'}")
            for pin in list(self._buttons):
                pin.change()

    def add_button(self, pin):
        """Its change() is called whenever is_pressed changes."""
        self._buttons.add(pin)

    def opened(self, thing):
        """Its close() is called at the end, if it still exists. What holds a
        file gives itself to close() when it is collected before that: a script
        that closes nothing must not run out of files."""
        self._opened.add(thing)

    def close(self, thing):
        """Where no code of the script could catch it: what failed is said, and
        the run has failed."""
        try:
            thing.close()
            return
        except OSError as error:
            text = str(error)
        except Exception as error:
            text = "".join(traceback.format_exception_only(
                type(error), error)).rstrip()
        except BaseException:
            text = "A file may not be whole, as its end was interrupted."
        self._status = 1
        print(text, file=sys.stderr)

    def close_all(self):
        """Makes files whole, however the script ended, and returns the exit
        status, which is that of all files of the run."""
        for thing in list(self._opened):
            self.close(thing)
        return self._status

    def watch_signals(self):
        """Ctrl-C and SIGTERM end the run, and the library's pauses, too, which
        Python's own handlers have to wait for."""
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer)

        def cancel():
            while os.read(reader, 1):
                self._cancellable.cancel()

        threading.Thread(target=cancel, daemon=True).start()
        for number, kind in ((signal.SIGINT, KeyboardInterrupt),
                             (signal.SIGTERM, EndOfRun)):
            signal.signal(number, functools.partial(self._interrupt, kind))

    def _interrupt(self, kind, *unused):
        # an exception in the midst of PyGObject's work would be lost
        if not self._is_waiting:
            raise kind
        self._pending = kind

    def wait(self, function, *arguments):
        """Calls what waits, with a Gio.Cancellable as its last argument."""
        self._cancellable.reset()
        self._is_waiting, self._pending = True, None
        try:
            result = function(*arguments, self._cancellable)
        except GLib.Error:
            if self._pending is None:
                raise
        finally:
            self._is_waiting = False
        if self._pending is not None:
            raise self._pending
        return result

    def warn(self, text):
        """Once: a source that starts anew finds the same damage."""
        if text not in self._warnings:
            self._warnings.add(text)
            print(text, file=sys.stderr)

    def say(self, text):
        if self.verbose:
            print(text, file=sys.stderr)


run = Run()
