# SPDX-License-Identifier: LGPL-2.1-or-later
"""The camera's `sys`: Python's, and how MicroPython prints exceptions."""

import sys as _sys
import traceback as _traceback


def print_exception(error, file=None):
    _traceback.print_exception(type(error), error, error.__traceback__,
                               file=file or _sys.stdout)


def __getattr__(name):
    return getattr(_sys, name)
