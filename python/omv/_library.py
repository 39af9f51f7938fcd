# SPDX-License-Identifier: LGPL-2.1-or-later
"""The library, or one sentence that says what to install."""

try:
    import gi
except ImportError as error:
    raise ImportError("The package omv needs PyGObject, which is in Debian's "
                      "package python3-gi.") from error

try:
    gi.require_version("GstOmv", "1.0")
    from gi.repository import Gio, GLib, GstOmv
except (ImportError, ValueError) as error:
    raise ImportError("The package omv needs GstOmv-1.0.typelib, which comes "
                      "with gst-omv.") from error

__all__ = ["Gio", "GLib", "GstOmv"]
