# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tells imageio of recordings, when there is an imageio to be told.

imageio is optional, and takes longer to import than all of this package. So it
is never imported from here: what is already imported is told at once, and what
is imported later is told then, by a finder that does nothing else. Neither the
library nor NumPy is imported before a recording is opened.
"""

import importlib.util
import sys
import warnings

NAME = "OMV"
DESCRIPTION = "OpenMV recordings (OMV IMG STR)"
EXTENSION = ".bin"


def _register_v3():
    from imageio import config

    config.known_plugins[NAME] = config.PluginConfig(
        name=NAME, class_name="Plugin", module_name="omv._imageio_v3")
    config.known_extensions.setdefault(EXTENSION, []).insert(
        0, config.FileExtension(extension=EXTENSION, priority=[NAME],
                                name=DESCRIPTION))


def _register_v2():
    from imageio import formats

    from . import _imageio_v2

    formats.add_format(_imageio_v2.RecordingFormat(
        NAME, DESCRIPTION, EXTENSION, "iI"), overwrite=True)


def _register():
    # a newer imageio than we know must not break because of us
    try:
        if importlib.util.find_spec("imageio.core.v3_plugin_api") is not None:
            _register_v3()
        else:
            _register_v2()
    except (AttributeError, ImportError, TypeError) as error:
        warnings.warn(f"This imageio does not take the format {NAME}: {error}")


class _Finder:
    """Finds imageio as others do, and registers when it has been run."""

    def find_spec(self, name, path=None, target=None):
        if name != "imageio":
            return None
        specs = (finder.find_spec(name, path, target)
                 for finder in sys.meta_path if finder is not self)
        spec = next(filter(None, specs), None)
        if spec is None or spec.loader is None:
            return spec
        run = spec.loader.exec_module

        def run_and_register(module):
            run(module)
            # who only asks for the spec, does not import
            if self in sys.meta_path:
                sys.meta_path.remove(self)
            _register()

        spec.loader.exec_module = run_and_register
        return spec


def watch():
    """Registers with the imageio of today or of later."""
    if "imageio" in sys.modules:
        _register()
    else:
        sys.meta_path.insert(0, _Finder())
