# SPDX-License-Identifier: LGPL-2.1-or-later
"""The camera's `sensor`, as scripts of earlier firmware call it: functions in
place of the methods of one csi.CSI."""

from . import csi as _csi
from .csi import *  # noqa: F401,F403  (the constants)

_sensor = _csi.CSI()

reset = _sensor.reset
shutdown = _sensor.shutdown
sleep = _sensor.sleep
flush = _sensor.flush
snapshot = _sensor.snapshot
skip_frames = _sensor.skip_frames
width = _sensor.width
height = _sensor.height
get_id = _sensor.cid
set_windowing = get_windowing = _sensor.window
ioctl = _sensor.ioctl


def alloc_extra_fb(width, height, pixformat):
    return _csi._Image(width, height, pixformat)


def dealloc_extra_fb():
    pass


for _name in ("auto_blc", "auto_exposure", "auto_gain", "auto_rotation",
              "auto_whitebal", "brightness", "color_palette", "colorbar",
              "contrast", "framebuffers", "framerate", "framesize",
              "frame_callback", "gainceiling", "hmirror", "lens_correction",
              "pixformat", "quality", "saturation", "special_effect",
              "transpose", "vflip", "vsync_callback"):
    globals()["set_" + _name] = getattr(_sensor, _name)
for _name in ("blc_regs", "exposure_us", "framebuffers", "framerate",
              "framesize", "gain_db", "hmirror", "pixformat", "rgb_gain_db",
              "transpose", "vflip"):
    globals()["get_" + _name] = getattr(_sensor, _name)
