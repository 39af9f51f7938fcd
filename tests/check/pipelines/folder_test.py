# SPDX-License-Identifier: LGPL-2.1-or-later
"""A folder of recordings plays as one: omvdirsrc.

What splitmuxsink cut is played without a hole, seeks go to the exact frame in
whatever file it is, and what was not recorded between the clips of a ring is not
played either. Each frame is known by its grey.
"""

import pathlib

import pictures
from app import MS, AppTest, Gst
from launch import main, needs, needs_plugin
from omvimg import Recording

COUNT = 65
STEP = 4 * MS


class Folder(AppTest):
    def setUp(self):
        super().setUp()
        self.parts = self.folder / "parts of it"
        self.parts.mkdir()
        self.uri = "omvdir" + self.parts.as_uri().removeprefix("file")
        self.source = f'omvdirsrc location="{self.parts}"'

    def files(self):
        """The recordings, in order."""
        return sorted(self.parts.glob("*.bin"))

    def split(self, data, muxer="omvstrmux exact-time=true"):
        """Has splitmuxsink make about four parts of a recording."""
        source = self.path("in.bin", data)
        length = Recording(data).frames[-1].time_ns
        # At the speed of its time: see splitmux_test.py.
        self.works(f"filesrc location={source} ! omvstrdemux"
                   f' ! identity sync=true ! splitmuxsink muxer="{muxer}"'
                   f" max-size-time={length // 4}"
                   f' location="{self.parts}/part%03d.bin"')
        self.assertGreater(len(self.files()), 2)

    def assert_shown(self, got, frames, name):
        """All frames, each at its time from the first on."""
        self.assertEqual(len(got), len(frames))
        first = frames[0].time_ns
        for n, (p, f) in enumerate(zip(got, frames)):
            self.assertEqual(p.time, f.time_ns - first, n)
            self.assertTrue(pictures.shows(p, name, n), (n, p))

    def errors_of(self, line):
        """What a line that must fail says."""
        result = self.launch(line)
        self.assertNotEqual(result.code, 0)
        return [message.text for message in result.errors][:1]


@needs("splitmuxsink", "jpegdec")
class Split(Folder):
    def test_players(self):
        # Irregular, and no part is as long as another.
        data = pictures.recording([(2 + n * n % 7, "JPEG", 16, 12)
                                   for n in range(COUNT)])
        self.split(data)
        for line in (f"{self.source} ! omvstrdemux ! jpegdec",
                     f"{self.source} ! queue ! omvstrdemux ! jpegdec",
                     f'omvdirsrc location="{self.parts}/p*.bin" ! decodebin',
                     f"uridecodebin uri={self.uri}",
                     f"uridecodebin3 uri={self.uri}"):
            with self.subTest(line):
                got = self.play(line + " ! appsink name=out")
                self.assert_shown(got, Recording(data).frames, "JPEG")
        for player in "playbin", "playbin3":
            with self.subTest(player):
                got = self.play(f"{player} uri={self.uri}")
                self.assert_shown(got, Recording(data).frames, "JPEG")

    def test_seeks_across_parts(self):
        self.split(pictures.steady(COUNT, "GRAYSCALE", interval=4))
        with self.paused(f"{self.source} ! omvstrdemux"
                         " ! appsink name=out") as player:
            for n in (*range(COUNT - 1, 0, -3), *range(0, COUNT, 5)):
                self.assertTrue(player.seek(n * STEP))
                p = player.shown()
                self.assertTrue(pictures.shows(p, "GRAYSCALE", n), (n, p))
                self.assertTrue(player.seek(n, unit=Gst.Format.DEFAULT))
                self.assertEqual(player.shown().offset, n)
            duration = player.pipeline.query_duration(Gst.Format.TIME)[1]
            self.assertEqual(duration, COUNT * STEP)

    def test_backward(self):
        self.split(pictures.steady(COUNT, "GRAYSCALE", interval=4))
        with self.paused(f"{self.source} ! omvstrdemux"
                         " ! appsink name=out") as player:
            self.assertTrue(player.seek(0, 10 ** 9, rate=-1.0))
            player.play()
            got = [p.offset for p in player.pictures()]
        self.assertEqual(got, list(reversed(range(COUNT))))

    def test_bytes(self):
        # One header, and what another program reads from that.
        data = pictures.steady(COUNT, "GRAYSCALE", interval=4)
        self.split(data)
        self.works(f"{self.source} ! filesink location=out.bin")
        got = Recording(self.path("out.bin").read_bytes())
        self.assertIsNone(got.problem)
        self.assertEqual([(f.interval, f.payload) for f in got.frames],
                         [(f.interval if n else 0, f.payload)
                          for n, f in enumerate(Recording(data).frames)])

    def test_torn(self):
        # A recorder that was killed: the part in the middle ends anywhere.
        data = pictures.steady(COUNT, "GRAYSCALE", interval=4)
        self.split(data)
        torn = self.files()[1]
        whole = torn.read_bytes()
        before = len(Recording(self.files()[0].read_bytes()).frames)
        within = len(Recording(whole).frames)
        for lost in 1, 20, 100, 230:
            torn.write_bytes(whole[:-lost])
            left = len(Recording(whole[:-lost]).frames)
            gone = range(before + left, before + within)
            self.assertTrue(gone)
            got = self.play(f"{self.source} ! omvstrdemux ! appsink name=out",
                            warnings=True)
            self.assertEqual(len(got), COUNT - len(gone))
            kept = [n for n in range(COUNT) if n not in gone]
            for p, n in zip(got, kept):
                # Exact times tell how long the frames lost were.
                self.assertEqual(p.time, n * STEP)
                self.assertTrue(pictures.shows(p, "GRAYSCALE", n), (n, p))

    def test_losses_are_said(self):
        # What the demuxer cannot see, this element says.
        data = pictures.steady(COUNT, "GRAYSCALE", interval=4)
        self.split(data)
        line = f"{self.source} ! omvstrdemux ! fakesink"
        self.works(line)
        torn, damaged = self.files()[:2]
        whole = torn.read_bytes()
        last = Recording(whole).frames[-1]
        torn.write_bytes(whole[:-20])
        lost = len(Recording(whole).frames) - 1
        broken = damaged.read_bytes()
        cut = Recording(broken).frames[1].offset
        damaged.write_bytes(broken[:cut] + b"\xff" * (len(broken) - cut))
        # Empty, because the recorder did not get so far.
        (self.parts / "empty.bin").touch()
        (self.parts / "header.bin").write_bytes(b"\xff" * 16 + whole[16:])
        texts = [w.text for w in self.works(line, warnings=3).warnings]
        for text, file, words in zip(
                texts, (torn, damaged, self.parts / "header.bin"),
                (f" ends within frame {lost} at byte {last.offset};",
                 f" is damaged from frame 1 at byte {cut} to its end: ",
                 " is left out: ")):
            self.assertTrue(text.startswith(str(file) + words), text)

        for n in range(20):
            (self.parts / f"x{n}.bin").write_bytes(b"RIFF" * 8)
        texts = [w.text for w in self.works(line, warnings=11).warnings]
        self.assertEqual(texts[-1], "23 files are damaged or left out;"
                         " the first 10 were reported.")


@needs_plugin("omvring")
@needs("appsrc")
class Ring(Folder):
    def push(self, source, n, time):
        """Frame n, at this time."""
        frame = Gst.Buffer.new_wrapped(
            pictures.payload("GRAYSCALE", 16, 12, n))
        frame.pts = time
        frame.duration = 40 * MS
        self.assertEqual(source.emit("push-buffer", frame),
                         Gst.FlowReturn.OK)

    def test_gap_is_kept(self):
        line = ("appsrc name=source format=time caps=video/x-raw,format=GRAY8,"
                "width=16,height=12,framerate=25/1 ! omvringsink name=ring"
                " pre-frames=2 post-frames=1 slots=24 fsync=false"
                f' location="{self.parts}/clip-%05d.bin"')
        times = [n * 40 * MS for n in range(12)]
        times += [3600 * 10 ** 9 + n * 40 * MS for n in range(12)]
        pipeline = Gst.parse_launch(line)
        self.addCleanup(pipeline.set_state, Gst.State.NULL)
        source, ring = map(pipeline.get_by_name, ("source", "ring"))
        fired = []

        def on_buffer(_, info):
            # The frame before this one is in the ring.
            n = times.index(info.get_buffer().pts) - 1
            if n in (5, 20):
                fired.append(ring.emit("trigger-at", times[n], "test"))
            return Gst.PadProbeReturn.OK

        ring.get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER,
                                              on_buffer)
        pipeline.set_state(Gst.State.PLAYING)
        for n, time in enumerate(times):
            self.push(source, n, time)
        source.emit("end-of-stream")
        message = pipeline.get_bus().timed_pop_filtered(
            10 ** 10, Gst.MessageType.EOS | Gst.MessageType.ERROR)
        self.assertEqual(message.type, Gst.MessageType.EOS)
        self.assertEqual(fired, [1, 2])

        self.assertEqual([p.name for p in self.files()],
                         ["clip-00001.bin", "clip-00002.bin"])
        got = self.play(f"{self.source} ! omvstrdemux ! appsink name=out")
        kept = [*range(3, 7), *range(18, 22)]
        self.assertEqual(len(got), len(kept))
        for p, n in zip(got, kept):
            self.assertEqual(p.time, times[n] - times[3])
            self.assertTrue(pictures.shows(p, "GRAYSCALE", n), (n, p))


class Doors(Folder):
    def test_errors(self):
        for line, words in (
                ("omvdirsrc", "No folder of recordings was named."),
                (self.source, "There is no recording in this directory."),
                (f'omvdirsrc location="{self.parts}/x?.bin"',
                 "There is no file of such a name."),
                ("uridecodebin uri=omvdir:relative",
                 "omvdir:relative names no folder: an absolute path is needed"
                 " behind omvdir://.")):
            with self.subTest(line):
                self.assertEqual(self.errors_of(line + " ! fakesink"), [words])
        (self.parts / "one.bin").write_bytes(b"RIFF" * 8)
        (self.parts / "two.bin").write_bytes(b"RIFF" * 8)
        self.assertEqual(self.errors_of(self.source + " ! fakesink"),
                         ["None of these files is an OMV IMG STR recording."])
        (self.parts / "two.bin").write_bytes(b"OMV IMG STR V9.9")
        self.assertIn("two.bin",
                      self.errors_of(self.source + " ! fakesink")[0])

    def test_uri(self):
        source = Gst.ElementFactory.make("omvdirsrc", None)
        self.assertIsNone(source.get_uri())
        for path in "/home/me/clips", "/a b/100 %/ä#", "/clips/run*.bin":
            source.set_property("location", path)
            uri = source.get_uri()
            self.assertTrue(uri.startswith("omvdir:///"), uri)
            other = Gst.Element.make_from_uri(Gst.URIType.SRC, uri, None)
            self.assertEqual(other.get_factory().get_name(), "omvdirsrc")
            self.assertEqual(other.get_property("location"), path)
        source.set_property("location", "clips")
        self.assertEqual(source.get_uri(),
                         "omvdir" + (pathlib.Path.cwd() / "clips").as_uri()
                         .removeprefix("file"))


if __name__ == "__main__":
    main()
