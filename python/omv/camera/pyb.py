# SPDX-License-Identifier: LGPL-2.1-or-later
"""What scripts of earlier firmware have of `pyb`."""

import random as _random

from . import time as _time
from .machine import LED, Pin, RTC  # noqa: F401

millis = _time.ticks_ms
micros = _time.ticks_us
delay = _time.sleep_ms
udelay = _time.sleep_us


def elapsed_millis(start):
    return _time.ticks_diff(millis(), start)


def elapsed_micros(start):
    return _time.ticks_diff(micros(), start)


def rng():
    return _random.getrandbits(30)
