# SPDX-License-Identifier: LGPL-2.1-or-later
"""A command of omvstr, of whose calls of the system each fails in turn.

The guarantees: one sentence and exit code 1, or a result that is whole; what was
there before stays; nothing is left behind; what is harmless harms nothing.
"""

import errno
import re

from faults import LONG, FaultTest, errno_name, is_moving, is_writing
from golden import SLOW
from omvimg import Writer, noise

MARK = re.compile(rb',\n  "first-frame" : "[^"]+"')
# Frames that are copied by the system, read ahead, or one by one.
SIZES = ((320, 240), (16, 12), (40, 30), (500, 400))


def recording(n_frames=12, version="2.0", seed=0, sizes=SIZES):
    """Frames that are all different, in changing sizes."""
    writer = Writer(version)
    for n in range(n_frames):
        w, h = sizes[n % len(sizes)]
        writer.frame(40, w, h, "GRAYSCALE", noise(w * h, 100 * seed + n))
    return bytes(writer.data)


def kinds_for(call, number):
    """The faults to try at a call; in a short run one or two of them."""
    errors = [errno.EIO]
    if call.name in ("write", "create", "copy_file_range", "ftruncate"):
        errors += [errno.ENOSPC, errno.EDQUOT]
    if call.name == "copy_file_range":
        errors += [errno.EXDEV, errno.EOPNOTSUPP, errno.EINVAL]
    if call.name in ("open", "create", "rename", "unlink"):
        errors += [errno.EACCES]
    if call.name in ("open", "create"):
        errors += [errno.EMFILE]
    kinds = [*errors, errno.EINTR, f"dead {errno.EIO}"]
    if is_moving(call):
        kinds += ["short"]
    if is_writing(call):
        kinds += ["full"]
    return kinds if LONG else [kinds[number % len(kinds)]]


def is_stdio(call):
    """Whether the file is written by stdio, which gives up when a signal comes
    in between."""
    return call.path.endswith((".png.part", ".jpg.part"))


class EachCall(FaultTest):
    """Each call of a command."""

    # What a result may say of what it could not read, and be a success.
    owns_up = None

    def fail_each(self, files, *arguments, code=0, ignored=(), step=1,
                  counted="", left_out=()):
        """Runs a command once as it should be, then once for each call and
        fault; in a short run, for each step-th call, or a fifth of those.
        code: how it should end. ignored: output files that a success may lack,
        if it says so. counted: the calls, if not all. left_out: faults that are
        not tried."""
        self.fill(files)
        good = self.run_tool(*arguments, counted=counted)
        self.assertEqual(good.code, code, good.err)
        after = self.content()
        self.assertGreater(len(good.calls), 0)
        for number, call in enumerate(good.calls, 1):
            if not LONG and number % (5 * step if SLOW else step):
                continue
            for kind in kinds_for(call, number):
                if kind in left_out:
                    continue
                with self.subTest(call=f"{number} {call.name} {call.path}",
                                  kind=errno_name(kind)):
                    self.fill(files)
                    run = self.run_tool(*arguments, at=number, what=kind,
                                        counted=counted)
                    # with two threads it may be another one now
                    if number <= len(run.calls):
                        call = run.calls[number - 1]
                    self.check(files, good, after, run, call, kind, ignored)

    def check(self, files, good, after, run, call, kind, ignored):
        # what is wrong with the input stays wrong
        self.assertIn(run.code, (good.code, 1), run.err)
        for line in run.err.splitlines():
            self.assertRegex(line, r"\Aomvstr: [^\n]+[.]\Z")
        now = self.content()
        self.check_files(files, self.wanted(after, run), now, call, kind,
                         ignored)
        if kind == "short" and is_moving(call) or kind == errno.EINTR \
                and is_moving(call) and not is_stdio(call):
            self.assertEqual(run.code, good.code, run.err)
        if run.code == 0:
            wanted = self.wanted(after, run)
            lacking = {name for name in after if name not in now
                       or not self.is_same(name, now[name], wanted[name])}
            self.assertLessEqual(lacking, set(ignored))
            if self.owns_up is None or self.owns_up not in run.out:
                self.assertEqual(run.out, good.out)
            if lacking:
                self.assertIn("omvstr: ", run.err)
        else:
            said = run.err.splitlines() or run.out.splitlines()
            self.assertGreaterEqual(len(said), 1)
            if good.code == 0 and good.out:
                self.assertNotEqual(run.out, good.out)

    def is_same(self, name, got, wanted):
        """Whether a file holds what it should."""
        return got == wanted

    def wanted(self, after, run):
        """What should be there. If it is said, metadata lacks its mark."""
        if "does not say which recording it belongs to" not in run.err:
            return after
        return {name: MARK.sub(b"", data) if name.endswith(".json") else data
                for name, data in after.items()}

    def check_files(self, files, after, now, call, kind, ignored):
        """Each file is as it was, or as it should be, or not there."""
        may_stay = call.name == "unlink" or str(kind).startswith("dead")
        for name, data in now.items():
            if name in files or name in after:
                self.assertTrue(data == files.get(name) or name in after and
                                self.is_same(name, data, after[name]), name)
            elif not may_stay:
                self.fail(f"{name} is left, of {len(data)} bytes")
        for name in files:
            self.assertTrue(name in now or name not in after
                            or name in ignored, name)
