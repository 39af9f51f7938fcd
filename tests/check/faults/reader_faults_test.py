# SPDX-License-Identifier: LGPL-2.1-or-later
"""The reader, the demuxer and the sources of recordings on a disk on which each call
of the system fails in turn, and behind a recording that loses its end.

The guarantees: what comes out is the beginning of the recording; where it is not
all of it there is an error, or a warning of a torn end; sidecars harm nothing.
"""

import errno
import os

from faults import LONG, FaultTest, errno_name, main
from omvimg import Writer, noise

READER = os.environ["OMV_FAULT_READER"]
PLAYER = os.environ["OMV_FAULT_PLAYER"]
N_FRAMES = 60
LINES = b'{"frame": 3, "boxes": []}\n'
METADATA = b'{\n  "label" : "part 17"\n}\n'


def recording(seed):
    """Frames that are all different, in two sizes."""
    writer = Writer("2.0")
    for n in range(N_FRAMES):
        w, h = ((160, 120), (40, 30))[n // 20 % 2]
        writer.frame(40, w, h, "GRAYSCALE", noise(w * h, 1000 * seed + n))
    return bytes(writer.data)


def kinds_for(call, number):
    """The faults to try at a call; in a short run one of them."""
    kinds = [errno.EIO, f"dead {errno.EIO}", errno.EINTR]
    if call.name == "read":
        kinds += ["short"]
    if call.name == "open":
        kinds += [errno.EMFILE]
    kinds += ["shrink"]
    return kinds if LONG else [kinds[number % len(kinds)]]


class ReaderFaults(FaultTest):
    """The reader of the library, in each way that there is to read."""

    def fail_each(self, way):
        """Runs the program once for each call and fault."""
        data = recording(0)
        half = data[:len(data) // 2]
        self.fill({"a.bin": half})
        short = self.run_in([READER, self.path("a.bin"), way])
        self.fill({"a.bin": data})
        good = self.run_in([READER, self.path("a.bin"), way])
        self.assertEqual((good.code, len(good.out.splitlines())),
                         (0, N_FRAMES))
        self.assertEqual(short.out.splitlines()[-1], "torn")
        # torn afterwards, or before
        counts = {N_FRAMES, N_FRAMES + 1, len(short.out.splitlines())}
        step = 1 if LONG else 7
        for number in range(1, len(good.calls) + 1, step):
            call = good.calls[number - 1]
            for kind in {"shrink", *kinds_for(call, number)}:
                with self.subTest(call=f"{number} {call.name}", way=way,
                                  kind=errno_name(kind)):
                    self.fill({"a.bin": data})
                    run = self.run_in([READER, self.path("a.bin"), way],
                                      at=number, what=kind, victim="a.bin")
                    self.check(run, good, short, kind)
                    if way in ("times", "walk") and run.code == 0:
                        # as it was at one moment
                        self.assertIn(run.out.count("\n"), counts)
                    if call.name == "read" and kind in ("short", errno.EINTR):
                        self.assertEqual(run.out, good.out)

    def check(self, run, good, short, kind):
        lines = run.out.splitlines()
        if run.code == 1:
            self.assertRegex(lines.pop(), r"\Afailed .+")
        elif lines[-1] == "torn":
            self.assertEqual(kind, "shrink")
            self.assertGreaterEqual(len(lines), len(short.out.splitlines()))
            lines.pop()
        else:
            self.assertEqual(run.out, good.out)
        self.assertLessEqual(set(lines), set(good.out.splitlines()))

    def test_frames(self):
        self.fail_each("frames")

    def test_numbers(self):
        self.fail_each("numbers")

    def test_times(self):
        self.fail_each("times")

    def test_walk(self):
        self.fail_each("walk")


class PipelineFaults(FaultTest):
    """Pipelines that read what is in the folder."""

    def launch(self, line, **more):
        """Returns a run, and the frames that came out, with their headers."""
        out = self.aside / "out"
        out.unlink(missing_ok=True)
        run = self.run_in([PLAYER, f"{line} ! filesink location={out}"], **more)
        return run, out.read_bytes() if out.exists() else b""

    def fail_each(self, files, line, victim="a.bin"):
        """Runs a pipeline once for each call; a short run takes some calls.
        victim: the recording that loses its end."""
        self.fill(files)
        good, whole = self.launch(line)
        self.assertEqual(good.code, 0, good.err)
        self.assertGreater(len(whole), N_FRAMES * 40 * 30)
        step = 1 if LONG else max(1, len(good.calls) // 12)
        for number in range(1, len(good.calls) + 1, step):
            call = good.calls[number - 1]
            for kind in kinds_for(call, number // step):
                with self.subTest(call=f"{number} {call.name} {call.path}",
                                  line=line, kind=errno_name(kind)):
                    self.fill(files)
                    run, out = self.launch(line, at=number, what=kind,
                                           victim=victim)
                    # with two threads it may be another one now
                    if number <= len(run.calls):
                        call = run.calls[number - 1]
                    self.check(run, out, whole, call, kind)
                    self.assertEqual(set(self.content()), set(files))

    def check(self, run, out, whole, call, kind):
        self.assertTrue(whole.startswith(out))
        self.assertIn(run.code, (0, 1), run.err)
        if run.code == 1:
            self.assertIn("error: ", run.out)
        elif out != whole:
            self.assertEqual(kind, "shrink")
            self.assertRegex(run.out, "(?m)^warning: ")
        if kind == "short" or (isinstance(kind, int)
                               and not call.path.endswith(".bin")):
            self.assertEqual(run.code, 0, run.out)
            self.assertEqual(out, whole)

    def inputs(self):
        """A recording with all that may lie beside it."""
        self.fill({"a.bin": recording(0)})
        self.works("index", "a.bin")
        return {**self.content(), "a.bin.json": METADATA, "a.bin.jsonl": LINES}

    def test_pull(self):
        self.fail_each(self.inputs(), f"filesrc location={self.path('a.bin')}"
                       " ! omvstrdemux output=frames")

    def test_push(self):
        self.fail_each(self.inputs(), f"filesrc location={self.path('a.bin')}"
                       " ! queue ! omvstrdemux output=frames")

    def test_folder(self):
        self.fail_each({**self.inputs(), "b.bin": recording(1)},
                       f"omvdirsrc location={self.folder}"
                       " ! omvstrdemux output=frames", victim="b.bin")


if __name__ == "__main__":
    main()
