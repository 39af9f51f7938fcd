# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints where this Python looks for packages below a prefix; nothing if nowhere.
"""

import os
import site
import sys

for path in [*site.getsitepackages(), site.getusersitepackages()]:
    # /usr/local is no part of /usr
    if os.path.relpath(path, sys.argv[1]).startswith("lib" + os.sep):
        print(path)
        break
