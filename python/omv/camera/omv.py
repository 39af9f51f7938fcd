# SPDX-License-Identifier: LGPL-2.1-or-later
"""The camera's `omv`: which camera this is. None."""

import platform as _platform

from . import image  # noqa: F401  (`from omv import image` is the PC's way)

# the firmware whose modules these are
version_major, version_minor, version_patch = 5, 0, 0


def version_string():
    return f"{version_major}.{version_minor}.{version_patch}"


def arch():
    return _platform.machine()


def board_type():
    return "PC"


def board_id():
    return "000000000000000000000000"


def debug_mode():
    return False


def disable_fb(disable=None):
    """There is no preview to be switched off."""
    return True if disable is None else None
