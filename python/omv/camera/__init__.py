# SPDX-License-Identifier: LGPL-2.1-or-later
"""The modules that a camera's script imports, for `python3 -m omv script.py`.

A name without an underscore is a module under the camera's own name; scripts
get it in place of Python's (time, os …), and nothing else on the PC does.
"""
