# SPDX-License-Identifier: LGPL-2.1-or-later
"""The lines that README and element documentation show do what is said there.

They are run as they stand there, except for the port, which has to be free, and
for sinks that want a screen.
"""

import collections
import contextlib
import itertools
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading

from launch import (
    TIMEOUT, PipelineTest, is_built, main, needs, needs_plugin)
from omvimg import Recording

RECORD = ("gst-launch-1.0 videotestsrc num-buffers=90 ! "
          "video/x-raw,format=RGB16,width=321,height=241 ! omvstrmux ! "
          "filesink location=run.bin")
EXPORT = ("gst-launch-1.0 filesrc location=run.bin ! omvstrdemux ! "
          "videoconvert ! video/x-raw,format=I420,colorimetry=1:4:0:0 ! "
          "jpegenc ! avimux ! filesink location=run.avi")
SERVE = ("gst-launch-1.0 videotestsrc is-live=true ! jpegenc ! omvstrmux ! "
         "tcpserversink port=5000")
WATCH = ("gst-launch-1.0 tcpclientsrc port=5000 ! omvstrdemux ! jpegdec ! "
         "videoconvert ! fakesink")
TYPE = "gst-typefind-1.0 run.bin"
RING = ("[ -p fire ] || mkfifo fire; gst-launch-1.0 -e -m videotestsrc "
        "is-live=true ! video/x-raw,format=YUY2 ! omvringsink name=r "
        "post-time=1000000000 fdsrc fd=3 ! r.trigger 3<>fire")
FIRE = "echo part-17 > fire"

SOURCES = pathlib.Path(__file__).parents[3]


def section_lines(source):
    """The launch lines in the documentation comment of an element."""
    return re.findall(r"^ \* (gst-launch-1\.0 .*)$", source.read_text(), re.M)


def documented(source):
    """The elements that a file documents."""
    return re.findall(r"^ \* SECTION:element-(\S+)$", source.read_text(), re.M)


class Documents(PipelineTest):
    def test_readme_has_these_lines(self):
        readme = (SOURCES / "README.md").read_text().splitlines()
        for line in RECORD, EXPORT, SERVE, WATCH, TYPE, RING, FIRE:
            self.assertIn(line, readme)

    @needs("jpegenc", "avimux")
    def test_section_lines(self):
        elements = [source for source in SOURCES.glob("gst/*/gst*.c")
                    if documented(source)]
        self.assertGreaterEqual(len(elements), 2)
        for source in elements:
            if not is_built(source.parent.name):
                continue
            lines = section_lines(source)
            self.assertTrue(lines, source)
            self.run_tool(RECORD)
            for line in lines:
                with self.subTest(line):
                    result = self.run_tool(
                        line.replace("autovideosink", "fakesink"))
                    self.assertEqual((result.code, result.errors),
                                     (0, []), result.log)


class Files(PipelineTest):
    def tool(self, line):
        result = self.run_tool(line)
        self.assertEqual((result.code, result.errors, result.warnings),
                         (0, [], []), result.log)
        return result

    @needs("jpegenc", "avimux", "avidemux", "jpegdec")
    def test_record_and_export(self):
        self.tool(RECORD)
        frames = Recording(self.path("run.bin").read_bytes()).frames
        self.assertEqual({(f.w, f.h, f.format) for f in frames},
                         {(321, 241, "RGB565")})
        self.tool(EXPORT)
        got = self.probe("filesrc location=run.avi ! avidemux ! jpegdec")
        self.assertEqual(len(got), 90)
        self.assertEqual({b.caps["framerate"] for b, _ in got}, {"30/1"})
        # JPEG is full-range: black and white are what they were.
        luma = collections.Counter(got[0][1][:321 * 241])
        self.assertGreater(sum(luma[v] for v in range(6)), 500)
        self.assertGreater(sum(luma[v] for v in range(250, 256)), 500)
        # Nothing is repeated or dropped: each picture is a new one.
        self.assertEqual(len({data for _, data in got}),
                         len({f.payload for f in frames}))

    def test_type(self):
        self.tool(RECORD)
        self.assertEqual(self.tool(TYPE).log.split(),
                         ["run.bin", "-", "video/x-omv-imgstr"])


@needs_plugin("omvring")
@needs("videotestsrc", "fdsrc")
class Ring(PipelineTest):
    def test_fire(self):
        process = subprocess.Popen(
            ["sh", "-c", RING.replace("gst-launch", "exec gst-launch")],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, env={**os.environ, "LC_ALL": "C.UTF-8",
                            "GST_DEBUG": "omvringsink:5",
                            "GST_DEBUG_NO_COLOR": "1"})
        timer = threading.Timer(TIMEOUT, process.kill)
        timer.start()
        for step in (process.stdout.close, process.wait, process.kill,
                     timer.cancel):
            self.addCleanup(step)

        # As the user would: once it runs, until there is a frame to save.
        lines = (line for line in process.stdout
                 if "New clock" in line or "trigger at" in line)
        for line in lines:
            if re.search("clip [1-9]", line):
                break
            subprocess.run(FIRE, shell=True, cwd=self.folder, check=True)
        process.send_signal(signal.SIGINT)
        said = process.stdout.read()
        self.assertEqual(process.wait(), 0, said)
        self.assertIn("label=(string)part-17", said)

        clip, = self.folder.glob("r-*.bin")
        self.assertIsNone(Recording(clip.read_bytes()).problem)
        notes = json.loads(pathlib.Path(f"{clip}.json").read_text())
        self.assertEqual(notes["label"], "part-17")
        self.assertGreaterEqual(int(notes["user"]["trigger-frame"]), 0)


@needs("jpegenc", "jpegdec", "tcpserversink", "tcpclientsrc")
class Network(PipelineTest):
    """Whoever comes late still gets whole frames, and the header first."""

    def setUp(self):
        super().setUp()
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.port = str(server.getsockname()[1])
        self.server = self.start(SERVE)

    def start(self, line, log=subprocess.DEVNULL):
        """A process that runs until the test is over, or TIMEOUT."""
        process = subprocess.Popen(
            line.replace("5000", self.port).split(), cwd=self.folder,
            stdout=log, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "LC_ALL": "C.UTF-8"})
        timer = threading.Timer(TIMEOUT, process.kill)
        timer.start()
        for step in process.wait, process.kill, timer.cancel:
            self.addCleanup(step)
        return process

    def connect(self):
        """A connection as soon as the server listens."""
        # GLib and Python do not agree on which of them localhost is.
        for host in itertools.cycle(("127.0.0.1", "::1")):
            try:
                return socket.create_connection((host, self.port), TIMEOUT)
            except OSError:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.server.wait(0.02)
                    self.fail("the server ended")

    def received(self, count):
        """Connects and stays until there are so many frames."""
        data = b""
        with self.connect() as client:
            while len(data) < 16 or len(Recording(data).frames) < count:
                more = client.recv(65536)
                self.assertTrue(more, "the server ended")
                data += more
        return Recording(data).frames[:count]

    def test_late_readers_are_frame_aligned(self):
        for _ in range(3):
            for f in self.received(4):
                self.assertEqual((f.w, f.h, f.format), (320, 240, "JPEG"))
                self.assertTrue(f.payload.startswith(b"\xff\xd8")
                                and f.payload.endswith(b"\xff\xd9"))

    def test_late_process(self):
        self.received(5)
        self.works(WATCH.removeprefix("gst-launch-1.0 ")
                   .replace("5000", self.port) + " num-buffers=10")

    def test_the_line_as_it_stands(self):
        self.received(2)
        watcher = self.start(WATCH, subprocess.PIPE)
        with watcher.stdout as log:
            # It has a picture when it is done with PREROLLING.
            said = list(itertools.takewhile(
                lambda line: "PREROLLED" not in line, log))
            self.assertIsNone(watcher.poll(), said)
            watcher.send_signal(signal.SIGINT)
            said += log.readlines()
        self.assertNotIn("ERROR", "".join(said))
        self.assertIn("Setting pipeline to NULL ...\n", said)


if __name__ == "__main__":
    main()
