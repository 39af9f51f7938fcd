# SPDX-License-Identifier: LGPL-2.1-or-later
"""The camera's `time`: ticks that wrap, pauses in ms, a clock for frames."""

import time as _time

# where the camera's ticks start again
_PERIOD = 1 << 30


def ticks_ms():
    return _time.monotonic_ns() // 1_000_000 % _PERIOD


def ticks_us():
    return _time.monotonic_ns() // 1_000 % _PERIOD


ticks_cpu = ticks_us


def ticks_add(ticks, delta):
    return (ticks + delta) % _PERIOD


def ticks_diff(end, start):
    return (end - start + _PERIOD // 2) % _PERIOD - _PERIOD // 2


def sleep_ms(ms):
    _time.sleep(max(ms, 0) / 1e3)


def sleep_us(us):
    _time.sleep(max(us, 0) / 1e6)


class clock:
    """Frames a second, since it was made or reset: tick() before each frame,
    fps() or avg() behind it."""

    def __init__(self):
        self.reset()

    def reset(self):
        self._start = _time.monotonic()
        self._sum = 0.0
        self._count = 0

    def tick(self):
        self._start = _time.monotonic()

    def avg(self):
        """ms from tick() to here, on average."""
        self._sum += (_time.monotonic() - self._start) * 1e3
        self._count += 1
        return self._sum / self._count

    def fps(self):
        return 1e3 / max(self.avg(), 1e-3)


def __getattr__(name):
    return getattr(_time, name)
