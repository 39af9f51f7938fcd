# SPDX-License-Identifier: LGPL-2.1-or-later
"""python3 -m omv script.py: a camera's script on the PC."""

import argparse
import os
import sys

_EXAMPLES = """\
sources:
  test                a ball that moves, 30 frames a second; test:smpte and
                      other patterns of videotestsrc
  /dev/video0         a camera
  run.bin, clip.mp4   a recording, or any video, each frame at its time; the
                      script ends with it
  rtsp://…            any URI that GStreamer knows

examples:
  python3 -m omv record.py
  python3 -m omv --source /dev/video0 --sdcard card --frames 300 record.py
  python3 -m omv --source run.bin detect.py
"""


def _parse_numbers(text):
    return [int(number) for number in text.split(",")]


def _parse():
    parser = argparse.ArgumentParser(
        prog="python3 -m omv",
        usage="%(prog)s [options] script.py [argument …]",
        description="Runs a script of an OpenMV camera on this computer: what "
        "it records and plays are files in a folder here.", epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", default="test", metavar="SOURCE",
                        help="where snapshots come from (default: test)")
    parser.add_argument("--sdcard", metavar="DIR",
                        help="the folder that the script has as its card, made "
                        "if it is missing (default: ./sdcard where there is "
                        "one, else this folder)")
    parser.add_argument("--frames", type=int, metavar="N",
                        help="end when the script has had N frames, by "
                        "snapshot() or from a stream")
    parser.add_argument("--trigger", type=_parse_numbers, default=(),
                        metavar="N[,N…]",
                        help="press a button, which all inputs are connected "
                        "to, at the N-th snapshot")
    parser.add_argument("--verbose", "-v", action="store_true",
                        help="say what lights, pins and the button do")
    parser.add_argument("script", help="the camera's script")
    parser.add_argument("arguments", nargs=argparse.REMAINDER,
                        help="what it finds in sys.argv")
    options = parser.parse_args()
    if options.frames is not None and options.frames < 0:
        parser.error("--frames: less than no frame.")
    return options


def _find_source(name):
    """The source, valid in any working folder."""
    if name.partition(":")[0] == "test" or "://" in name:
        return name
    if not os.path.exists(name):
        sys.exit(f"There is no source {name}.")
    return os.path.abspath(name)


def _find_card(name):
    if name is None:
        return "sdcard" if os.path.isdir("sdcard") else "."
    try:
        os.makedirs(name, exist_ok=True)
    except OSError as error:
        sys.exit(f"The folder {name} cannot be made: {error.strerror}.")
    return name


def main():
    options = _parse()
    try:
        from .camera import _host, _script
        from . import image  # noqa: F401  (what is missing is said at once)
    except ImportError as error:
        if error.name == "numpy":
            sys.exit("The package omv needs NumPy, which is in Debian's "
                     "package python3-numpy.")
        sys.exit(str(error))
    if not os.path.isfile(options.script):
        sys.exit(f"There is no script {options.script}.")
    sys.exit(_script.run(options.script, options.arguments, _host.Run(
        _find_card(options.sdcard), _find_source(options.source),
        options.frames, options.verbose, options.trigger)))


if __name__ == "__main__":
    main()
