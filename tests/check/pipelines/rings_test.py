# SPDX-License-Identifier: LGPL-2.1-or-later
"""What happened before a trigger is in a file, as gst-launch-1.0 shows it.

Without sleeps: the frames are numbers, and which of them a clip must hold
follows from its sidecar alone.
"""

import json
import pathlib
import re
import shlex

from launch import PipelineTest, main, needs
from omvimg import Recording

SECTION = pathlib.Path(__file__).parents[3] / "gst/omvring/gstomvringsink.c"


class Together(PipelineTest):
    """One trigger, two rings: the line of the documentation."""

    @needs("videotestsrc", "tee", "identity", "fakesrc")
    def test_tee(self):
        line = next(line for line in re.findall(
            r"^ \* (gst-launch-1\.0 .*)$", SECTION.read_text(), re.M)
            if "tee" in shlex.split(line))
        result = self.run_tool(line)
        self.assertEqual((result.code, result.errors, result.warnings),
                         (0, [], []), result.log)

        starts = []
        for name, format_name in ("a", "GRAYSCALE"), ("b", "YUV422"):
            path = self.path(name + ".bin")
            recording = Recording(path.read_bytes())
            notes = json.loads(pathlib.Path(f"{path}.json").read_text())
            self.assertIsNone(recording.problem)
            self.assertEqual({f.format for f in recording.frames},
                             {format_name})
            # The trigger's frame is there, and all before it that there was.
            before = int(notes["user"]["trigger-frame"])
            self.assertGreater(before, 0)
            self.assertGreater(len(recording.frames), before)
            self.assertEqual(notes["user"]["frames-missing"], "0")
            starts.append((notes["base-time"], notes["trigger-time"]))

        # One pipeline has one clock: the two can be aligned, and the frames
        # that were the newest then are no more than one apart.
        (base_a, time_a), (base_b, time_b) = starts
        self.assertEqual(base_a, base_b)
        self.assertLess(abs(time_a - time_b), 2 * 10 ** 9 / 30)


if __name__ == "__main__":
    main()
