# SPDX-License-Identifier: LGPL-2.1-or-later
"""The library as another language sees it, through its introspection data.

The format itself is tested in C; here only what a binding needs: names without
prefixes, structs that can be made, and errors that can be told apart.
"""

import ctypes
import hashlib
import json
import os
import sys
import tempfile
import unittest

try:
    import gi
except ImportError:
    print("skipped, PyGObject is missing (python3-gi)")
    sys.exit(77)

gi.require_version("Gst", "1.0")
gi.require_version("GstOmv", "1.0")
from gi.repository import Gio, GLib, Gst, GstOmv  # noqa: E402

HEADER = b"OMV IMG STR V2.0"
GOLDEN = os.path.join(os.path.dirname(__file__), "../../files/golden")


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

    def test_reader(self):
        stem = os.path.join(GOLDEN, "v20_first2000")
        with open(stem + ".json", encoding="utf-8") as list_file:
            expected = json.load(list_file)["frames"]
        reader = GstOmv.Reader(resync=True)
        self.assertTrue(reader.open_path(stem + ".bin"))
        self.assertEqual(reader.get_version(), GstOmv.Version.V2_0)
        self.assertEqual(reader.get_n_frames(), len(expected))
        self.assertEqual(reader.list_times(), [f["time_ns"] for f in expected])
        self.assertEqual(reader.list_damages(), [])
        self.assertEqual(reader.get_size(), os.path.getsize(stem + ".bin"))

        steps = []
        self.assertTrue(reader.walk(lambda result, step: steps.append(
            (result, step.number, step.offset)) or len(steps) < 3))
        self.assertEqual(steps, [
            (GstOmv.WalkResult.FRAME, n, expected[n]["offset"])
            for n in range(3)])

        frames = list(iter(reader.read_next, None))
        self.assertEqual(len(frames), len(expected))
        for frame, wanted in zip(frames, expected):
            self.assertEqual(
                (frame.number, frame.offset, frame.time, frame.header.width,
                 frame.header.height, int(frame.header.format)),
                (wanted["index"], wanted["offset"], wanted["time_ns"],
                 wanted["w"], wanted["h"], int(wanted["pixfmt"], 16)))
            self.assertEqual(
                hashlib.sha256(frame.payload.get_data()).hexdigest(),
                wanted["sha256"])
            address, *fields = frame.unpack()
            self.assertEqual(ctypes.string_at(address, fields[0]),
                             frame.payload.get_data())
            self.assertEqual(
                fields,
                [frame.payload.get_size(), wanted["w"], wanted["h"],
                 int(wanted["pixfmt"], 16), 20, wanted["index"],
                 wanted["time_ns"], frame.header.interval * 10 ** 6])
            found = reader.read_frame_at(frame.time, GstOmv.Snap.NEAREST)
            self.assertEqual(found.number, frame.number)

    def test_decode(self):
        v2, bggr = GstOmv.Version.V2_0, GstOmv.PixelFormat.BAYER_BGGR
        pixels, kind = GstOmv.decode(v2, bggr, 4, 2,
                                     GLib.Bytes.new(bytes([9]) * 8))
        self.assertEqual((pixels.get_data(), kind),
                         (bytes([9]) * 24, GstOmv.DecodedFormat.RGB))
        for size, code in (((4, 3), GstOmv.Error.INVALID_FRAME_SIZE),
                           ((0, 2), GstOmv.Error.INVALID_FRAME_SIZE)):
            self.check_raises(GstOmv.error_quark(), code, GstOmv.decode, v2,
                              bggr, *size, GLib.Bytes.new(bytes(8)))

    def test_reader_errors(self):
        reader = GstOmv.Reader.new()
        with self.assertRaises(GLib.Error) as caught:
            reader.read_frame(0)
        self.assertTrue(caught.exception.matches(
            GstOmv.error_quark(), GstOmv.Error.CLOSED), caught.exception)

        reader.open_path(os.path.join(GOLDEN, "bad_pixfmt_zero.bin"))
        damage, = reader.list_damages()
        self.assertEqual((damage.number, damage.offset, damage.fault),
                         (1, 64, GstOmv.Fault.PIXEL_FORMAT))
        with self.assertRaises(GLib.Error) as caught:
            reader.read_frame(1)
        self.assertTrue(caught.exception.matches(
            GstOmv.error_quark(), GstOmv.Error.CORRUPT), caught.exception)

    def test_ring(self):
        ring = GstOmv.Ring.new(3, 100)
        header = GstOmv.FrameHeader()
        header.width, header.height = 10, 4
        header.format = GstOmv.PixelFormat.GRAYSCALE
        self.assertEqual(ring.get_oldest(), 2 ** 64 - 1)
        for i in range(8):
            self.assertTrue(ring.write(header, 1000 * i, i, bytes([i]) * 40))
        self.assertEqual((ring.get_oldest(), ring.get_newest()), (5, 7))
        self.assertEqual(ring.find_time(6999), (True, 6))
        frame = ring.get_frame(6)
        self.assertEqual(
            (frame.number, frame.time, frame.duration, frame.header.width,
             frame.payload.get_data()), (6, 6000, 1000, 10, b"\6" * 40))
        for number, code in ((4, GstOmv.Error.OVERTAKEN),
                             (8, GstOmv.Error.END_OF_STREAM)):
            with self.assertRaises(GLib.Error) as caught:
                ring.get_frame(number)
            self.assertTrue(caught.exception.matches(
                GstOmv.error_quark(), code), caught.exception)

    def test_memory_stream(self):
        stream = GstOmv.MemoryStream.new(
            8, 4, GstOmv.PixelFormat.GRAYSCALE, 2)
        header = GstOmv.FrameHeader()
        header.interval, header.width, header.height = 33, 8, 4
        header.format = GstOmv.PixelFormat.GRAYSCALE
        self.assertTrue(stream.write(header, bytes(range(32))))
        with self.assertRaises(GLib.Error) as caught:
            stream.seek(-1)
        self.assertTrue(caught.exception.matches(
            GstOmv.error_quark(), GstOmv.Error.INVALID_OFFSET))
        self.assertTrue(stream.seek(0))
        frame = stream.read()
        self.assertEqual((frame.header.interval, frame.payload.get_data()),
                         (33, bytes(range(32))))

    def test_writer(self):
        gray, png = GstOmv.PixelFormat.GRAYSCALE, GstOmv.PixelFormat.PNG
        none = GLib.MAXUINT64
        reader = GstOmv.Reader.new()
        reader.open_path(os.path.join(GOLDEN, "v20_png.bin"))
        stored = reader.read_frame(0)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "run.bin")
            writer = GstOmv.Writer(exact_time=True)
            self.assertTrue(writer.open_path(
                path, GstOmv.WriterMode.CREATE, GstOmv.Version.V2_0))
            writer.append_bytes(gray, 4, 2, 33333333, none,
                                GLib.Bytes.new(bytes(range(8))))
            header = GstOmv.FrameHeader()
            header.width, header.height, header.format = 2, 2, gray
            header.exact_time = none
            writer.append(header, 66666666, b"wxyz")
            writer.append_bytes(png, 0, 0, 10 ** 8, none, stored.payload)
            writer.write_frame(stored)
            with self.assertRaises(GLib.Error) as caught:
                writer.append_bytes(gray, 4, 2, 0, none, GLib.Bytes.new(b"x"))
            self.assertTrue(caught.exception.matches(
                GstOmv.error_quark(), GstOmv.Error.INVALID_FRAME_SIZE))
            self.assertEqual(writer.get_n_frames(), 4)
            self.assertTrue(writer.truncate(3))
            self.assertTrue(writer.sync())
            self.assertTrue(writer.close())

            reader.open_path(path)
            self.assertEqual(reader.list_times(),
                             [33 * 10 ** 6, 66333333, 99666667])
            frames = list(iter(reader.read_next, None))
            self.assertEqual(
                [frame.payload.get_data() for frame in frames],
                [bytes(range(8)), b"wxyz", stored.payload.get_data()])
            self.assertEqual((frames[2].header.width, frames[2].header.height),
                             (stored.header.width, stored.header.height))

            with self.assertRaises(GLib.Error) as caught:
                writer.open_path(path, GstOmv.WriterMode.CREATE,
                                 GstOmv.Version.V2_0)
            self.assertTrue(caught.exception.matches(
                Gio.io_error_quark(), Gio.IOErrorEnum.EXISTS))

    def check_raises(self, domain, code, function, *arguments):
        with self.assertRaises(GLib.Error) as caught:
            function(*arguments)
        self.assertTrue(caught.exception.matches(domain, code),
                        caught.exception)

    def check_image_io(self, stream, kind, count, version, buffer_size, size):
        self.assertFalse(stream.is_closed())
        self.assertEqual(
            (stream.get_stream_type(), stream.get_count(),
             stream.get_version(), stream.get_buffer_size(),
             stream.get_size()), (kind, count, version, buffer_size, size))

    def check_image_io_closed(self, stream):
        gray, none = GstOmv.PixelFormat.GRAYSCALE, GLib.MAXUINT64
        self.assertTrue(stream.close())
        self.assertTrue(stream.close())
        self.assertTrue(stream.is_closed())
        for function, *arguments in (
                (stream.get_stream_type,), (stream.get_count,),
                (stream.get_offset,), (stream.get_version,),
                (stream.get_buffer_size,), (stream.get_size,),
                (stream.write, gray, 4, 2, GLib.Bytes.new(bytes(8)), none),
                (stream.read, True, True, None), (stream.seek, 0),
                (stream.sync,)):
            self.check_raises(GstOmv.error_quark(), GstOmv.Error.CLOSED,
                              function, *arguments)

    def test_image_io_file(self):
        ours, mode = GstOmv.error_quark(), GstOmv.ImageIOMode
        gray, none = GstOmv.PixelFormat.GRAYSCALE, GLib.MAXUINT64
        payloads = [GLib.Bytes.new(bytes([i]) * 8) for i in range(4)]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "run.bin")
            self.check_raises(Gio.io_error_quark(), Gio.IOErrorEnum.NOT_FOUND,
                              GstOmv.ImageIO.new_file, path, mode.READ)
            stream = GstOmv.ImageIO.new_file(path, mode.WRITE)
            self.assertTrue(stream.write(gray, 4, 2, payloads[0], none))
            self.assertTrue(stream.write(gray, 4, 2, payloads[1], 7000000))
            self.assertTrue(stream.sync())
            self.check_image_io(stream, GstOmv.ImageIOType.FILE_STREAM, 2, 20,
                                0, 16 + 2 * 48)
            self.check_raises(ours, GstOmv.Error.INVALID_FRAME_SIZE,
                              stream.write, gray, 4, 3, payloads[0], none)
            self.check_image_io_closed(stream)

            stream = GstOmv.ImageIO.new_file(path, mode.APPEND)
            self.assertEqual(stream.get_offset(), 2)
            self.assertTrue(stream.write(gray, 4, 2, payloads[2], 0))
            self.assertTrue(stream.close())
            stream = GstOmv.ImageIO.new_file(path, mode.UPDATE)
            self.assertTrue(stream.seek(2))
            frame = stream.read(False, False, None)
            self.assertEqual((frame.number, frame.payload.get_data()),
                             (2, bytes([2]) * 8))
            self.assertTrue(stream.write_frame(frame, 5000000))
            self.assertIsNone(stream.read(False, True, None))
            self.check_image_io_closed(stream)

            stream = GstOmv.ImageIO.new_file(path, mode.READ)
            self.check_raises(
                Gio.io_error_quark(), Gio.IOErrorEnum.PERMISSION_DENIED,
                stream.write, gray, 4, 2, payloads[0], none)
            self.check_raises(ours, GstOmv.Error.END_OF_STREAM, stream.seek, 5)
            self.check_raises(ours, GstOmv.Error.INVALID_OFFSET,
                              stream.seek, -1)
            frames = [stream.read(True, False, None) for _ in range(5)]
            self.assertEqual([frame.number for frame in frames],
                             [0, 1, 2, 3, 0])
            self.assertEqual([frame.header.interval for frame in frames[1:4]],
                             [7, 0, 5])

            cancellable = Gio.Cancellable()
            cancellable.cancel()
            self.check_raises(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED,
                              stream.read, True, True, cancellable)
            self.assertEqual(stream.get_offset(), 1)

    def test_image_io_memory(self):
        ours = GstOmv.error_quark()
        gray = GstOmv.PixelFormat.GRAYSCALE
        stream = GstOmv.ImageIO.new_memory(8, 4, gray, 2)
        self.check_image_io(stream, GstOmv.ImageIOType.MEMORY_STREAM, 2, 0,
                            32, 2 * 64)
        for i in range(2):
            self.assertTrue(stream.write(
                gray, 8, 4, GLib.Bytes.new(bytes([i]) * 32), 1000000))
        self.check_raises(ours, GstOmv.Error.END_OF_STREAM, stream.read,
                          True, False, None)
        self.check_raises(ours, GstOmv.Error.INVALID_OFFSET, stream.seek, 2)
        self.assertTrue(stream.seek(0))
        self.assertEqual(stream.read(True, True, None).payload.get_data(),
                         bytes(32))
        self.check_raises(ours, GstOmv.Error.INVALID_FRAME_SIZE, stream.write,
                          gray, 8, 8, GLib.Bytes.new(bytes(64)), 0)
        self.check_image_io_closed(stream)

    def test_beside_a_recording(self):
        with tempfile.TemporaryDirectory() as folder:
            recording = Gio.File.new_for_path(os.path.join(folder, "run.bin"))
            metadata = GstOmv.Metadata.new()
            metadata.set_label("part 17")
            metadata.set_value("lens", "12 mm")
            metadata.set_start(GLib.DateTime.new_utc(2026, 8, 14, 10, 0, 0))
            self.assertTrue(metadata.store(recording))
            metadata = GstOmv.Metadata.load(recording)
            self.assertEqual(
                (metadata.get_label(), metadata.get_value("lens"),
                 metadata.list_keys(), metadata.get_start().get_hour(),
                 metadata.get_zone()),
                ("part 17", "12 mm", ["lens"], 10, None))

            self.assertTrue(GstOmv.lines_append(
                recording, json.dumps({"frame": 3})))
            self.assertEqual(
                [json.loads(line) for line in GstOmv.lines_load(recording)],
                [{"frame": 3}])


if __name__ == "__main__":
    Gst.init(None)
    unittest.main()
