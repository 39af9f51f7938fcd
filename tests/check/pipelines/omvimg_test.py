# SPDX-License-Identifier: LGPL-2.1-or-later
"""The independent reader and writer against the camera's own recordings.

The other pipeline tests trust omvimg.py, so it is itself held to the golden
files first: docs/format.md, not our C code, is what both must agree on.
"""

import hashlib
import unittest

import golden
from omvimg import CODES, Recording, Writer, payload, raw_size


class Camera(unittest.TestCase):
    def test_reads_what_the_camera_read(self):
        for g in golden.all_files():
            if g.version is None:
                continue
            with self.subTest(g.name):
                got = Recording(g.data)
                self.assertEqual(got.problem is None, g.good)
                self.assertEqual(
                    [(f.interval, f.time_ns, f.w, f.h, f.format, f.offset,
                      hashlib.sha256(f.payload).hexdigest())
                     for f in got.frames],
                    [(j.interval, j.time_ns, j.w, j.h, j.format, j.offset,
                      j.sha256) for j in g.frames])

    def test_refuses_what_is_no_recording(self):
        for g in golden.all_files():
            if g.version is None:
                with self.subTest(g.name), self.assertRaises(ValueError):
                    Recording(g.data)

    def test_writes_what_the_camera_wrote(self):
        for g in golden.good():
            with self.subTest(g.name):
                writer = Writer(g.version)
                for f in Recording(g.data).frames:
                    writer.frame(f.interval, f.w, f.h, f.format, f.payload,
                                 None if g.clean_size_words else f.size_word)
                self.assertEqual(writer.data, g.data)


class Itself(unittest.TestCase):
    def test_every_format_in_every_version(self):
        for version in ("1.0", "1.1", "2.0", "2.1"):
            writer, expected = Writer(version), []
            for n, name in enumerate(filter(writer.can_hold, CODES)):
                data = payload(name, 33, 5, n)
                self.assertIn(raw_size(name, 33, 5), (None, len(data)))
                writer.frame(n, 33, 5, name, data)
                expected.append((n, 33, 5, name, data))
            self.assertEqual([(f.interval, f.w, f.h, f.format, f.payload)
                              for f in Recording(writer.data).frames],
                             expected)

    def test_torn_at_every_byte_keeps_whole_frames(self):
        writer, ends = Writer(), []
        for n, (w, h) in enumerate([(5, 3), (7, 2), (16, 1)]):
            start = len(writer.data)
            writer.frame(33, w, h, "GRAYSCALE", payload("GRAYSCALE", w, h, n))
            ends.append(start + 32 + w * h)
        for length in range(16, len(writer.data)):
            got = Recording(writer.data[:length])
            # Padding is not part of a frame.
            whole = sum(end <= length for end in ends)
            self.assertEqual(len(got.frames), whole, length)
            self.assertIn(got.problem, (None, "torn"))

    def test_joined_recordings_read_as_one(self):
        one, two = Writer("1.0"), Writer("2.1")
        one.frame(10, 1, 1, "RGB565", b"ab")
        two.frame(500, 2, 1, "GRAYSCALE", b"cd")
        frames = Recording(one.data + two.data).frames
        self.assertEqual([f.payload for f in frames], [b"ab", b"cd"])
        self.assertEqual([f.time_ns for f in frames], [10_000_000, 10_500_000])


if __name__ == "__main__":
    unittest.main()
