# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the tool that was built as a user would, in a folder of the test's own.

OMVSTR names it. golden.py and omvimg.py are those of the pipeline tests.
"""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest
from typing import NamedTuple

from testmain import main  # noqa: F401  (each test ends in it)

TOOL = os.environ["OMVSTR"]
TIMEOUT = 30


class Result(NamedTuple):
    """How a run ended, and what it printed."""
    code: int
    out: str
    err: str


class ToolTest(unittest.TestCase):
    """A test with a folder of its own, in which the tool runs."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="omv-tools-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def path(self, name, data=None):
        """A file in the test's folder, with this content if given."""
        path = self.folder / name
        if data is not None:
            path.write_bytes(data)
        return path

    def files(self):
        """The names of all files in the test's folder."""
        return sorted(path.name for path in self.folder.iterdir())

    def run_tool(self, *arguments):
        """Runs the tool to its end, without a terminal."""
        done = subprocess.run(
            [TOOL, *map(str, arguments)], cwd=self.folder, check=False,
            stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT,
            env={**os.environ, "LC_ALL": "C.UTF-8"})
        return Result(done.returncode, done.stdout.decode(errors="replace"),
                      done.stderr.decode(errors="replace"))

    def works(self, *arguments):
        """What a run prints that has to end well, without a complaint."""
        result = self.run_tool(*arguments)
        self.assertEqual((result.code, result.err), (0, ""),
                         f"{arguments}: {result.out}")
        return result.out

    def assert_sentence(self, line, subject, *words):
        """One line, `omvstr: SUBJECT: sentence`, with these words."""
        self.assertRegex(line, r"\Aomvstr: [^\n]*[.]\n\Z")
        self.assertNotIn("(null)", line)
        if subject is not None:
            self.assertTrue(line.startswith(f"omvstr: {subject}: "), line)
        for word in words:
            self.assertIn(word, line)

    def fails(self, *arguments, subject=None, words=(), code=1):
        """The run ends in one sentence and prints no result."""
        before = self.files()
        result = self.run_tool(*arguments)
        self.assertEqual((result.code, result.out), (code, ""), result.err)
        self.assert_sentence(result.err, subject, *words)
        self.assertEqual(self.files(), before)
        return result

    def json(self, *arguments, code=0, number=float):
        """What a run prints as one JSON value, its fractions as number."""
        result = self.run_tool(*arguments)
        self.assertEqual(result.code, code, result.err)
        return json.loads(result.out, parse_float=number)
