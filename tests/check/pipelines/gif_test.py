# SPDX-License-Identifier: LGPL-2.1-or-later
"""GIF files as somebody else reads them: ffprobe and ffmpeg.

What omvgifenc's documentation shows is run, and what comes out must have the
frames, the times and the size that are promised there.
"""

import json
import math
import re
import shutil
import unittest

from launch import PipelineTest, main, needs
from omvimg import Recording, Writer
from readme_test import RECORD, SOURCES, section_lines

LINES = section_lines(SOURCES / "gst/omvgif/gstomvgifenc.c")


@unittest.skipUnless(shutil.which("ffprobe"), "missing: ffprobe (ffmpeg)")
@needs("videotestsrc", "videoconvert")
class Gif(PipelineTest):
    def ask(self, name):
        """What ffprobe says: the stream, and the delay of each frame in cs."""
        answer = json.loads(self.tool(
            "ffprobe -v error -of json -count_frames"
            " -show_entries stream:packet=pts,duration " + name).log)
        return answer["streams"][0], [p["duration"] for p in answer["packets"]]

    def pixels(self, name, form):
        """All frames, decoded by ffmpeg."""
        self.tool(f"ffmpeg -v error -i {name} -fps_mode passthrough"
                  f" -f rawvideo -pix_fmt {form} {name}.raw")
        return self.path(name + ".raw").read_bytes()

    def psnr(self, raw, line, name):
        """What ffmpeg says of a file of ours against the raw frames."""
        result = self.tool(
            f"ffmpeg -hide_banner {line} -i {raw} -i {name} -lavfi"
            " '[0]format=rgb24,setpts=N/TB[a];[1]format=rgb24,setpts=N/TB[b];"
            "[a][b]psnr' -fps_mode passthrough -f null -")
        return float(re.search(r"average:([\d.]+|inf)", result.log)[1])

    def test_animation(self):
        """The first line of the documentation: two seconds, for ever."""
        self.tool(LINES[0])
        stream, delays = self.ask("out.gif")
        self.assertEqual((stream["width"], stream["height"]), (320, 240))
        self.assertEqual(stream["nb_read_frames"], "50")
        self.assertEqual(delays, [4] * 50)
        self.assertEqual(float(stream["duration"]), 2)
        self.assertIn(b"NETSCAPE2.0\x03\x01\0\0\0",
                      self.path("out.gif").read_bytes())

    def test_recording(self):
        """The second one: a recording, with its times, played once."""
        self.tool(RECORD)
        self.tool(LINES[1])
        stream, delays = self.ask("run.gif")
        self.assertEqual((stream["width"], stream["height"]), (321, 241))
        self.assertEqual(stream["nb_read_frames"], "90")
        self.assertEqual(sum(delays), 300)
        self.assertNotIn(b"NETSCAPE", self.path("run.gif").read_bytes())

    def test_irregular_times(self):
        """Each delay is the recording's interval, the sum never off."""
        writer = Writer("2.0")
        intervals = [2000, 33, 34, 500, 25, 61, 1234, 47, 20, 33]
        for n, interval in enumerate(intervals):
            writer.frame(interval, 8, 6, "GRAYSCALE", bytes([n * 20] * 48))
        self.path("run.bin", bytes(writer.data))
        self.works("filesrc location=run.bin ! omvstrdemux ! omvgifenc"
                   " ! filesink location=run.gif")
        self.assertEqual(len(Recording(bytes(writer.data)).frames), 10)
        _, delays = self.ask("run.gif")
        # half a hundredth up, as the sum stands
        sums = [sum(intervals[1:n]) for n in range(1, 11)]
        rounded = [math.floor(s / 10 + 0.5) for s in sums]
        self.assertEqual(
            delays[:9], [b - a for a, b in zip(rounded, rounded[1:])])

    def test_gray_without_loss(self):
        self.works("videotestsrc num-buffers=6 ! video/x-raw,format=GRAY8,"
                   "width=64,height=47,framerate=10/1 ! tee name=t ! queue !"
                   " omvgifenc ! filesink location=a.gif t. ! queue !"
                   " filesink location=a.raw")
        self.assertEqual(self.pixels("a.gif", "gray"),
                         self.path("a.raw").read_bytes())

    def test_many_colours(self):
        """Not without loss, but better than a palette for all frames."""
        self.tool("ffmpeg -v error -f lavfi -i mandelbrot=s=160x120:rate=10"
                  ":start_scale=2:end_scale=0.5:end_pts=20 -frames:v 20"
                  " -vf noise=alls=5:allf=t:all_seed=1,format=rgb24"
                  " -f rawvideo in.raw")
        raw = "-f rawvideo -pix_fmt rgb24 -s 160x120 -r 10"
        self.works("filesrc location=in.raw blocksize=57600 ! rawvideoparse"
                   " format=rgb width=160 height=120 framerate=10/1 !"
                   " omvgifenc ! filesink location=a.gif")
        self.tool(f"ffmpeg -v error {raw} -i in.raw -vf 'split[a][b];"
                  "[a]palettegen[p];[b][p]paletteuse=dither=none' b.gif")
        stream, delays = self.ask("a.gif")
        self.assertEqual((stream["nb_read_frames"], set(delays)),
                         ("20", {10}))
        self.assertGreater(self.psnr("in.raw", raw, "a.gif"),
                           self.psnr("in.raw", raw, "b.gif") - 1)
        self.assertLess(self.path("a.gif").stat().st_size,
                        self.path("b.gif").stat().st_size)


if __name__ == "__main__":
    main()
