# SPDX-License-Identifier: LGPL-2.1-or-later
"""How every file of tests is run, here and in the folders beside this one."""

import sys
import unittest


def main():
    """Runs a file's tests; 77, meson's word for skipped, if none could run."""
    result = unittest.main(exit=False, verbosity=2).result
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(77 if result.testsRun == len(result.skipped) else 0)
