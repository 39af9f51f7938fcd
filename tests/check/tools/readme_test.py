# SPDX-License-Identifier: LGPL-2.1-or-later
"""The lines of README and man page that show the tool work as they stand."""

import pathlib
import re
import shlex

from omvimg import Writer, payload
from tool import ToolTest, main

SOURCES = pathlib.Path(__file__).parents[3]


class Documents(ToolTest):
    def setUp(self):
        super().setUp()
        writer = Writer()
        for n in range(90):
            writer.frame(33, 32, 24, "RGB565", payload("RGB565", 32, 24, n))
        self.path("run.bin", bytes(writer.data))

    def run_lines(self, text):
        lines = re.findall(r"^omvstr (.*[a-z]\S*)$", text, re.M)
        self.assertGreaterEqual(len(lines), 4)
        for line in lines:
            with self.subTest(line):
                words = shlex.split(line.split("|")[0])
                self.works(*(w.replace("*.bin", "run.bin") for w in words))

    def test_readme(self):
        self.run_lines((SOURCES / "README.md").read_text())

    def test_man_page(self):
        page = (SOURCES / "tools/omvstr.1").read_text().replace("\\-", "-")
        self.run_lines(page.split(".SH EXAMPLES")[1])


if __name__ == "__main__":
    main()
