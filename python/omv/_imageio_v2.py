# SPDX-License-Identifier: LGPL-2.1-or-later
"""Recordings as a Format of imageio up to 2.8, such as Debian's."""

from imageio.core import Format

from . import _imageio


class RecordingFormat(Format):
    """Recordings of OpenMV cameras, with the times of all frames.

    Frames are arrays of 8 bits: gray (h, w), RGB (h, w, 3) and, of PNG
    pictures, RGBA (h, w, 4). RGB565, YUV and Bayer become RGB, 1-bit becomes
    gray with 0 and 255, JPEG and PNG are decoded.

    The metadata of a frame are its number, time and interval (seconds),
    pixformat, size (width, height) and bytes as stored. Those of the recording
    are version, count, duration (seconds), fps (if there are two frames) and
    metadata, which is what FILE.json holds.

    Parameters for reading
    ----------------------
    resync : bool
        Whether to go on at the next good frame behind damage. Default False:
        the recording ends at the first damage.

    Parameters for saving
    ---------------------
    pixformat : str
        GRAYSCALE, RGB565, BINARY (brighter than 127 is set), JPEG or PNG, of
        which only PNG keeps all. Default: GRAYSCALE for gray, BINARY for bool,
        PNG for RGB and RGBA, so that nothing is lost.
    fps : float
        Frames per second. Default: the intervals in the metadata of the
        frames, if they were read from a recording, else 30.
    interval : float
        Seconds between frames, instead of fps.
    times : sequence of float
        Seconds from the start, one for each frame, instead of fps.
    quality : int
        Of JPEG, 1 to 100. Default 90.
    """

    def _can_read(self, request):
        from . import _imageio_files

        return (request.mode[1] in self.modes + "?"
                and _imageio_files.is_recording(request.firstbytes))

    def _can_write(self, request):
        return (request.mode[1] in self.modes + "?"
                and request.extension == _imageio.EXTENSION)

    class Reader(Format.Reader):
        _input = None

        def _open(self, resync=False):
            from . import _imageio_files

            self._input = _imageio_files.Input(
                self.request.get_local_filename(), resync)

        def _close(self):
            if self._input is not None:
                self._input.close()

        def _get_length(self):
            return len(self._input)

        def _get_data(self, index):
            return self._input.read(index)

        def _get_meta_data(self, index):
            return (self._input.describe_all() if index is None
                    else self._input.describe(index))

    class Writer(Format.Writer):
        _output = None

        def _open(self, **options):
            from . import _imageio_files

            self._output = _imageio_files.Output(
                self.request.get_local_filename(), **options)

        def _close(self):
            if self._output is not None:
                self._output.close()

        def _append_data(self, im, meta):
            self._output.append(im, meta)

        def _set_meta_data(self, meta):
            if self._output.path != self.request.filename:
                raise RuntimeError("Metadata stands in a file beside the"
                                   " recording, and this one is no file.")
            self._output.store(meta)
