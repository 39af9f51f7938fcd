# SPDX-License-Identifier: LGPL-2.1-or-later
"""The camera's `machine`: lights and pins that keep what they are told."""

import datetime as _datetime
import time as _time

from . import _host


class LED:
    def __init__(self, name):
        self._name = name if isinstance(name, str) else f"LED {name}"
        self._is_on = False

    def _set(self, is_on):
        self._is_on = is_on
        _host.run.say(f"{self._name} {'on' if is_on else 'off'}")

    def on(self):
        self._set(True)

    def off(self):
        self._set(False)

    def toggle(self):
        self._set(not self._is_on)

    def boolean(self, is_on=None):
        """Its state, or sets it."""
        if is_on is None:
            return self._is_on
        self._set(bool(is_on))

    value = boolean


class Pin:
    """An output keeps its level. An input has that of its pull resistor, or
    the other one while --trigger presses the button."""

    IN, OUT, OPEN_DRAIN = 0, 1, 2
    PULL_UP, PULL_DOWN = 1, 2
    IRQ_RISING, IRQ_FALLING = 1, 2

    def __init__(self, name, mode=IN, pull=None, *, value=None, **unused):
        self._name = name
        self._level = 0
        self._handler = None
        self._edges = 0
        self.init(mode, pull, value=value)

    def init(self, mode=IN, pull=None, *, value=None, **unused):
        self._mode = mode
        if mode == self.IN:
            self._level = int(pull == self.PULL_UP)
        elif value is not None:
            self.value(value)

    def value(self, level=None):
        if level is None:
            if self._mode == self.IN:
                return self._level ^ _host.run.is_pressed
            return self._level
        self._level = int(bool(level))
        _host.run.say(f"pin {self._name} {'high' if self._level else 'low'}")

    __call__ = value

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    high, low = on, off

    def toggle(self):
        self.value(not self._level)

    def irq(self, handler=None, trigger=IRQ_RISING | IRQ_FALLING, **unused):
        self._handler, self._edges = handler, trigger
        _host.run.add_button(self)

    def change(self):
        """An input has changed its level."""
        edge = self.IRQ_RISING if self.value() else self.IRQ_FALLING
        if (self._mode == self.IN and self._handler is not None
                and self._edges & edge):
            self._handler(self)


class RTC:
    """The PC's own clock, which no script sets."""

    def datetime(self, new=None):
        if new is None:
            now = _datetime.datetime.now()
            return (now.year, now.month, now.day, now.isoweekday(), now.hour,
                    now.minute, now.second, now.microsecond)

    def wakeup(self, *unused):
        pass


def _end(*unused):
    """The script ends where the camera would start again."""
    _host.run.end()


reset = soft_reset = deepsleep = bootloader = _end


def lightsleep(ms=0):
    _time.sleep(ms / 1e3)


def idle():
    pass


def freq(*unused):
    return 0


def unique_id():
    return bytes(12)
