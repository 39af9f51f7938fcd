# SPDX-License-Identifier: LGPL-2.1-or-later
"""The library's errors as the exceptions that a camera raises."""

import errno
import functools
import os

from ._library import Gio, GLib, GstOmv

_OMV = GLib.quark_to_string(GstOmv.error_quark())
_GIO = GLib.quark_to_string(Gio.io_error_quark())

# A camera's own words; None: the library's, which say more.
_CAMERA = {
    GstOmv.Error.CLOSED: (OSError, "Stream closed"),
    GstOmv.Error.END_OF_STREAM: (EOFError, "End of stream"),
    GstOmv.Error.INVALID_FRAME_SIZE: (ValueError, "Invalid frame size"),
    GstOmv.Error.INVALID_OFFSET: (ValueError, "Invalid stream offset"),
    GstOmv.Error.INVALID_INTERVAL: (ValueError, None),
    GstOmv.Error.UNSUPPORTED: (ValueError, None),
}

_ERRNO = {
    Gio.IOErrorEnum.NOT_FOUND: errno.ENOENT,
    Gio.IOErrorEnum.EXISTS: errno.EEXIST,
    Gio.IOErrorEnum.IS_DIRECTORY: errno.EISDIR,
    Gio.IOErrorEnum.NO_SPACE: errno.ENOSPC,
    Gio.IOErrorEnum.PERMISSION_DENIED: errno.EACCES,
}


def translate(error, path=None):
    """The exception for a GLib.Error, with the library's sentence as cause."""
    if error.domain == _OMV:
        kind, words = _CAMERA.get(error.code, (OSError, None))
        return kind(words or error.message)
    number = _ERRNO.get(error.code) if error.domain == _GIO else None
    if number is None:
        return OSError(error.message)
    if path is None:
        return OSError(number, error.message)
    return OSError(number, os.strerror(number), path)


def camera_errors(function):
    """Makes a function raise what a camera raises."""
    @functools.wraps(function)
    def wrapped(*arguments, **keywords):
        try:
            return function(*arguments, **keywords)
        except GLib.Error as error:
            raise translate(error) from error
    return wrapped
