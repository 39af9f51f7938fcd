# SPDX-License-Identifier: LGPL-2.1-or-later
"""No object outlives its pipeline: GStreamer's leaks tracer at the end of
whole processes, those that fail among them."""

import golden
from launch import (
    LOSSLESS, NATIVE, PipelineTest, main, needs, needs_plugin)

TRACER = {"GST_TRACERS": "leaks", "GST_DEBUG": "GST_TRACER:7",
          "GST_DEBUG_NO_COLOR": "1"}


@needs("jpegenc", "jpegdec")
class Leaks(PipelineTest):
    def check(self, line, **more):
        """Runs the line, then asks the tracer what is left."""
        result = self.launch(line, env=TRACER, **more)
        # 255: it did not start at all
        self.assertIn(result.code, (0, 1, 255), result.log)
        self.assertNotIn("no element", result.log)
        # The declaration of its record shows that the tracer ran.
        self.assertIn("object-alive.class", result.log)
        self.assertNotRegex(result.log, r"object-alive, type-name=\(string\)"
                            r"(?!%s)")

    def test_record(self):
        for line in (
                "videotestsrc num-buffers=20 ! video/x-raw,format=GRAY8,"
                "width=33 ! omvstrmux binary=true ! fakesink",
                "videotestsrc num-buffers=20 ! jpegenc ! omvstrmux"
                " exact-time=true version=2.0 ! fakesink",
                "videotestsrc num-buffers=0 ! omvstrmux ! fakesink",
                "videotestsrc num-buffers=9 ! omvstrmux"
                " ! filesink location=/dev/full buffer-mode=unbuffered"):
            with self.subTest(line):
                self.check(line)

    def test_replay(self):
        # Mixed, without whole pictures, torn, damaged, of other kinds, empty.
        for g in golden.all_files():
            for source in (f"filesrc location={g.path}",
                           f"filesrc location={g.path} blocksize=999 ! queue"):
                with self.subTest(source):
                    self.check(f"{source} ! {NATIVE} ! {LOSSLESS} ! fakesink")

    def test_folder(self):
        folder = golden.find("v21_steady30").path.parent
        for location in f"{folder}/v*.bin", folder, self.folder:
            with self.subTest(location):
                self.check(f"omvdirsrc location={location} ! {NATIVE}"
                           f" ! {LOSSLESS} ! fakesink")

    def test_decode(self):
        path = golden.find("v21_steady30").path
        self.check(f"filesrc location={path} ! omvstrdemux ! jpegdec"
                   " ! fakesink")

    @needs_plugin("omvgif")
    def test_gif(self):
        for line in (
                "videotestsrc num-buffers=9 ! omvgifenc ! fakesink",
                "videotestsrc num-buffers=9 ! omvgifenc"
                " ! filesink location=/dev/full buffer-mode=unbuffered"):
            with self.subTest(line):
                self.check(line)

    @needs_plugin("omvring")
    def test_ring(self):
        live = "videotestsrc is-live=true num-buffers=20"
        for line in (
                "videotestsrc num-buffers=20 ! omvringsink dump-on-eos=true"
                " location=a.bin",
                "videotestsrc num-buffers=20 ! jpegenc ! omvringsink slots=5"
                " dump-on-eos=true location=b.bin",
                f"{live} ! omvringsink name=r location=c-%d.bin"
                " fakesrc num-buffers=5 sizetype=fixed sizemax=1"
                " ! r.trigger",
                f"{live} ! omvringsink channel=x dump-on-eos=true"
                " location=d.bin omvringsrc channel=x ! fakesink",
                f"{live} ! omvringsink channel=x location=e.bin"
                " omvringsrc channel=x mode=replay ! fakesink",
                "videotestsrc num-buffers=0 ! omvringsink",
                "videotestsrc num-buffers=2 ! omvringsink slots=1000000"
                " max-size-bytes=1",
                "videotestsrc num-buffers=2 ! omvringsink location=/no/x",
                "videotestsrc num-buffers=2 ! omvringsink channel=x"
                " videotestsrc num-buffers=2 ! omvringsink channel=x",
                "omvringsrc channel=nobody ! fakesink"):
            with self.subTest(line):
                self.check(line)


if __name__ == "__main__":
    main()
