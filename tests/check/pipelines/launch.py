# SPDX-License-Identifier: LGPL-2.1-or-later
"""Real gst-launch-1.0 processes and what can be learnt from their output.

The pipeline tests see the elements as a user does: from outside, on a command
line. A process that does not end in time is a failure, as is a warning
(G_DEBUG=fatal-warnings, set in meson.build, turns it into a signal). There is
no PyGObject here, so that nothing but GStreamer itself has to be installed.
"""

import functools
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from typing import NamedTuple

import testmain
from omvimg import Recording, Writer

TIMEOUT = 15
TOOLS = all(map(shutil.which, ("gst-launch-1.0", "gst-inspect-1.0")))
# Shows what is stored, frame by frame: never video/x-omv-frame.
NATIVE = "omvstrdemux output=native"
LOSSLESS = "omvstrmux offset-to-zero=false"

CAPS = {
    "BINARY": ("video/x-raw", "GRAY8"),
    "GRAYSCALE": ("video/x-raw", "GRAY8"),
    "RGB565": ("video/x-raw", "RGB16"),
    "YUV422": ("video/x-raw", "YUY2"),
    "YVU422": ("video/x-raw", "YVYU"),
    "BAYER_BGGR": ("video/x-bayer", "bggr"),
    "BAYER_GBRG": ("video/x-bayer", "gbrg"),
    "BAYER_GRBG": ("video/x-bayer", "grbg"),
    "BAYER_RGGB": ("video/x-bayer", "rggb"),
    "JPEG": ("image/jpeg", None),
    "PNG": ("image/png", None),
}


class Message(NamedTuple):
    """An error or a warning; text is the sentence, debug what follows it."""
    element: str
    text: str
    debug: str

    def __str__(self):
        return f"{self.element}: {self.text} [{self.debug}]"


class Buffer(NamedTuple):
    """A buffer that passed `identity name=probe silent=false`.

    caps: the fields as text, the media type as "type".
    """
    caps: dict
    size: int
    pts: int
    duration: int
    offset: int
    flags: str


class Result:
    """How a process ended, and what it said."""

    def __init__(self, code, log):
        self.code = code
        self.log = log
        self.errors = self._messages("ERROR")
        self.warnings = self._messages("WARNING")

    def _messages(self, kind):
        found = re.finditer(
            rf"^{kind}: from element (?:/\S+/)?(?:\w+:)?(\S+): (.*)\n"
            r"(?:Additional debug info:\n((?:(?!ERROR|WARNING|Setting|/Gst"
            r"|Exec|Got|Freeing|Pipeline|Redist|New clock).*\n)*))?",
            self.log, re.M)
        return [Message(m[1], m[2], (m[3] or "").strip()) for m in found]

    @property
    def buffers(self):
        """What passed the probe, in order, under its caps."""
        out, caps = [], {}
        for event, chain in re.findall(
                r"probe: last-message = (?:event .*GstEventCaps, "
                r"caps=\(GstCaps\)(.*);\)|chain .*? \((\d+ bytes.*meta:.*)\))",
                self.log):
            if event:
                event = re.sub(r"\(\w+\)", "", re.sub(r'[\\"]', "", event))
                caps = dict(field.split("=", 1) for field in
                            ("type=" + event).rstrip(";").split(", "))
            else:
                field = dict(re.findall(r"(\w+): *([^,]*),", chain + ","))
                out.append(Buffer(
                    caps, int(chain.split()[0]), nanoseconds(field["pts"]),
                    nanoseconds(field["duration"]), int(field["offset"]),
                    field["flags"]))
        return out


def nanoseconds(text):
    """1:02:03.000000004 as a number; None for "none"."""
    if text == "none":
        return None
    hours, minutes, rest = text.split(":")
    seconds, parts = rest.split(".")
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 10 ** 9 \
        + int(parts)


@functools.cache
def exists(element):
    """Whether GStreamer knows the element, of whatever version: it leaves out
    plugins that are older than itself unless told otherwise."""
    return TOOLS and subprocess.run(
        ["gst-inspect-1.0", "--exists", "--atleast-version=0.0.0", element],
        check=False).returncode == 0


def needs(*elements):
    """Skips a test, saying so, where elements of other people are missing."""
    ours = [name for name in elements if name.startswith("omv")]
    if ours:
        raise ValueError(f"{ours} would be skipped where they do not load: use "
                         "needs_plugin()")
    missing = [name for name in elements if not exists(name)]
    return unittest.skipIf(missing, "missing: " + ", ".join(missing))


def is_built(plugin):
    """Whether a plugin of ours was not left out of the build."""
    return plugin in os.environ["OMV_PLUGINS"].split()


def needs_plugin(plugin):
    """Skips a test where a plugin of ours was not built. If it was, it has to
    load."""
    return unittest.skipUnless(is_built(plugin), f"not built: {plugin}")


def default_stride(name, w):
    """Bytes per row as GStreamer lays it out unless told otherwise."""
    pixel = 2 if name in ("RGB565", "YUV422", "YVU422") else 1
    return (w * pixel + 3) // 4 * 4


def camera_payload(name, w, h, data):
    """GStreamer's default layout of a picture -> the camera's payload."""
    if name in ("JPEG", "PNG"):
        return data
    stride = default_stride(name, w)
    if len(data) != stride * h:
        raise AssertionError(f"{len(data)} bytes for {name} {w}x{h}")
    pixel = 2 if name in ("RGB565", "YUV422", "YVU422") else 1
    rows = [data[y * stride:y * stride + w * pixel] for y in range(h)]
    if name != "BINARY":
        return b"".join(rows)
    if set(b"".join(rows)) - {0, 255}:
        raise AssertionError("a 1-bit picture with shades of grey")
    return pack_bits(rows, w)


def pack_bits(rows, w):
    """Rows of grey bytes -> 1 bit per pixel; more than 127 is set."""
    words = (w + 31) // 32 * 4
    return b"".join(
        sum((grey > 127) << x for x, grey in enumerate(row))
        .to_bytes(words, "little") for row in rows)


def rewritten(frames, version="2.0"):
    """The recording that our muxer should make of another one's frames."""
    writer, before = Writer(version), 0
    for f in frames:
        if f.format != "ARGB8":
            time = (f.time_ns + 500_000) // 1_000_000
            writer.frame(time - before, f.w, f.h, f.format, f.payload)
            before = time
    return bytes(writer.data)


def output_of(process, stdin):
    """What the process says until its end; TimeoutExpired if there is none.

    An error right at the start can be lost on gst-launch-1.0 itself: it leaves
    its main loop before it has entered it (1.22, seen with avidemux as well),
    and then waits for an interrupt with everything else done.
    """
    deadline = time.monotonic() + TIMEOUT
    waits, interrupted = False, False
    while True:
        try:
            return process.communicate(stdin, 0.3)[0]
        except subprocess.TimeoutExpired as late:
            if time.monotonic() > deadline:
                raise
            if waits and not interrupted:
                process.send_signal(signal.SIGINT)
                interrupted = True
            waits = b"doesn't want to preroll" in (late.output or b"")
            stdin = None


class PipelineTest(unittest.TestCase):
    """A test with a folder of its own, in which processes run."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="omv-pipelines-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def path(self, name, data=None):
        """A file in the test's folder, with this content if given."""
        path = self.folder / name
        if data is not None:
            path.write_bytes(data)
        return path

    def run_tool(self, line, stdin=b"", env=None):
        """Runs a command line to its end."""
        with subprocess.Popen(
                shlex.split(line), cwd=self.folder, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                env={**os.environ, "LC_ALL": "C.UTF-8", "GST_DEBUG": "",
                     **(env or {})}) as process:
            try:
                log = output_of(process, stdin)
            except subprocess.TimeoutExpired as late:
                process.kill()
                self.fail(f"hangs: {line}\n{(late.output or b'').decode()}")
        return Result(process.returncode, log.decode(errors="replace"))

    def tool(self, line, **more):
        """Runs a command line that has to end well; skips if it is missing."""
        name = line.split()[0]
        if not shutil.which(name):
            self.skipTest("missing: " + name)
        result = self.run_tool(line, **more)
        self.assertEqual(result.code, 0, f"{line}\n{result.log}")
        return result

    def launch(self, line, **more):
        """Runs a pipeline, whatever comes of it."""
        return self.run_tool("gst-launch-1.0 " + line, **more)

    def works(self, line, warnings=0, **more):
        """Runs a pipeline that has to end well."""
        result = self.launch(line, **more)
        self.assertEqual(result.code, 0, f"{line}\n{result.log}")
        self.assertEqual(result.errors, [], line)
        if warnings is not None:
            self.assertEqual(len(result.warnings), warnings,
                             f"{line}\n{result.log}")
        return result

    def remux(self, data, demux=NATIVE, mux=LOSSLESS, **more):
        """Bytes -> demuxer -> muxer -> bytes."""
        source = self.path("in.bin", data)
        self.works(f"filesrc location={source} ! {demux} ! {mux}"
                   " ! filesink location=out.bin", **more)
        return self.path("out.bin").read_bytes()

    def probe(self, line, **more):
        """Runs `line ! …`: a list of (buffer, its bytes) of what came out."""
        result = self.works(
            f"-v {line} ! identity name=probe silent=false"
            " ! filesink location=out.raw", **more)
        data, out = self.path("out.raw").read_bytes(), []
        for buffer in result.buffers:
            out.append((buffer, data[:buffer.size]))
            data = data[buffer.size:]
        self.assertEqual(data, b"")
        return out

    def assert_shows(self, got, frames):
        """What probe() saw is these frames, by picture, time and caps."""
        self.assertEqual([b.pts for b, _ in got], [f.time_ns for f in frames])
        for (buffer, data), f in zip(got, frames):
            self.assertEqual(
                [buffer.caps.get(key) for key in
                 ("type", "format", "width", "height")],
                [*CAPS[f.format], str(f.w), str(f.h)])
            self.assertEqual(camera_payload(f.format, f.w, f.h, data),
                             f.payload, f"{f.format} {f.w}x{f.h}")

    def assert_same_recording(self, got, expected, context=None):
        """Equal bytes; if not, says which frame differs instead of a dump."""
        if got == expected:
            return
        ours, theirs = Recording(got), Recording(expected)
        self.assertEqual(ours.problem, theirs.problem, context)
        for n, (a, b) in enumerate(zip(ours.frames, theirs.frames)):
            self.assertEqual(a, b, f"frame {n}, {context}")
        self.fail(f"{len(ours.frames)} frames, {len(theirs.frames)} expected;"
                  f" {len(got)} bytes, {len(expected)} expected; {context}")


def main():
    """As testmain.main(); skips all where there is no GStreamer to launch."""
    if not TOOLS:
        print("skipped, gst-launch-1.0 is missing (gstreamer1.0-tools)")
        sys.exit(77)
    testmain.main()
