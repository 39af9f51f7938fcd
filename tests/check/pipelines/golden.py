# SPDX-License-Identifier: LGPL-2.1-or-later
"""The camera's own recordings and what its code reads from them.

OMV_GOLDEN_DIR names their folder, by default tests/files/golden. Which of
them a test is for is computed from the JSON beside each, never listed.
"""

import json
import os
import pathlib
from typing import NamedTuple

FOLDER = pathlib.Path(os.environ.get("OMV_GOLDEN_DIR") or
                      pathlib.Path(__file__).parents[2] / "files" / "golden")

# Where all takes several times as long, tests are to be content with less.
SLOW = bool(os.environ.get("OMV_TEST_SLOW"))


class GoldenFrame(NamedTuple):
    """A frame as the camera's code reads it; index counts ARGB8 frames too."""
    index: int
    interval: int
    time_ns: int
    w: int
    h: int
    format: str
    offset: int
    size: int
    size_word: int
    sha256: str


class Golden:
    """One recording and its list of frames."""

    def __init__(self, path):
        info = json.loads(path.read_text())
        self.path = path.with_name(info["file"])
        self.name = self.path.stem
        self.data = self.path.read_bytes()
        self.good = info["kind"] == "good"
        self.error = info["error"]
        version = info["version"]
        self.version = version and f"{version // 10}.{version % 10}"
        self.frames = [
            GoldenFrame(j["index"], j[info["unit"]], j["time_ns"], j["w"],
                        j["h"], j["format"], j["offset"], j["size"],
                        j["size_field"], j["sha256"])
            for j in info["frames"]]
        # ARGB8 frames are headers without a picture.
        self.pictures = [j for j in self.frames if j.format != "ARGB8"]

    @property
    def clean_size_words(self):
        """Whether size words mean what they should (version 1 has none)."""
        return (self.version or "").startswith("1") or all(
            j.size_word == (j.size if j.format in ("JPEG", "PNG") else 0)
            for j in self.frames)


def all_files():
    """Every golden file, by name."""
    files = [Golden(path) for path in sorted(FOLDER.glob("*.json"))]
    if not files:
        raise FileNotFoundError(f"no golden files in {FOLDER}")
    return files


def good():
    """What the camera wrote as it should; if all is slow, a third of it."""
    return [g for g in all_files() if g.good][::3 if SLOW else 1]


def find(name):
    """The one of this name."""
    return Golden(FOLDER / (name + ".json"))
