# SPDX-License-Identifier: LGPL-2.1-or-later
"""The demuxer and the sources of recordings on a disk on which each call of the
system fails in turn, and behind a recording that loses its end.

The guarantees: what comes out is the beginning of the recording; where it is not
all of it there is an error, or a warning of a torn end; sidecars harm nothing.
"""

import errno
import os

from faults import LONG, FaultTest, errno_name, main
from omvimg import Writer, noise

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
