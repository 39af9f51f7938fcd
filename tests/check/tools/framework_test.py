# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is alike for all commands: help, usage errors, bad input, outputs.

Exit codes: 0 all went well, 1 something failed or is damaged, 2 the call made
no sense. Whatever goes wrong is one sentence on standard error, and no file is
left behind.
"""

import os
import pathlib
import re
import subprocess
import unittest

import golden
from tool import TOOL, ToolTest, main

COMMANDS = ("info", "list", "verify", "index", "extract", "sheet")
SOURCES = pathlib.Path(__file__).parents[3]


def call(command, path, out="out.png"):
    """A call of the command on a file, with what else it needs."""
    return {"extract": ("extract", path, "0", out),
            "sheet": ("sheet", path, out)}.get(command, (command, path))


class Help(ToolTest):
    def commands(self):
        return re.findall(r"^  ([a-z]+) {2,}[A-Z]",
                          self.works("--help").split("Commands:")[1], re.M)

    def test_lists_every_command(self):
        self.assertLessEqual(set(COMMANDS), set(self.commands()))

    def test_each_command_has_examples(self):
        for name in self.commands():
            text = self.works(name, "--help")
            self.assertEqual(text, self.works("help", name))
            self.assertIn(f"omvstr {name} [OPTION…]", text)
            examples = text.split("Examples:\n")[1].strip().splitlines()
            self.assertTrue(examples)
            for line in examples:
                self.assertTrue(line.strip().startswith("omvstr "))

    def test_version(self):
        self.assertRegex(self.works("--version"), r"^omvstr \d+\.\d+\.\d+ ")

    def test_no_argument(self):
        result = self.run_tool()
        self.assertEqual(result.code, 2)
        self.assertIn("Commands:", result.out)

    def test_man_page_and_completion_know_all(self):
        """Each command, and each of its options, is in both."""
        page = (SOURCES / "tools/omvstr.1").read_text().replace("\\-", "-")
        completion = (SOURCES / "tools/omvstr.bash").read_text()
        for name in self.commands():
            self.assertIn(name, completion)
            self.assertRegex(page, rf"(?m)^\.SS {name}\b")
            for option in re.findall(r"--[a-z-]+", self.works(name, "--help")):
                if option not in ("--help", "--version"):
                    self.assertIn(option, page)
                    self.assertIn(option, completion)


class Usage(ToolTest):
    def test_unknown(self):
        self.fails("inof", code=2, words=("inof", "did you mean", "info"))
        self.fails("frobnicate", code=2, words=("frobnicate",))
        self.fails("help", "inof", code=2, words=("info",))
        self.fails("--frobnicate", code=2, words=("--frobnicate",))

    def test_arguments(self):
        self.path("a.bin", golden.find("v20_jpeg").data)
        for arguments in (
                ("info",), ("list",), ("list", "a.bin", "a.bin"),
                ("sheet", "a.bin"), ("extract", "a.bin"),
                ("extract", "a.bin", "0", "o.png", "more"),
                ("extract", "--time", "1", "a.bin", "o.png", "more"),
                ("info", "--frobnicate", "a.bin"), ("info", "--csv", "a.bin"),
                ("info", "--force", "a.bin"), ("index", "--json", "a.bin"),
                ("list", "--csv", "--json", "a.bin"),
                ("extract", "a.bin", "-1"), ("extract", "a.bin", "1.5"),
                ("extract", "a.bin", "two"), ("extract", "a.bin", "0", "x"),
                ("extract", "a.bin", "0", "x.gif"),
                ("extract", "--time", "soon", "a.bin"),
                ("extract", "--time", "-1", "a.bin"),
                ("sheet", "--columns", "0", "a.bin", "o.png"),
                ("sheet", "--columns", "-3", "a.bin", "o.png"),
                ("sheet", "--columns", "many", "a.bin", "o.png"),
                ("sheet", "--frames", "0", "a.bin", "o.png"),
                ("sheet", "--frames", "99999", "a.bin", "o.png"),
                ("sheet", "--size", "0x5", "a.bin", "o.png"),
                ("sheet", "--size", "40000x5", "a.bin", "o.png")):
            with self.subTest(arguments):
                self.fails(*arguments, code=2, words=("--help",))

    def test_dashes(self):
        self.path("-x.bin", golden.find("v20_jpeg").data)
        self.assertIn("-x.bin", self.works("info", "--", "-x.bin"))
        self.fails("info", "--", "-y.bin", subject="-y.bin")


class BadInput(ToolTest):
    def each(self, data, *words):
        self.path("in.bin", data)
        for command in COMMANDS:
            with self.subTest(command):
                self.fails(*call(command, "in.bin"), subject="in.bin",
                           words=words)

    def test_no_recording(self):
        self.each(b"", "byte 0")
        self.each(b"OMV IMG STR V2", "byte 14")
        self.each(golden.find("bad_magic_riff").data, "not an OMV")
        self.each(golden.find("bad_version_30").data, "3.0")
        self.each(b"Dear diary,\n", "not an OMV")

    def test_no_file(self):
        self.path("folder").mkdir()
        for command in COMMANDS:
            self.fails(*call(command, "missing.bin"), subject="missing.bin",
                       words=("no such file",))
            self.fails(*call(command, "folder"), subject="folder",
                       words=("directory",))
            self.fails(*call(command, "/dev/null"), subject="/dev/null")
        self.fails("missing.bin", subject="missing.bin")
        self.fails("./folder", subject="./folder")

    @unittest.skipIf(os.geteuid() == 0, "root may read everything")
    def test_no_permission(self):
        self.path("in.bin", golden.find("v20_jpeg").data).chmod(0)
        for command in COMMANDS:
            self.fails(*call(command, "in.bin"), subject="in.bin",
                       words=("ermission",))

    def test_odd_names(self):
        """Names that are not UTF-8 are files like others."""
        name = b"caf\xe9 '\"\n.bin"
        with open(os.path.join(os.fsencode(self.folder), name), "wb") as file:
            file.write(golden.find("v20_jpeg").data)
        for arguments in (("info", "--json"), ("verify", "--json")):
            entry = self.json(*arguments, os.fsdecode(name))
            self.assertTrue(entry["file"].endswith(" '\"\n.bin"), entry)
        self.works(os.fsdecode(name))

    def test_output_that_cannot_be_written(self):
        """A full disk behind standard output is a failure."""
        if not os.path.exists("/dev/full"):
            self.skipTest("no /dev/full")
        self.path("in.bin", golden.find("v20_jpeg").data)
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [TOOL, "list", self.path("in.bin")], stdout=full,
                stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"cannot be written", done.stderr)


class Outputs(ToolTest):
    """Rules of every command that writes a file."""

    WRITERS = ("extract", "sheet")

    def setUp(self):
        super().setUp()
        self.path("in.png", golden.find("v20_rgb565").data)

    def test_exists(self):
        for command in self.WRITERS:
            self.path("out.png", b"precious")
            self.fails(*call(command, "in.png"), subject="out.png",
                       words=("--force",))
            self.assertEqual(self.path("out.png").read_bytes(), b"precious")
            self.works(*call(command, "in.png"), "--force")
            self.assertTrue(self.path("out.png").read_bytes()
                            .startswith(b"\x89PNG"))
            self.assertEqual(self.files(), ["in.png", "out.png"])
            self.path("out.png").unlink()

    def test_same_file(self):
        os.link(self.path("in.png"), self.path("hard.png"))
        os.symlink("in.png", self.path("soft.png"))
        data = self.path("in.png").read_bytes()
        for command in self.WRITERS:
            for out in "in.png", "./in.png", "hard.png", "soft.png":
                self.fails(*call(command, "in.png", out), "--force",
                           subject=out, words=("same file",))
        self.assertEqual(self.path("in.png").read_bytes(), data)

    def test_no_place(self):
        self.path("folder.png").mkdir()
        os.mkfifo(self.path("pipe.png"))
        for command in self.WRITERS:
            for out, word in (("folder.png", "directory"),
                              ("pipe.png", "regular"),
                              ("none/out.png", "directory")):
                self.fails(*call(command, "in.png", out), "--force",
                           subject=out, words=(word,))

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_no_permission(self):
        self.path("folder").mkdir(0o500)
        for command in self.WRITERS:
            self.fails(*call(command, "in.png", "folder/out.png"),
                       subject="folder/out.png", words=("ermission",))

    def test_part_of_somebody_else(self):
        """NAME.part that is there already is neither used nor removed."""
        self.path("out.png.part", b"half of something")
        for command in self.WRITERS:
            self.works(*call(command, "in.png"), "--force")
            self.assertEqual(self.files(),
                             ["in.png", "out.png", "out.png.part"])
        self.assertEqual(self.path("out.png.part").read_bytes(),
                         b"half of something")

    def test_nothing_left_after_failure(self):
        self.path("empty.bin", golden.find("v20_empty").data)
        self.path("argb.bin", golden.find("v20_argb8").data)
        for command in self.WRITERS:
            self.fails(*call(command, "empty.bin"), subject="empty.bin",
                       words=("no whole frame",))
        first = next(f for f in golden.find("v20_argb8").frames
                     if f.format == "ARGB8")
        self.fails("extract", "argb.bin", first.index, "out.png",
                   subject="argb.bin", words=("no pixels",))

    def test_quiet(self):
        for command in self.WRITERS:
            self.assertEqual(
                self.works(*call(command, "in.png"), "--force", "--quiet"), "")


if __name__ == "__main__":
    main()
