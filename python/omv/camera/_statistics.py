# SPDX-License-Identifier: LGPL-2.1-or-later
"""Image.statistics(): what motion is found by."""

import collections
import functools

import numpy as np

_NAMES = ("mean", "median", "mode", "stdev", "min", "max", "lq", "uq")

_Statistics = collections.namedtuple("statistics", _NAMES + tuple(
    f"{channel}_{name}" for channel in "lab" for name in _NAMES))


class _Number(int):
    """A field today, a method in earlier firmware."""

    def __call__(self):
        return int(self)


def _describe(values):
    values = np.sort(values, axis=None)
    n = len(values)
    found, counts = np.unique(values, return_counts=True)
    return [_Number(x) for x in (
        values.mean(), values[n // 2], found[counts.argmax()], values.std(),
        values[0], values[-1], values[n // 4], values[3 * n // 4])]


@functools.lru_cache(maxsize=None)
def _lab():
    """CIE L*a*b* (D65) of every RGB565 colour, (65536, 3)."""
    colour = np.arange(65536)
    rgb = np.stack((colour >> 11, colour >> 5 & 63, colour & 31), 1)
    rgb = rgb / np.array((31, 63, 31))
    rgb = np.where(rgb > 0.04045, ((rgb + 0.055) / 1.055) ** 2.4, rgb / 12.92)
    xyz = rgb @ np.array(((0.412453, 0.357580, 0.180423),
                          (0.212671, 0.715160, 0.072169),
                          (0.019334, 0.119193, 0.950227))).T
    xyz /= xyz[-1]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787037 * xyz + 16 / 116)
    lab = np.stack((116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]),
                    200 * (f[:, 1] - f[:, 2])), 1)
    return np.trunc(lab).astype(np.int16)


def gray(array):
    """Without colours, l is the gray itself; a and b are 0."""
    light = _describe(array)
    return _Statistics(*light, *light, *[_Number(0)] * 16)


def rgb565(array):
    light, a, b = (_describe(_lab()[array, i]) for i in range(3))
    return _Statistics(*light, *light, *a, *b)
