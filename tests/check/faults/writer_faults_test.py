# SPDX-License-Identifier: LGPL-2.1-or-later
"""GstOmvWriter, the muxer and the ring's dumps on a disk on which each call of
the system fails in turn.

The guarantees: an error that is said; the file is a row of whole frames from the
first one on, of which none that was announced is missing; a disk on which there
is room again is used on.
"""

import errno
import re

from faults import LAUNCH, LONG, SOURCE, WRITER, FaultTest, errno_name, \
    is_moving, is_writing, main
from omvimg import Recording
from written import announced, ends, ideal

N_FRAMES = 40
MUX = f"{SOURCE} ! omvstrmux sync-interval=200000000"


def kinds_for(call, number):
    """The faults to try at a call; in a short run one of them."""
    kinds = [errno.EIO, errno.ENOSPC, errno.EINTR]
    if is_writing(call):
        kinds += ["full", "short"]
    kinds += [f"dead {errno.EIO}"]
    return kinds if LONG else [kinds[number % len(kinds)]]


class WriterFaults(FaultTest):
    """The object."""

    def fail_each(self, files, mode):
        arguments = (WRITER, self.path("a.bin"), mode, N_FRAMES, 5, 11)
        self.fill(files)
        good = self.run_in(arguments)
        self.assertEqual(good.code, 0, good.out)
        self.assertEqual(self.content(), {"a.bin": ideal(N_FRAMES)})
        for number, call in enumerate(good.calls, 1):
            for kind in kinds_for(call, number):
                with self.subTest(call=f"{number} {call.name}", mode=mode,
                                  kind=errno_name(kind)):
                    self.fill(files)
                    run = self.run_in(arguments, at=number, what=kind)
                    self.check(files, run, call, kind)

    def check(self, files, run, call, kind):
        self.assertIn(run.code, (0, 1), run.err)
        self.assertEqual(run.code == 1, "failed " in run.out, run.out)
        now = self.content()
        if run.code == 1 and "opened" not in run.out:
            if files or not str(kind).startswith("dead"):
                self.assertEqual(now, files)
            return
        data = now["a.bin"]
        self.assertEqual(list(now), ["a.bin"])
        self.assertTrue(ideal(N_FRAMES).startswith(data))
        n_frames = announced(run.out, "flushed", "synced", "closed")
        self.assertGreaterEqual(len(data), ends(N_FRAMES)[n_frames])
        if not isinstance(kind, str):
            # one fault costs no frame: what was refused is tried again, and
            # what could not be written is written later
            self.assertEqual(data, ideal(N_FRAMES))
        if not str(kind).startswith("dead"):
            self.assertIn(len(data), ends(N_FRAMES))
        if kind in (errno.EINTR, "short") and is_moving(call):
            self.assertEqual(run.code, 0, run.out)

    def test_create(self):
        self.fail_each({}, "create")

    def test_replace(self):
        """Where opening fails, what was there is there."""
        self.fail_each({"a.bin": ideal(3)}, "replace")

    def test_append(self):
        """To a whole file, and to one with a torn end."""
        self.fail_each({"a.bin": ideal(20)}, "append")
        self.fail_each({"a.bin": ideal(20)[:-50]}, "append")


class Pipelines(FaultTest):
    """What goes through pipelines of gst-launch-1.0."""

    def launch(self, line, **more):
        return self.run_in([*LAUNCH, *line.split()], **more)

    def fail_each(self, line, check, counted="", left_out=()):
        """Runs a pipeline once for each call; a short run takes some calls."""
        self.fill({})
        good = self.launch(line, counted=counted)
        self.assertEqual(good.code, 0, good.err)
        after = self.content()
        step = 1 if LONG else max(1, len(good.calls) // 6)
        for number in range(1, len(good.calls) + 1, step):
            call = good.calls[number - 1]
            for kind in kinds_for(call, number // step):
                if kind in left_out:
                    continue
                with self.subTest(call=f"{number} {call.name} {call.path}",
                                  line=line, kind=errno_name(kind)):
                    self.fill({})
                    run = self.launch(line, at=number, what=kind,
                                      counted=counted)
                    # 255: it could not even start
                    self.assertIn(run.code, (0, 1, 255), run.err)
                    if run.code != 0:
                        self.assertIn("ERROR: ", run.err + run.out)
                    check(after, run, str(kind).startswith("dead"))

    def check_recording(self, after, run, _):
        """What is there is the beginning."""
        now = self.content().get("a.bin", b"")
        self.assertTrue(after["a.bin"].startswith(now))
        if run.code == 0:
            self.assertEqual(now, after["a.bin"])

    def test_mux(self):
        """filesink does not look at what close() says. When a list of buffers
        was written in part it begins anew (1.22), unless the disk is full."""
        for mode in "default", "full", "line", "unbuffered":
            self.fail_each(f"{MUX} ! filesink buffer-mode={mode}"
                           f" location={self.path('a.bin')}",
                           self.check_recording, left_out=["short"],
                           counted="create,write,fsync,lseek")

    def check_dump(self, after, run, is_dead):
        """A clip that has its name is whole; what could be written of another
        one stays, under its name for the meantime; both are said."""
        now = self.content()
        message = re.search(r"omv-ring-dump, .*", run.out)
        # the sink did not start
        if message is None:
            self.assertNotEqual(run.code, 0)
            return
        failed = "error=" in message[0]
        whole = Recording(after["a.bin"]).frames
        self.assertLessEqual(
            set(now), {"a.bin", "a.bin.part", "a.bin.json"}
            | ({"a.bin.json.part"} if is_dead else set()))
        self.assertEqual(now.get("a.bin", after["a.bin"]), after["a.bin"])
        part = now.get("a.bin.part", b"")
        frames = Recording(part).frames if len(part) >= 16 else []
        self.assertEqual([f.payload for f in frames],
                         [f.payload for f in whole[:len(frames)]])
        if not failed:
            self.assertEqual(set(now), set(after))
            self.assertEqual(run.code, 0)

    def test_dump(self):
        self.fail_each(f"{SOURCE} ! omvringsink slots=20 dump-on-eos=true"
                       f" location={self.path('a.bin')}", self.check_dump)


if __name__ == "__main__":
    main()
