# SPDX-License-Identifier: LGPL-2.1-or-later
"""OpenMV recordings in Python: what a camera's script finds, on a host.

    from omv import image

    with image.ImageIO("run.bin", "r") as stream:
        for img in stream:
            print(img.time, img.rgb().mean())
"""
