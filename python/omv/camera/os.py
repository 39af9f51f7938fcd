# SPDX-License-Identifier: LGPL-2.1-or-later
"""The camera's `os`: Python's, with the card where a script looks for it."""

import os as _os

from . import _host

sep = "/"


def _mapped(function, paths=1):
    """The same function; its first arguments are a script's paths."""
    def wrapped(*arguments, **keywords):
        return function(*map(_host.run.path, arguments[:paths]),
                        *arguments[paths:], **keywords)
    return wrapped


chdir = _mapped(_os.chdir)
listdir = _mapped(_os.listdir)
makedirs = _mapped(_os.makedirs)
mkdir = _mapped(_os.mkdir)
open = _mapped(_os.open)
remove = _mapped(_os.remove)
rename = _mapped(_os.rename, 2)
replace = _mapped(_os.replace, 2)
rmdir = _mapped(_os.rmdir)
scandir = _mapped(_os.scandir)
stat = _mapped(_os.stat)
statvfs = _mapped(_os.statvfs)
unlink = _mapped(_os.unlink)
walk = _mapped(_os.walk)


def getcwd():
    """/sdcard or a folder in it, where the PC has the card."""
    folder = _os.path.relpath(_os.getcwd(), _host.run.card)
    if folder.startswith(".."):
        return _os.getcwd()
    return _os.path.normpath("/sdcard/" + folder)


def ilistdir(path="."):
    """Tuples of name, kind (0x4000: a folder), inode and size."""
    for entry in scandir(path):
        yield (entry.name, 0x4000 if entry.is_dir() else 0x8000, 0,
               entry.stat().st_size)


class path:
    """os.path, of the script's paths."""
    exists = staticmethod(_mapped(_os.path.exists))
    getsize = staticmethod(_mapped(_os.path.getsize))
    isdir = staticmethod(_mapped(_os.path.isdir))
    isfile = staticmethod(_mapped(_os.path.isfile))
    basename = staticmethod(_os.path.basename)
    dirname = staticmethod(_os.path.dirname)
    join = staticmethod(_os.path.join)
    split = staticmethod(_os.path.split)
    splitext = staticmethod(_os.path.splitext)


def __getattr__(name):
    return getattr(_os, name)
