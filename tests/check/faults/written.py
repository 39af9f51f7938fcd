# SPDX-License-Identifier: LGPL-2.1-or-later
"""What faultwriter.c writes, and what a disk holds after a power cut."""

import functools
import os
import re

from omvimg import Recording, Writer

NUMBERS = re.compile(r"^(\w+) (\d+)$", re.M)


@functools.cache
def ideal(n_frames):
    """The recording of so many frames."""
    writer = Writer()
    for number in range(n_frames):
        w, h = {3: (200, 150), 6: (400, 300)}.get(number % 8, (16, 12))
        pattern = bytes((number * 7 + i * 13) % 256 for i in range(256))
        payload = (pattern * (w * h // 256 + 1))[:w * h]
        writer.frame(40 if number else 0, w, h, "GRAYSCALE", payload)
    return bytes(writer.data)


@functools.cache
def ends(n_frames):
    """Where its frames end: ends()[n] is the end of the first n frames."""
    frames = Recording(ideal(n_frames)).frames
    return [16, *(f.offset for f in frames[1:]), len(ideal(n_frames))]


def announced(out, *what):
    """The most frames that a program said are so."""
    return max([int(number) for word, number in NUMBERS.findall(out)
                if word in what], default=0)


class Disk:
    """What was brought to the disk, by a log of faultshim.c: what is left when
    the page cache is lost. sizes: of files that were on the disk before."""

    def __init__(self, done, sizes=None):
        self.synced = {str(path): size for path, size in (sizes or {}).items()}
        self.named = dict.fromkeys(self.synced, True)
        for what, path, more in done:
            if what == "create":
                self.named[path] = False
            elif what == "rename":
                self.synced[more] = self.synced.pop(path, 0)
                self.named[more] = False
            elif what == "ftruncate":
                # of bytes that are written again nothing is known
                self.synced[path] = min(self.synced.get(path, 0), int(more))
            else:
                self.synced[path] = int(more)
                for name in self.named:
                    if os.path.dirname(name) == path:
                        self.named[name] = True

    def has_name(self, path):
        """Whether the file's name is on the disk, too."""
        return self.named.get(str(path), False)

    def lose_cache(self, path, zeros=False):
        """Drops what was not synced; zeros: its place stays."""
        size = path.stat().st_size
        with open(path, "r+b") as file:
            file.truncate(min(size, self.synced.get(str(path), 0)))
            if zeros:
                file.truncate(size)
