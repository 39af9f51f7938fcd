# SPDX-License-Identifier: LGPL-2.1-or-later
"""The ring in whole processes: what a kill leaves behind, a pipe that fires, a
clip that flows on into an encoder."""

import contextlib
import os
import signal
import subprocess
import threading

from launch import TIMEOUT, PipelineTest, main, needs
from omvimg import Recording

LIVE = "videotestsrc is-live=true ! video/x-raw,format=GRAY8,framerate=100/1"


def picture(width, height):
    """Caps of the size that follow LIVE."""
    return f"{LIVE},width={width},height={height}"


@needs("videotestsrc", "fdsrc")
class Ring(PipelineTest):
    def start(self, line, **more):
        """A gst-launch-1.0 whose standard input is a pipe that fires."""
        process = subprocess.Popen(
            ["gst-launch-1.0", "-e", "-m", *line.split()], cwd=self.folder,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, bufsize=1,
            env={**os.environ, "LC_ALL": "C.UTF-8"}, **more)
        timer = threading.Timer(TIMEOUT, process.kill)
        timer.start()
        self.addCleanup(timer.cancel)
        for stream in process.stdin, process.stdout:
            self.addCleanup(stream.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def wait_for(self, process, text):
        """The first line of the process's output that has the text."""
        for line in process.stdout:
            if text in line:
                return line
        return self.fail(f"the process never said {text}")

    def fire(self, process, label):
        process.stdin.write(label + "\n")
        process.stdin.flush()

    def fire_until(self, process, label):
        """Fires now and then until there is a clip of that label, or the
        process ends."""
        with contextlib.suppress(OSError):
            while not self.path(label + ".bin").exists():
                self.fire(process, label)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(0.1)
                    return

    def fill_part(self, process, name, size):
        """Fires until there is a clip that has reached this size."""
        path = self.path(name)
        while process.poll() is None:
            self.fire(process, "crash")
            if path.exists() and path.stat().st_size >= size:
                return path
        return self.fail("the process ended")

    def test_kill(self):
        """Whole frames stay readable, small ones and large ones."""
        for width, height in (16, 8), (320, 240):
            with self.subTest(f"{width}x{height}"):
                name = f"run-{width}.bin"
                process = self.start(
                    f"{picture(width, height)} ! omvringsink name=r"
                    f" location={name} post-time=3600000000000"
                    " fdsrc fd=0 ! r.trigger")
                size = 16 + 30 * (32 + width * height)
                if width * height < 16384:
                    size = 32768
                part = self.fill_part(process, name + ".part", size)
                process.send_signal(signal.SIGKILL)
                process.wait()
                self.assertFalse(self.path(name).exists())
                frames = Recording(part.read_bytes()).frames
                self.assertGreaterEqual(
                    len(frames) + 1,
                    part.stat().st_size // (32 + width * height))
                self.assertEqual({(f.w, f.h, f.format) for f in frames},
                                 {(width, height, "GRAYSCALE")})
                # The next run says so.
                result = self.works(
                    "videotestsrc num-buffers=1 ! omvringsink"
                    f" location={name}", warnings=1)
                self.assertIn(part.name, result.warnings[0].text)
                part.unlink()

    def test_pipe_fires(self):
        process = self.start(
            f"{picture(16, 8)} ! omvringsink name=r post-frames=3"
            " location=%{label}.bin fdsrc fd=0 ! r.trigger")
        for label in "part-17", "part-18":
            threading.Thread(target=self.fire_until, daemon=True,
                             args=(process, label)).start()
            line = self.wait_for(process, f"label=(string){label}")
            self.assertIn("omv-ring-dump", line)
            frames = Recording(
                self.path(label + ".bin").read_bytes()).frames
            # what the clip before it has is not in it again
            self.assertGreaterEqual(len(frames), 1)
        process.send_signal(signal.SIGINT)
        # The end closes what is open.
        process.stdout.read()
        self.assertEqual(process.wait(), 0)
        self.assertEqual(list(self.folder.glob("*.part")), [])

    @needs("jpegenc", "multifilesink")
    def test_clip_flows_on(self):
        self.works(
            f"{picture(16, 8)} ! identity eos-after=60 ! omvringsink"
            " channel=cam slots=30 dump-on-eos=true location=last.bin"
            " omvringsrc channel=cam ! jpegenc"
            " ! multifilesink location=clip-%05d.jpg")
        self.assertEqual(len(list(self.folder.glob("clip-*.jpg"))), 30)
        self.assertEqual(
            len(Recording(self.path("last.bin").read_bytes()).frames), 30)

    @needs("tee")
    def test_two_rings_of_one_trigger(self):
        """One tee fires two rings: frames at the same times in both."""
        self.works(
            "videotestsrc num-buffers=40 ! video/x-raw,format=GRAY8 ! tee"
            " name=t t. ! queue ! omvringsink name=a slots=10"
            " dump-on-eos=true location=a.bin t. ! queue ! omvringsink"
            " name=b slots=10 dump-on-eos=true location=b.bin")
        a, b = (Recording(self.path(name).read_bytes()).frames
                for name in ("a.bin", "b.bin"))
        self.assertEqual(len(a), 10)
        self.assertEqual([f.payload for f in a], [f.payload for f in b])


if __name__ == "__main__":
    main()
