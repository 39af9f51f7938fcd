# SPDX-License-Identifier: LGPL-2.1-or-later
"""omvstr record, from the source `test` and from a URI.

The guarantees: as many frames as were asked for, at the times at which they
came; Ctrl-C leaves whole files; a ring saves what happened before a line of
standard input or SIGUSR1; what makes no sense ends in one sentence. A camera of
V4L2 is not there: its part is tried by hand.
"""

import os
import select
import shutil
import signal
import subprocess
import time
import unittest

import pictures
from omvimg import Recording
from tool import TIMEOUT, TOOL, ToolTest, main

MS = 10 ** 6
# --exists wants the version of GStreamer itself.
HAS_RING = shutil.which("gst-inspect-1.0") and subprocess.run(
    ["gst-inspect-1.0", "omvringsink"], check=False,
    stdout=subprocess.DEVNULL).returncode == 0
SMALL = ("--size", "64x48")


class RecordTest(ToolTest):
    """A test that records."""

    def read(self, name="out.bin"):
        """What was written, which is whole."""
        recording = Recording(self.path(name).read_bytes())
        self.assertIsNone(recording.problem)
        return recording

    def start(self, *arguments):
        """A recorder that runs."""
        process = subprocess.Popen(
            [TOOL, "record", *arguments], cwd=self.folder,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={**os.environ, "LC_ALL": "C.UTF-8"})
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def wait_for(self, condition, process):
        """Waits until it is so; the process has to live on."""
        end = time.monotonic() + TIMEOUT
        while not condition():
            self.assertIsNone(process.poll(), process.stderr)
            self.assertLess(time.monotonic(), end)
            os.sched_yield()


class Files(RecordTest):
    """Into a file."""

    def test_frames(self):
        """So many frames, at the test picture's rate."""
        printed = self.works("record", "test", "out.bin", "--frames", 10,
                             *SMALL, "--rate", 50)
        recording = self.read()
        self.assertEqual(
            [(f.format, f.w, f.h, f.time_ns) for f in recording.frames],
            [("RGB565", 64, 48, n * 20 * MS) for n in range(10)])
        self.assertIn("RGB565 64 x 48, 50 frames a second", printed)
        self.assertIn("as the source has them", printed)
        self.assertEqual(self.files(), ["out.bin"])

    def test_time(self):
        """So much time, counted from the first frame."""
        self.works("record", "test", "out.bin", "--time", "0.5", *SMALL,
                   "--rate", 20)
        self.assertEqual([f.time_ns for f in self.read().frames],
                         [n * 50 * MS for n in range(10)])

    def test_replaced(self):
        """What lay beside an old recording of that name goes with it."""
        self.path("out.bin", pictures.steady(9, "GRAYSCALE"))
        self.path("out.bin.json", b'{"user":{"animal":"A1"}}')
        self.path("out.bin.jsonl", b'{"frame":0,"number":500}\n')
        self.works("record", "test", "out.bin", "--force", "-n", 3, *SMALL)
        self.assertEqual(len(self.read().frames), 3)
        self.assertEqual(self.files(), ["out.bin"])

    def test_formats(self):
        """What the source has is taken as it is, other things are made."""
        for name, stored, words in (
                ("yuv422", "YUV422", "as the source"),
                ("grayscale", "GRAYSCALE", "as the source"),
                ("bayer-grbg", "BAYER_GRBG", "as the source"),
                ("binary", "BINARY", "converted"),
                ("png", "PNG", "converted"),
                ("jpeg", "JPEG", "converted")):
            with self.subTest(name):
                printed = self.works("record", "test", "out.bin", "-n", 2,
                                     "-f", "--format", name, *SMALL)
                self.assertEqual({(f.format, f.w, f.h) for f in
                                  self.read().frames}, {(stored, 64, 48)})
                self.assertIn(words, printed)

    def test_uri(self):
        """A URI, as fast as it comes; gray stays gray."""
        self.path("in.bin", pictures.steady(5, "GRAYSCALE", 64, 48))
        uri = self.path("in.bin").as_uri()
        self.works("record", uri, "out.bin")
        self.assertEqual(
            [f.payload for f in self.read().frames],
            [f.payload for f in self.read("in.bin").frames])
        self.works("record", uri, "out.bin", "-f", "--format", "yuv422")
        self.assertEqual([(f.format, f.time_ns) for f in self.read().frames],
                         [("YUV422", n * 40 * MS) for n in range(5)])

    def test_interrupt(self):
        """Ctrl-C ends a recording; it is no failure where nothing else would.
        """
        for more, code in (((), 0), (("--frames", "99999"), 1)):
            process = self.start("test", "out.bin", "-f", *SMALL, *more)
            part = self.path("out.bin.part")
            self.wait_for(lambda p=part: p.exists() and p.stat().st_size,
                          process)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=TIMEOUT)
            self.assertEqual(process.returncode, code, err)
            self.assertEqual(b"Interrupted" in err, code == 1)
            self.assertGreater(len(self.read().frames), 0)
            self.assertEqual(self.files(), ["out.bin"])

    def test_kill(self):
        """Even SIGKILL leaves what was on the disk, under another name."""
        process = self.start("test", "out.bin", *SMALL, "--rate", "100")
        part = self.path("out.bin.part")
        self.wait_for(lambda: part.exists() and part.stat().st_size > 99999,
                      process)
        process.kill()
        process.communicate(timeout=TIMEOUT)
        recording = Recording(part.read_bytes())
        self.assertIn(recording.problem, (None, "torn"))
        self.assertGreaterEqual(len(recording.frames), 10)


class Ring(RecordTest):
    """Into memory, until something happens."""

    @unittest.skipUnless(HAS_RING, "missing: omvringsink")
    def test_line_and_signal(self):
        """A line's text is the label; SIGUSR1 fires without one."""
        process = self.start("test", "clip-%{label}-%d.bin", *SMALL,
                             "--ring", "0.2", "--rate", "50")
        for line in iter(process.stdout.readline, b""):
            if b"Recording" in line:
                break
        saved = []
        # the first ones may find nothing: they come before the first frame
        while not saved:
            process.stdin.write(b"part 17\n")
            process.stdin.flush()
            line = process.stderr.fileno(), process.stdout.fileno()
            saved = self.next_line(process, *line)
        self.assertIn(b"clip-part", saved)
        process.send_signal(signal.SIGUSR1)
        while b"clip--" not in saved and b"clip-1" not in saved \
                and b"part" in saved:
            saved = process.stdout.readline()
            self.assertNotEqual(saved, b"")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, 0, err)
        self.assertIn(b"clips saved", out)
        clips = sorted(name for name in self.files() if name.endswith(".bin"))
        self.assertGreaterEqual(len(clips), 2)
        for name in clips:
            self.assertGreater(len(self.read(name).frames), 0)

    @unittest.skipUnless(HAS_RING, "missing: omvringsink")
    def test_clip_that_fails(self):
        """It is said once, by the name of its file, and recording goes on."""
        self.path("d").mkdir()
        process = self.start("test", "d/clip-%d.bin", *SMALL, "--ring", "0.2",
                             "--rate", "50")
        for line in iter(process.stdout.readline, b""):
            if b"Recording" in line:
                break
        saved = said = b""
        # the first ones may find nothing: they come before the first frame
        while b"d/clip" not in saved:
            process.stdin.write(b"\n")
            process.stdin.flush()
            saved = self.next_line(process, process.stderr.fileno(),
                                   process.stdout.fileno())
        shutil.rmtree(self.path("d"))
        while b"No such file" not in said:
            process.stdin.write(b"\n")
            process.stdin.flush()
            said = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=TIMEOUT)
        self.assertEqual(process.returncode, 1, err)
        failed = [line for line in (said + err).splitlines()
                  if b"No such file" in line]
        self.assertEqual(len(failed), len(set(failed)), failed)
        for line in failed:
            self.assertFalse(line.startswith(b"omvstr: test:"), line)

    @staticmethod
    def next_line(process, err, out):
        """The next line of output; b"" if it is a complaint."""
        ready, _, _ = select.select([err, out], [], [], TIMEOUT)
        if out in ready:
            return process.stdout.readline()
        process.stderr.readline()
        return b""


class Nonsense(RecordTest):
    """One sentence, the right exit code, nothing left."""

    def test_sources(self):
        """What is no camera."""
        self.path("file.bin", b"")
        self.fails("record", "/dev/video-none", "x.bin", words=["no such"])
        self.fails("record", "/dev/null", "x.bin", subject="/dev/null")
        self.fails("record", "file.bin", "x.bin", words=["omvstr convert"])
        self.fails("record", self.path("none.mp4").as_uri(), "x.bin",
                   words=["no such file"])

    def test_options(self):
        """What makes no sense."""
        for option in (("--size", "big"), ("--time", "x"), ("--ring", "0"),
                       ("--format", "h264"), ("--frames", "-1"),
                       ("--post", "1"), ("--time", "1", "--frames", "1")):
            result = self.run_tool("record", "test", "x.bin", *option)
            self.assertEqual((result.code, result.out), (2, ""), option)
            self.assert_sentence(result.err, None)

    def test_output(self):
        """There already, or nowhere."""
        self.path("there.bin", b"precious")
        self.fails("record", "test", "there.bin", words=["--force"])
        self.fails("record", "test", "no/x.bin", words=["no such dir"])
        for name in "x.bin.json", "x.bin.jsonl":
            self.path(name, b"{}\n")
            self.fails("record", "test", "x.bin", "-n", 1, subject=name,
                       words=["--force"])
            self.path(name).unlink()
        self.fails("record", "test", "no/x.bin", "--ring", "1", "--quiet")


if __name__ == "__main__":
    main()
