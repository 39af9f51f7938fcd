# SPDX-License-Identifier: LGPL-2.1-or-later
"""Recordings with exact times, and what is stored in a recording.

Over omvimg.py, which shares nothing with the library that is tested.
"""

import binascii
import struct

from omvimg import Recording, Writer

FIRST = 16
HEADER = 32


def gray(writer, interval, value=0, size=(8, 4), exact=None):
    """Adds a gray frame of one value, with an exact time if one is given."""
    at = len(writer.data)
    writer.frame(interval, *size, "GRAYSCALE",
                 bytes([value]) * (size[0] * size[1]))
    if exact is not None:
        time = struct.pack("<Q", exact)
        writer.data[at + 20:at + 22] = b"xt"
        check = binascii.crc_hqx(bytes(writer.data[at:at + 22]) + time, 0xFFFF)
        writer.data[at + 22:at + 32] = struct.pack("<H", check) + time
    return writer


def grays(n, interval=40, size=(8, 4), first=0, exact=None):
    """A recording of n gray frames, of the values first, first + 1 …"""
    writer = Writer()
    for i in range(n):
        gray(writer, interval, (first + i) % 256, size,
             None if exact is None else exact + i * interval * 1_000_000)
    return bytes(writer.data)


def read(data):
    """All frames of a recording that must be whole."""
    recording = Recording(bytes(data))
    assert recording.problem is None, recording.problem
    return recording.frames


def pictures(frames):
    """What frames show, whatever their times."""
    return [(f.w, f.h, f.format, f.payload) for f in frames]


def intervals(data):
    """The intervals of a recording that must be whole."""
    return [frame.interval for frame in read(data)]


def exact_times(data):
    """The exact times stored, None where there is none."""
    return [struct.unpack("<Q", f.spare[4:])[0] if f.spare[:2] == b"xt"
            else None for f in read(data)]
