# SPDX-License-Identifier: LGPL-2.1-or-later
"""The library as another language sees it, through its introspection data.

The format itself is tested in C; here only what a binding needs: names without
prefixes, structs that can be made, and errors that can be told apart.
"""

import sys
import unittest

try:
    import gi
except ImportError:
    print("skipped, PyGObject is missing (python3-gi)")
    sys.exit(77)

gi.require_version("Gst", "1.0")
gi.require_version("GstOmv", "1.0")
from gi.repository import GLib, Gst, GstOmv  # noqa: E402

HEADER = b"OMV IMG STR V2.0"


class Binding(unittest.TestCase):
    def test_values(self):
        self.assertEqual(GstOmv.file_header_read(HEADER),
                         (True, GstOmv.Version.V2_0))
        self.assertTrue(GstOmv.version_can_hold(
            GstOmv.Version.V1_1, GstOmv.PixelFormat.JPEG))

    def test_errors(self):
        for data, code in ((b"RIFF", GstOmv.Error.WRONG_TYPE),
                           (HEADER[:9], GstOmv.Error.TRUNCATED),
                           (b"OMV IMG STR V3.0", GstOmv.Error.UNSUPPORTED)):
            with self.assertRaises(GLib.Error) as caught:
                GstOmv.file_header_read(data)
            self.assertTrue(caught.exception.matches(
                GstOmv.error_quark(), code), caught.exception)

    def test_structs(self):
        header = GstOmv.FrameHeader()
        header.width, header.height = 640, 480
        header.format = GstOmv.PixelFormat.RGB565
        caps = GstOmv.video_make_caps(header, 30, 1)
        self.assertTrue(caps.is_subset(Gst.Caps.from_string(
            "video/x-raw,format=RGB16,width=640,height=480,framerate=30/1")))


if __name__ == "__main__":
    Gst.init(None)
    unittest.main()
