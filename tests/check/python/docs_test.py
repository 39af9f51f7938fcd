# SPDX-License-Identifier: LGPL-2.1-or-later
"""The examples of docs/python.md and docs/imageio.md work as they stand.

Those of a page are run one after the other by one interpreter, in a folder that
has what the page says.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

try:
    import gi  # noqa: F401
    import imageio
    import numpy as np
except ImportError as missing:
    print(f"skipped, {missing} (python3-gi, python3-numpy, python3-imageio)")
    sys.exit(77)

import omv  # noqa: F401
from omv.image import ImageIO

DOCS = pathlib.Path(__file__).parents[3] / "docs"


def get_examples(page):
    """The page's blocks of Python, each at the line where the page has it."""
    program, lines = "", 0
    text = (DOCS / page).read_text(encoding="utf-8")
    for block in re.finditer(r"^```python\n(.*?)^```$", text, re.M | re.S):
        first = text.count("\n", 0, block.start(1))
        program += "\n" * (first - lines) + block[1]
        lines = first + block[1].count("\n")
    return program


class DocumentsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def record(self, count, interval, lead):
        gray = np.add.outer(np.arange(240), np.arange(320)).astype(np.uint8)
        with ImageIO(self.path("run.bin"), "w") as stream:
            for i in range(count):
                stream.write(gray + np.uint8(i),
                             interval=interval if i else lead)

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_page(self, page):
        program = get_examples(page)
        done = subprocess.run([sys.executable, "-c", program], text=True,
                              capture_output=True, cwd=self.folder,
                              timeout=40, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    @unittest.skipIf(hasattr(imageio, "v3"), "the page is on Debian's imageio")
    def test_python(self):
        self.record(100, 0.04, 2)
        printed = self.run_page("python.md")
        self.assertEqual(len(printed.splitlines()), 1 + 100 + 1 + 100)
        for name, pixformat, frame_time in (("gray", "GRAYSCALE", 0.02),
                                            ("small", "JPEG", 0.04),
                                            ("copy", "GRAYSCALE", 0.04)):
            with imageio.get_reader(self.path(name + ".bin")) as reader:
                meta = [reader.get_meta_data(i) for i in range(len(reader))]
                self.assertEqual(len(meta), 100)
                self.assertEqual(meta[7]["pixformat"], pixformat)
                self.assertAlmostEqual(meta[7]["interval"], frame_time)
        with imageio.get_reader(self.path("copy.bin")) as reader:
            self.assertEqual(reader.get_meta_data(0)["time"], 2)
            self.assertEqual(reader.get_meta_data()["metadata"],
                             {"user": {"mouse": "M7"}})

    def test_imageio(self):
        self.record(3, 0.01, 0.01)
        printed = self.run_page("imageio.md")
        self.assertEqual(len(printed.splitlines()), 3)


if __name__ == "__main__":
    unittest.main()
