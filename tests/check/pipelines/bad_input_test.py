# SPDX-License-Identifier: LGPL-2.1-or-later
"""Bad input and bad targets: one clear sentence, no hang, nothing good lost.

Each case runs on its own and must end with the exit code and say the words
that it names; docs/format.md (Damage) tells what may be in a recording.
"""

import golden
from launch import LOSSLESS, NATIVE, PipelineTest, main, needs, rewritten
from omvimg import MAGIC, Recording, Writer, payload

STRICT = NATIVE + " resync=false"
SOURCE = "videotestsrc num-buffers=5 ! video/x-raw,width=32,height=24"


def three(w=16, h=16):
    """A good recording to damage: three frames of a size."""
    writer = Writer()
    for n in range(3):
        writer.frame(40, w, h, "GRAYSCALE", payload("GRAYSCALE", w, h, n))
    return writer.data


def with_second_header(at, word):
    """three(), its second frame with another word in its header."""
    data = three()
    start = Recording(data).frames[1].offset + at
    data[start:start + 4] = word.to_bytes(4, "little", signed=word < 0)
    return bytes(data)


def place(g):
    """Where a damaged golden file's first damage is, in words."""
    return f"frame {g.error['frame']} at byte {g.error['offset']}"


class BadInput(PipelineTest):
    def fails(self, line, *words, element=None, **more):
        """The line ends in one clear sentence with these words."""
        result = self.launch(line, **more)
        # 255: it did not even get as far as to open what it needs.
        self.assertIn(result.code, (1, 255), f"{line}\n{result.log}")
        self.assertTrue(result.errors, result.log)
        self.assert_clear(result.errors[0], words, element)
        return result

    def warns(self, line, *words, element=None, **more):
        """The line ends well, with one warning with these words."""
        result = self.works(line, warnings=1, **more)
        self.assert_clear(result.warnings[0], words, element)
        return result

    def assert_clear(self, message, words, element):
        self.assertRegex(message.text, r"^[A-Z].*\.$")
        self.assertNotIn("Internal data stream error", message.text)
        self.assertNotIn("GStreamer error", message.text)
        if element:
            self.assertTrue(message.element.startswith(element), message)
        for word in words:
            self.assertIn(word.lower(), str(message).lower())

    def assert_output(self, frames):
        """What reached the file is these frames and nothing else."""
        self.assert_same_recording(self.path("out.bin").read_bytes(),
                                   rewritten(frames))

    def lines(self, data, demux=NATIVE, mux=LOSSLESS, target="out.bin"):
        """data to out.bin in pull mode and in push mode.

        Unbuffered: after an error filesink may not write what it has kept.
        """
        source = self.path("in.bin", data)
        return [f"filesrc location={source} ! {queue}{demux} ! {mux}"
                f" ! filesink buffer-mode=unbuffered location={target}"
                for queue in ("", "queue ! ")]


class NoRecording(BadInput):
    """Nothing to show: an error."""

    def test_refused(self):
        cases = {
            "magic": (golden.find("bad_magic_riff").data, ()),
            "text": (b"This is not the file you are looking for.\n", ()),
            "lower case": (b"omv img str v2.0" + three()[16:], ()),
            "future": (golden.find("bad_version_30").data, ("3.0",)),
            "no such": (MAGIC + b"1.2" + three()[16:], ("1.2",)),
            "no digit": (MAGIC + b"1.:" + three()[16:], ()),
            "empty": (b"", ()),
            "magic cut off": (MAGIC, ()),
            "header only": (golden.find("v20_empty").data,
                            ("no whole frame",)),
            "first frame torn": (golden.find("bad_v20_cut_028").data,
                                 ("no whole frame",)),
            "payload torn": (bytes(three()[:100]), ("no whole frame",)),
            "only ARGB8": (bytes(Writer().frame(
                33, 4, 4, "ARGB8", b"").data), ()),
        }
        for name, (data, words) in cases.items():
            for line in self.lines(data):
                with self.subTest(name):
                    self.fails(line, *words, element="omvstrdemux")

    def test_missing_file(self):
        self.fails("filesrc location=missing.bin ! omvstrdemux ! fakesink",
                   "missing.bin", element="filesrc")


class Damage(BadInput):
    """Good frames with something else between them."""

    def test_golden_torn(self):
        for g in golden.all_files():
            if g.frames and g.name.startswith("bad_v20_cut"):
                for line in self.lines(g.data):
                    with self.subTest(line):
                        self.warns(line, place(g), element="omvstrdemux")
                        self.assert_output(Recording(g.data).frames)

    def damaged(self):
        """Damaged golden files that some frame can be read from."""
        return [g for g in golden.all_files()
                if g.error and g.version and g.error["frame"] is not None
                and not g.name.startswith("bad_v20_cut")]

    def test_golden_skipped(self):
        self.assertGreaterEqual(len(self.damaged()), 3)
        for g in self.damaged():
            frames = Recording(g.data, resync=True).frames
            self.assertGreater(len(frames), 0)
            for line in self.lines(g.data):
                with self.subTest(g.name):
                    self.warns(line, place(g), element="omvstrdemux")
                    self.assert_output(frames)

    def test_golden_refused(self):
        for g in self.damaged():
            for line in self.lines(g.data, STRICT):
                with self.subTest(g.name):
                    self.fails(line, place(g), element="omvstrdemux")
                    if g.frames:
                        self.assert_output(Recording(g.data).frames)

    def test_sizes(self):
        offset = Recording(three()).frames[1].offset
        for at in 4, 8:
            for word in 0, -1, -2 ** 31, 2 ** 31 - 1, 32768, 0x10000:
                data = with_second_header(at, word)
                frames = Recording(data, resync=True).frames
                self.assertEqual(len(frames), 2)
                for line in self.lines(data):
                    with self.subTest((at, word)):
                        self.warns(line, f"frame 1 at byte {offset}",
                                   element="omvstrdemux")
                        self.assert_output(frames)

    def test_rubbish_between_frames(self):
        data = three()
        at = Recording(data).frames[1].offset
        for size in 1, 13, 16, 4096:
            bad = data[:at] + b"\xa5" * size + data[at:]
            for line in self.lines(bad):
                with self.subTest(size):
                    self.warns(line, f"frame 1 at byte {at}",
                               f"to byte {at + size}", element="omvstrdemux")
                    self.assert_output(Recording(data).frames)

    def test_max_frame_size(self):
        data = three(8, 8) + three(32, 32)[16:] + three(8, 8)[16:]
        frames = Recording(data).frames
        small = [f for f in frames if f.w == 8]
        limit = NATIVE + " max-frame-size=500"
        times = [40_000_000 * (n + 1) for n in range(len(small))]
        for line in self.lines(data, limit):
            with self.subTest(line):
                self.works(line, warnings=None)
                self.assert_output([f._replace(time_ns=time)
                                    for f, time in zip(small, times)])
        for line in self.lines(data, limit + " resync=false"):
            with self.subTest(line):
                self.fails(line, f"frame 3 at byte {frames[3].offset}",
                           element="omvstrdemux")
                self.assert_output(frames[:3])


class Refused(BadInput):
    """What a recording cannot hold."""

    @needs("capssetter")
    def test_caps_of_another_kind(self):
        for caps in ("video/x-raw,format=RGB", "video/x-raw,format=I420",
                     "video/x-bayer,format=bggr16le"):
            with self.subTest(caps):
                result = self.launch(
                    f"{SOURCE},format=GRAY8 ! capssetter join=false"
                    f" caps={caps},width=32,height=24 ! omvstrmux ! fakesink")
                self.assertEqual(result.code, 1, result.log)

    def test_version_1(self):
        for source in (f"{SOURCE},format=YUY2", f"{SOURCE},format=YVYU",
                       f"{SOURCE} ! pngenc",
                       "videotestsrc ! video/x-bayer,format=rggb"):
            with self.subTest(source):
                result = self.launch(
                    f"{source} ! omvstrmux version=1.1 ! fakesink")
                self.assertEqual(result.code, 1, result.log)
                self.assertIn("could not link", result.log)

    def test_version_1_behind_the_demuxer(self):
        for name in "v20_png", "v20_yuv422", "v20_bayer_grbg":
            g = golden.find(name)
            with self.subTest(name):
                self.fails(f"filesrc location={g.path} ! {NATIVE} ! {LOSSLESS}"
                           " version=1.1 ! filesink location=out.bin",
                           element="omvstr")
                self.assertEqual(self.path("out.bin").read_bytes(), b"")

    def test_version_1_while_running(self):
        writer = Writer()
        for n, name in enumerate(("RGB565", "JPEG", "BINARY", "YUV422",
                                  "GRAYSCALE")):
            writer.frame(40, 30, 20, name, payload(name, 30, 20, n))
        for line in self.lines(writer.data, mux=LOSSLESS + " version=1.1"):
            with self.subTest(line):
                self.fails(line, "frame 3", element="omvstr")
                # What could be held is not lost.
                self.assertEqual(
                    self.path("out.bin").read_bytes(),
                    rewritten(Recording(writer.data).frames[:3], "1.1"))

    @needs("jpegenc", "pngenc", "capssetter")
    def test_caps_that_contradict_the_picture(self):
        for encoder, caps in (("jpegenc", "image/jpeg"),
                              ("pngenc", "image/png")):
            with self.subTest(encoder):
                self.fails(
                    f"{SOURCE} ! {encoder} ! capssetter caps={caps},width=999,"
                    "height=1 ! omvstrmux ! filesink location=out.bin",
                    "32 x 24", "999 x 1", element="omvstrmux")
                self.assertEqual(self.path("out.bin").read_bytes()[16:], b"")

    @needs("capssetter")
    def test_no_picture_at_all(self):
        for caps in "image/jpeg", "image/png":
            with self.subTest(caps):
                self.fails(
                    f"{SOURCE} ! capssetter join=false replace=true"
                    f" caps={caps} ! omvstrmux ! filesink location=out.bin",
                    "frame 0", element="omvstrmux")

    def test_second_stream(self):
        result = self.launch(f"{SOURCE} ! omvstrmux name=m ! fakesink"
                             f" {SOURCE} ! m.")
        self.assertEqual(result.code, 1, result.log)
        self.assertIn("could not link", result.log)

    def test_properties(self):
        for line in ("omvstrmux version=2.1", "omvstrmux version=1.0"):
            with self.subTest(line):
                result = self.launch(f"{SOURCE} ! {line} ! fakesink")
                self.assertEqual(result.code, 1, result.log)


class Targets(BadInput):
    """Where the recording cannot go."""

    def test_unwritable(self):
        self.fails(f"{SOURCE},format=GRAY8 ! omvstrmux"
                   " ! filesink location=missing/run.bin", "missing/run.bin",
                   element="filesink")

    def test_no_space(self):
        for mode in "default", "full", "unbuffered":
            with self.subTest(mode):
                self.fails(f"{SOURCE},format=GRAY8 ! omvstrmux ! filesink"
                           f" location=/dev/full buffer-mode={mode}",
                           "No space left", element="filesink")

    def test_no_space_while_replaying(self):
        for line in self.lines(three(200, 200), target="/dev/full"):
            with self.subTest(line):
                self.fails(line, "No space left", element="filesink")


if __name__ == "__main__":
    main()
