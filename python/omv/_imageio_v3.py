# SPDX-License-Identifier: LGPL-2.1-or-later
"""Recordings as a plugin of imageio's third interface."""

import numpy as np
from imageio.core.request import InitializationError
from imageio.core.v3_plugin_api import ImageProperties, PluginV3

from . import _imageio, _imageio_files


class Plugin(PluginV3):
    """Recordings of OpenMV cameras, with the times of all frames.

    What is read and written, and the options, are those of _imageio_v2, which
    are given to read(), iter() and write(). The options of the first write()
    count for the whole file, and times for all of its frames.
    """

    _input = _output = None

    def __init__(self, request):
        super().__init__(request)
        if request.mode.io_mode.value == "r":
            if not _imageio_files.is_recording(request.firstbytes):
                raise InitializationError("This is no OpenMV recording.")
        elif request.extension != _imageio.EXTENSION:
            raise InitializationError("OpenMV recordings end in .bin.")

    def close(self):
        for file in self._input, self._output:
            if file is not None:
                file.close()
        super().close()

    # ---- reading ----

    def _open(self, resync=False):
        if self._input is None:
            self._input = _imageio_files.Input(
                self.request.get_local_filename(), resync)
        return self._input

    def read(self, *, index=..., **options):
        """Frame number index; of ... all of them, which must have one size."""
        file = self._open(**options)
        if index is not None and index is not ...:
            return self._read(file, index)[0]
        frames = list(self.iter())
        if not frames:
            raise ValueError("The recording holds no frame.")
        if len({frame.shape for frame in frames}) > 1:
            raise ValueError("The frames differ in size or channels: read them"
                             " by index, or one after the other.")
        return np.stack(frames)

    @staticmethod
    def _read(file, index):
        try:
            return file.read(index)
        except IndexError as error:
            raise ValueError(str(error)) from error

    def iter(self, **options):
        file = self._open(**options)
        for index in range(len(file)):
            yield self._read(file, index)[0]

    def properties(self, index=...):
        file = self._open()
        if index is not None and index is not ...:
            frame = self._read(file, index)[0]
            return ImageProperties(shape=frame.shape, dtype=frame.dtype)
        count = len(file)
        # pictures can differ in size: what counts for all is told by the first
        shape = self._read(file, 0)[0].shape if count > 0 else ()
        return ImageProperties(shape=(count,) + shape, dtype=np.dtype(np.uint8),
                               n_images=count, is_batch=True)

    def metadata(self, index=..., exclude_applied=True):
        """Of a frame, or of ... and None that of the recording."""
        file = self._open()
        if index is None or index is ...:
            return file.describe_all()
        try:
            return file.describe(index)
        except IndexError as error:
            raise ValueError(str(error)) from error

    # ---- writing ----

    def write(self, ndimage, *, is_batch=None, metadata=None, **options):
        """A picture, a list of them, or an array of them along its first axis.

        An array of three axes is one picture if the last one has up to four
        channels; is_batch=True says otherwise. metadata goes to FILE.json.
        """
        if self._output is None:
            self._output = _imageio_files.Output(
                self.request.get_local_filename(), **options)
        if not isinstance(ndimage, (list, tuple)):
            ndimage = np.asanyarray(ndimage)
            if is_batch is None:
                is_batch = ndimage.ndim > 3 or (ndimage.ndim == 3
                                                and ndimage.shape[2] > 4)
            if not is_batch:
                ndimage = [ndimage]
        for array in ndimage:
            self._output.append(array, getattr(array, "meta", {}))
        if metadata is not None:
            if self._output.path != self.request.filename:
                raise ValueError("Metadata stands in a file beside the"
                                 " recording, and this one is no file.")
            self._output.store(metadata)
        if self.request.filename.startswith("<bytes>"):
            self.close()
            return self.request.get_result()
        return None
