# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is installed, as meson installs it: the tool runs, desktops get theirs.

The Debian package and scripts/install --user are made of the same files.
"""

import configparser
import importlib.util
import json
import os
import pathlib
import shutil
import site
import subprocess
import sys
import unittest
import xml.etree.ElementTree

import golden
from tool import ToolTest, main

BUILD = os.environ["OMV_BUILD_DIR"]
SOURCES = pathlib.Path(__file__).parents[3] / "python/omv"
HAS_MODULES = (importlib.util.find_spec("gi") is not None
               and importlib.util.find_spec("numpy") is not None)
MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"


class Installed(ToolTest):
    @classmethod
    def setUpClass(cls):
        cls.meson = shutil.which("meson")
        if cls.meson is None:
            raise unittest.SkipTest("no meson")

    def setUp(self):
        super().setUp()
        self.root = self.path("root")
        subprocess.run([self.meson, "install", "-C", BUILD, "--no-rebuild",
                        "--quiet", "--destdir", self.root],
                       check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, timeout=50)

    def find(self, pattern):
        """The one file of this name."""
        found = [path for path in self.root.rglob(pattern)
                 if not path.is_symlink()]
        self.assertEqual(len(found), 1, pattern)
        return found[0]

    def test_all(self):
        tool = self.find("bin/omvstr")
        library = self.find("libgstomv-1.0.so.*")
        path = golden.find("v20_jpeg").path
        done = subprocess.run(
            [tool, "info", "--json", path], check=True, capture_output=True,
            env={**os.environ, "LD_LIBRARY_PATH": str(library.parent)},
            timeout=30)
        self.assertEqual(json.loads(done.stdout)["frames"],
                         len(golden.find("v20_jpeg").frames))
        self.check_desktop(tool)
        self.check_plugins()
        self.check_python(tool.parents[1], library.parent)

    def check_desktop(self, tool):
        """The desktop entry starts the tool for the type that is declared."""
        entry = configparser.ConfigParser(interpolation=None)
        entry.read(self.find("share/applications/omvstr.desktop"))
        entry = entry["Desktop Entry"]
        self.assertEqual(entry["Exec"].split()[0], tool.name)
        self.assertIn("%f", entry["Exec"])

        mime = xml.etree.ElementTree.parse(
            self.find("share/mime/packages/gst-omv.xml")).getroot()
        kind = mime.find(MIME + "mime-type")
        self.assertEqual(entry["MimeType"], kind.get("type") + ";")
        magic = kind.find(f"{MIME}magic/{MIME}match").get("value")
        for g in golden.good():
            self.assertTrue(g.data.startswith(magic.encode()))

    def check_plugins(self):
        """GStreamer looks in one folder."""
        plugins = {path.parent for path in self.root.rglob("libgstomv*.so")
                   if path.name != "libgstomv-1.0.so"}
        self.assertLessEqual(len(plugins), 1)

    def check_python(self, prefix, library):
        """The package is whole, and where Python looks for it."""
        if not list(self.root.rglob("GstOmv-1.0.typelib")):
            return
        package = self.find("omv/__init__.py").parent
        self.assertEqual(*(
            {path.relative_to(folder) for path in folder.rglob("*.py")}
            for folder in (package, SOURCES)))
        prefix, place = ("/" / path.relative_to(self.root)
                         for path in (prefix, package.parent))
        if str(prefix) in ("/usr", "/usr/local", site.getuserbase()):
            self.assertIn(str(place), [*site.getsitepackages(),
                                       site.getusersitepackages()])
        if HAS_MODULES:
            subprocess.run(
                [sys.executable, "-c", "import omv.image, omv.stores"],
                check=True, timeout=30, env={
                    **os.environ, "PYTHONPATH": str(package.parent),
                    "LD_LIBRARY_PATH": str(library), "GI_TYPELIB_PATH": str(
                        self.find("GstOmv-1.0.typelib").parent)})

    @unittest.skipUnless(HAS_MODULES, "missing: python3-gi, python3-numpy")
    def test_devenv(self):
        """What is not installed is found in a shell of meson."""
        if not list(self.root.rglob("GstOmv-1.0.typelib")):
            self.skipTest("built without introspection")
        environ = {name: value for name, value in os.environ.items()
                   if name not in ("PYTHONPATH", "GI_TYPELIB_PATH",
                                   "LD_LIBRARY_PATH")}
        subprocess.run(
            [self.meson, "devenv", "-C", BUILD, sys.executable, "-c",
             "import omv.image"], check=True, timeout=30, env=environ)


if __name__ == "__main__":
    main()
