# SPDX-License-Identifier: LGPL-2.1-or-later
"""OpenMV recordings in Python: what a camera's script finds, on a host.

    from omv import image

    with image.ImageIO("run.bin", "r") as stream:
        for img in stream:
            print(img.time, img.rgb().mean())

With this package imported, imageio reads and writes recordings, too:

    import imageio
    import omv

    frames = imageio.mimread("run.bin")
"""

from . import _imageio

_imageio.watch()


def open_store(path):
    """What another program has recorded, as a sequence of pictures."""
    from .stores import Store
    return Store(path)
