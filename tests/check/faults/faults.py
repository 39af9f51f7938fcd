# SPDX-License-Identifier: LGPL-2.1-or-later
"""A folder whose calls fail, or at which the power goes, and who works in it.

faultshim.c does it, a library that is loaded before the program; OMV_FAULT_SHIM
names it. What is read here is read by omvimg.py, which shares nothing with the
library that is tested.
"""

import errno
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import unittest
from typing import NamedTuple

from testmain import main  # noqa: F401  (each test ends in it)

SHIM = os.environ["OMV_FAULT_SHIM"]
TOOL = os.environ["OMVSTR"]
WRITER = os.environ["OMV_FAULT_WRITER"]
LAUNCH = ("gst-launch-1.0", "-m")
SOURCE = ("videotestsrc num-buffers=30 pattern=snow ! video/x-raw,"
          "format=GRAY8,width=160,height=120,framerate=25/1")
# Many times more of everything: scripts/torture.
LONG = bool(os.environ.get("OMV_TEST_LONG"))
TIMEOUT = 60
# What no program may say, whatever fails.
WRONG = re.compile(r"CRITICAL|WARNING \*\*|Sanitizer|runtime error|assert")


class Call(NamedTuple):
    """A call of the system on a file of the folder."""
    name: str
    path: str
    size: int


class Run(NamedTuple):
    """How a run ended, what it printed, and what it did to the folder."""
    code: int
    out: str
    err: str
    calls: list
    done: list      # (what, path, size or other path)

    @property
    def was_killed(self):
        return self.code == -signal.SIGKILL


def parse_log(text):
    """The calls of a log, and what was done by those that change the disk."""
    calls, done = [], []
    for line in text.splitlines():
        words = line.split()
        if words[0] == "done":
            done.append((words[1], os.path.normpath(words[2]), words[3]))
        else:
            calls.append(Call(words[1], words[2], int(words[3])))
    return calls, done


def is_writing(call):
    return call.name in ("write", "copy_file_range")


def is_moving(call):
    """Whether bytes pass, so that fewer can."""
    return is_writing(call) or call.name == "read"


class FaultTest(unittest.TestCase):
    """A test with a folder of its own, in which calls are counted."""

    def setUp(self):
        for name in "folder", "aside":
            folder = tempfile.TemporaryDirectory(prefix="omv-faults-")
            self.addCleanup(folder.cleanup)
            setattr(self, name, pathlib.Path(folder.name).resolve())

    def path(self, name):
        return self.folder / name

    def fill(self, files):
        """Makes the folder hold these files, {name: bytes}, and no others."""
        for name in self.content():
            if name not in files:
                self.path(name).unlink()
        for name, data in files.items():
            self.path(name).parent.mkdir(exist_ok=True)
            self.path(name).write_bytes(data)

    def content(self):
        """All files of the folder, and of folders in it, {name: bytes}."""
        return {str(path.relative_to(self.folder)): path.read_bytes()
                for path in self.folder.rglob("*") if path.is_file()}

    def run_in(self, arguments, at=0, what="", counted="", victim="",
               stdin=b""):
        """Runs a program to its end. at: the number of the call that is meant;
        what: the fault, an errno or a word, see faultshim.c."""
        log = self.aside / "log"
        log.unlink(missing_ok=True)
        loaded = os.environ.get("LD_PRELOAD", "")
        sanitizer = os.environ.get("ASAN_OPTIONS", "")
        environment = {
            **os.environ, "LC_ALL": "C.UTF-8", "GST_DEBUG": "",
            "LD_PRELOAD": f"{loaded}:{SHIM}".strip(":"),
            "ASAN_OPTIONS": f"{sanitizer}:verify_asan_link_order=0".strip(":"),
            "FAULT_FOLDER": str(self.folder), "FAULT_LOG": str(log),
            "FAULT_AT": str(at), "FAULT_WHAT": str(what),
            "FAULT_CALLS": counted,
            "FAULT_VICTIM": str(self.path(victim)) if victim else ""}
        # not subprocess.run(): a killed program's pipes may live on
        with subprocess.Popen(
                [*map(str, arguments)], cwd=self.folder, env=environment,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE) as process:
            try:
                out, err = process.communicate(stdin, TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                self.fail(f"hangs: {arguments} at call {at}: {what}")
        calls, done = parse_log(log.read_text() if log.exists() else "")
        run = Run(process.returncode, out.decode(errors="replace"),
                  err.decode(errors="replace"), calls, done)
        self.assertIsNone(WRONG.search(run.err), run.err)
        return run

    def run_tool(self, *arguments, **more):
        return self.run_in([TOOL, *arguments], **more)

    def works(self, *arguments):
        """A run of the tool in which nothing fails."""
        run = self.run_tool(*arguments)
        self.assertEqual(run.code, 0, f"{arguments}: {run.err}")
        return run


def errno_name(what):
    return errno.errorcode.get(what, what) if isinstance(what, int) else what
