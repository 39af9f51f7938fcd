# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a script with the camera's modules and paths.

The script, and the modules that lie beside it, have builtins of their own, in
which `import` and `open` are the camera's. Python's own modules, and all others
of the PC, go on with what they know.
"""

import builtins
import importlib
import linecache
import os
import sys
import tokenize
import traceback
import types

from . import _host

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

_CAMERA = frozenset(("csi", "gc", "gif", "image", "machine", "micropython",
                     "mjpeg", "omv", "os", "pyb", "sensor", "sys", "time"))

# MicroPython's second names of modules that Python has, too
_ALIASES = frozenset("u" + name for name in (
    "array", "asyncio", "binascii", "collections", "errno", "hashlib", "heapq",
    "io", "json", "os", "random", "re", "select", "socket", "struct", "sys",
    "time", "zlib"))


class _Script:
    def __init__(self, folders):
        self._folders = folders
        self._modules = {}
        self._builtins = dict(vars(builtins), __import__=self._import,
                              open=self._open)

    def execute(self, path, module, shown=None):
        """shown: what tracebacks call it, if not by its path."""
        with tokenize.open(path) as file:
            source = file.read()
        shown = shown or path
        # tracebacks cannot find it by a relative path: the folder is left
        linecache.cache[shown] = (len(source), None,
                                  source.splitlines(True), shown)
        module.__file__ = path
        module.__builtins__ = self._builtins
        exec(compile(source, shown, "exec"), module.__dict__)

    @staticmethod
    def _open(file, *arguments, **keywords):
        return open(_host.run.path(file), *arguments, **keywords)

    def _import(self, name, namespace=None, local=None, fromlist=(), level=0):
        first, *rest = name.split(".")
        if first in _ALIASES:
            first = first[1:]
        module = self._find(first) if level == 0 else None
        if module is None:
            return __import__(".".join((first, *rest)), namespace, local,
                              fromlist, level)
        if fromlist:
            for part in rest:
                module = getattr(module, part)
        return module

    def _find(self, name):
        if name in _CAMERA:
            return importlib.import_module("." + name, __package__)
        if name in self._modules:
            return self._modules[name]
        for folder in self._folders:
            path = os.path.join(folder, name + ".py")
            if os.path.isfile(path):
                module = self._modules[name] = types.ModuleType(name)
                try:
                    self.execute(path, module)
                except BaseException:
                    del self._modules[name]
                    raise
                return module
        return None


def _print_exception(error):
    """As if the camera's modules had no lines of their own."""
    if _host.run.verbose:
        traceback.print_exception(type(error), error, error.__traceback__)
        return
    summary = traceback.TracebackException(type(error), error,
                                           error.__traceback__)
    summary.stack = traceback.StackSummary.from_list(
        [frame for frame in summary.stack
         if not frame.filename.startswith(_PACKAGE)])
    sys.stderr.write("".join(summary.format(chain=False)))


def run(path, arguments, host):
    """Runs it to its end and returns what is sys.exit()'s to say."""
    _host.run = host
    sys.argv = [path, *arguments]
    shown, path = path, os.path.abspath(path)
    script = _Script([os.path.dirname(path), host.card,
                      os.path.join(host.card, "lib")])
    main = types.ModuleType("__main__")
    host.watch_signals()
    status = 0
    try:
        os.chdir(host.card)
        script.execute(path, main, shown)
    except (KeyboardInterrupt, _host.EndOfRun):
        pass
    except SystemExit as error:
        status = error.code
    except BaseException as error:
        _print_exception(error)
        status = 1
    finally:
        failed = host.close_all()
    return status or failed
