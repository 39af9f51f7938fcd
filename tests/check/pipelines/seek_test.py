# SPDX-License-Identifier: LGPL-2.1-or-later
"""An application seeks: each frame of a recording is there, exactly.

By time and by number, forward and in reverse, in parts and in loops, behind
appsink as applications use it. What is expected comes from the JSON beside each
golden file and from the independent reader; pictures are compared by their
bytes, so that a right time on a wrong frame shows.
"""

import contextlib

import pictures
from app import MS, AppTest, Gst
from golden_test import frames_of, replayable
from launch import NATIVE, camera_payload, main, needs
from omvimg import Recording

SOURCES = {
    "pull": "filesrc location={path} ! {demux} ! appsink name=out",
    # In push mode it is pushfilesrc that seeks, in bytes.
    "push": "pushfilesrc location={path} ! {demux} ! appsink name=out",
}


def shown_at(frames, time):
    """The number of the frame that is to be seen from this time on.

    Of frames that begin together that is the last, but a seek to just their
    time plays all of them.
    """
    exact = [n for n, f in enumerate(frames) if f.time_ns == time]
    begun = [n for n, f in enumerate(frames) if f.time_ns < time]
    return (exact or begun[-1:] or [0])[0]


class Seeks(AppTest):
    def open(self, path, mode="pull", demux=NATIVE):
        """A player that shows the file's first frame."""
        return self.paused(SOURCES[mode].format(path=path, demux=demux))

    def recording(self, data):
        """A file and its frames."""
        return self.path("in.bin", data), Recording(data).frames

    def assert_is(self, p, f, context=None):
        """A picture is this frame, by time, size and bytes."""
        self.assertIsNotNone(p, context)
        self.assertEqual((p.pts, p.caps["width"], p.caps["height"]),
                         (f.time_ns, f.w, f.h), context)
        self.assertEqual(camera_payload(f.format, f.w, f.h, p.data),
                         f.payload, context)

    def assert_are(self, got, frames):
        """Pictures are these frames, in this order."""
        self.assertEqual([p.pts for p in got], [f.time_ns for f in frames])
        for n, (p, f) in enumerate(zip(got, frames)):
            self.assert_is(p, f, n)


def whole():
    """Recordings in which every frame has a picture."""
    return [g for g in replayable() if g.frames == g.pictures]


class Golden(Seeks):
    """Every frame of every recording that the camera wrote."""

    @contextlib.contextmanager
    def golden(self, g):
        """A subtest with the recording's frames and a player of it."""
        with self.subTest(g.name), self.open(g.path) as player:
            yield frames_of(g), player

    def test_number(self):
        for g in whole():
            with self.golden(g) as (frames, player):
                for n in (*range(len(frames)), *reversed(range(len(frames)))):
                    self.assertTrue(player.seek(n, unit=Gst.Format.DEFAULT))
                    self.assert_is(player.shown(), frames[n], n)

    def test_time(self):
        for g in whole():
            with self.golden(g) as (frames, player):
                for n, f in enumerate(frames):
                    for time in (f.time_ns - 1, f.time_ns, f.time_ns + 1):
                        self.assertTrue(player.seek(time))
                        at = shown_at(frames, time)
                        self.assert_is(player.shown(), frames[at],
                                       (n, time))

    def test_time_in_reverse(self):
        # What ends at a time is the frame that began last before it.
        for g in whole():
            with self.golden(g) as (frames, player):
                for n, f in enumerate(frames):
                    for time in (f.time_ns, f.time_ns + 1):
                        before = [e for e in frames if e.time_ns < time]
                        if before:
                            self.assertTrue(player.seek(0, time, rate=-1.0))
                            self.assert_is(player.shown(), before[-1],
                                           (n, time))

    def test_number_in_reverse(self):
        # Up to the frame of a number, which does not belong to it. Where both
        # begin together, no time is between them.
        for g in whole():
            with self.golden(g) as (frames, player):
                for n, (f, after) in enumerate(zip(frames, frames[1:])):
                    if f.time_ns < after.time_ns:
                        self.assertTrue(player.seek(
                            0, n + 1, rate=-1.0, unit=Gst.Format.DEFAULT))
                        self.assert_is(player.shown(), f, n)

    def test_all_in_reverse(self):
        for g in whole():
            with self.golden(g) as (frames, player):
                self.assertTrue(player.seek(0, rate=-1.0))
                self.assert_are(list(player.play().pictures()), frames[::-1])

    def test_queries(self):
        for g in whole():
            with self.golden(g) as (frames, player):
                for n, f in enumerate(frames):
                    player.seek(n, unit=Gst.Format.DEFAULT)
                    ok, position = player.pipeline.query_position(
                        Gst.Format.TIME)
                    self.assertEqual((ok, position), (True, f.time_ns), n)
                self.assertEqual(
                    player.pipeline.query_duration(Gst.Format.DEFAULT),
                    (True, len(frames)))


class Modes(Seeks):
    """Where a source can be pulled from, and where it cannot."""

    def test_each_frame(self):
        path, frames = self.recording(pictures.recording(
            [(20 + n % 3, "RGB565", *pictures.SIZES[n // 5 % 3])
             for n in range(25)]))
        for mode in SOURCES:
            with self.subTest(mode), self.open(path, mode) as player:
                for n in (*range(0, 25, 3), 24, 0, 12):
                    self.assertTrue(player.seek(frames[n].time_ns))
                    self.assert_is(player.shown(), frames[n], n)

    def test_play_on_from_there(self):
        path, frames = self.recording(pictures.steady(20, "GRAYSCALE"))
        for mode in SOURCES:
            for first in 0, 7, 19:
                with self.subTest(f"{mode} {first}"), \
                        self.open(path, mode) as player:
                    self.assertTrue(player.seek(frames[first].time_ns))
                    got = list(player.play().pictures())
                    self.assert_are(got, frames[first:])
                    self.assertEqual([p.discont for p in got],
                                     [True] + [False] * (19 - first))

    def test_start_and_stop(self):
        path, frames = self.recording(pictures.steady(20, "GRAYSCALE"))
        for rate, expected in ((1.0, frames[5:9]), (2.0, frames[5:9]),
                               (-1.0, frames[5:9][::-1]),
                               (-2.0, frames[5:9][::-1])):
            with self.subTest(rate), self.open(path) as player:
                self.assertTrue(player.seek(
                    frames[5].time_ns, frames[9].time_ns, rate=rate))
                got = list(player.play().pictures())
                self.assert_are(got, expected)
                self.assertEqual([p.time for p in got if rate > 0],
                                 [int(n * 40 * MS / rate)
                                  for n in range(4) if rate > 0])

    def test_snap(self):
        path, frames = self.recording(pictures.steady(9, "GRAYSCALE"))
        flags = Gst.SeekFlags
        with self.open(path) as player:
            for flag, early, late in (
                    (flags.SNAP_BEFORE, 3, 3), (flags.SNAP_AFTER, 4, 4),
                    (flags.SNAP_NEAREST, 3, 4)):
                for offset, n in ((1, early), (-1, late)):
                    time = frames[3 if offset > 0 else 4].time_ns + offset
                    self.assertTrue(player.seek(
                        time, flags=flag | flags.KEY_UNIT))
                    self.assert_is(player.shown(), frames[n], (flag, time))

    def test_beyond_the_end(self):
        path, frames = self.recording(pictures.steady(9, "GRAYSCALE"))
        with self.open(path) as player:
            for time in (frames[-1].time_ns + 10 ** 12,
                         frames[-1].time_ns + 1):
                self.assertTrue(player.seek(time))
                self.assert_is(player.shown(), frames[-1], time)

    def test_one_frame(self):
        for interval in 0, 40:
            for name in "GRAYSCALE", "JPEG":
                path, frames = self.recording(
                    pictures.steady(1, name, interval=interval))
                for rate in 1.0, -1.0:
                    with self.subTest(f"{name} {interval} {rate}"), \
                            self.open(path) as player:
                        self.assertTrue(player.seek(0, rate=rate))
                        self.assert_are(list(player.play().pictures()), frames)

    def test_segment_loops(self):
        path, frames = self.recording(pictures.steady(9, "GRAYSCALE"))
        segment = Gst.SeekFlags.SEGMENT | Gst.SeekFlags.ACCURATE
        for rate, part in ((1.0, frames[2:6]), (-1.0, frames[2:6][::-1])):
            with self.subTest(rate), self.open(path) as player:
                ends = frames[2].time_ns, frames[6].time_ns
                self.assertTrue(player.seek(*ends, rate=rate, flags=segment))
                player.play()
                got = []
                for _ in range(4):
                    got += player.pictures()
                    self.assertTrue(player.seek(*ends, rate=rate,
                                                flags=segment, flush=False))
                self.assert_are(got, part * 4)
                times = [p.time for p in got]
                steps = {b - a for a, b in zip(times, times[1:])}
                # Gapless: time runs on as if it were one stream.
                self.assertEqual(steps, {40 * MS})

    def test_many_seeks_while_it_plays(self):
        path, frames = self.recording(pictures.steady(50, "GRAYSCALE"))
        for mode in SOURCES:
            with self.subTest(mode), self.open(path, mode) as player:
                player.play()
                for n in [n * 17 % 50 for n in range(60)]:
                    self.assertTrue(player.seek(frames[n].time_ns))
                    # What came before the flush may still be there once.
                    for p in player.pictures(3):
                        if p.pts == frames[n].time_ns:
                            break
                    else:
                        self.fail(f"{frames[n].time_ns} does not come")


@needs("jpegdec")
class Decoded(Seeks):
    """Behind decoders, which have an order of their own."""

    CHAINS = {"JPEG": NATIVE + " ! jpegdec",
              "BAYER_BGGR": NATIVE + " ! omvbayerdec",
              "mixed": "omvstrdemux output=frames ! omvframedec",
              "decodebin": "decodebin", "decodebin3": "decodebin3"}

    def recording_for(self, name):
        """25 frames that the chain can play."""
        kinds = {"JPEG": ["JPEG"], "BAYER_BGGR": ["BAYER_BGGR"]}
        return self.recording(pictures.recording(
            [(40, kind, 16, 12) for kind in
             (kinds.get(name, pictures.FORMATS) * 25)[:25]]))

    def assert_shows(self, got, frames, numbers):
        """These frames, decoded, in this order."""
        self.assertEqual([p.pts for p in got],
                         [frames[n].time_ns for n in numbers])
        for p, n in zip(got, numbers):
            self.assertTrue(pictures.shows(p, frames[n].format, n), (n, p))

    def test_forward(self):
        for name, chain in self.CHAINS.items():
            path, frames = self.recording_for(name)
            with self.subTest(name), self.open(path, demux=chain) as player:
                for n in (*range(0, 25, 6), 0):
                    self.assertTrue(player.seek(frames[n].time_ns))
                    self.assert_shows([player.shown()], frames, [n])

    def test_reverse(self):
        for name, chain in self.CHAINS.items():
            path, frames = self.recording_for(name)
            with self.subTest(name), self.open(path, demux=chain) as player:
                self.assertTrue(player.seek(0, rate=-1.0))
                self.assert_shows(list(player.play().pictures()), frames,
                                  list(range(25))[::-1])

    def test_reverse_of_a_part(self):
        for name, chain in self.CHAINS.items():
            path, frames = self.recording_for(name)
            with self.subTest(name), self.open(path, demux=chain) as player:
                self.assertTrue(player.seek(
                    frames[4].time_ns, frames[9].time_ns, rate=-1.0))
                self.assert_shows(list(player.play().pictures()), frames,
                                  [8, 7, 6, 5, 4])

    @needs("playbin", "playbin3")
    def test_players(self):
        """Frames of one format: of some thousand seeks to another format the
        queue behind playbin's decoders (1.22) loses the caps of one."""
        path, frames = self.recording_for("JPEG")
        for name in "playbin", "playbin3":
            with self.subTest(name), \
                    self.paused(f"{name} uri={path.as_uri()}") as player:
                for n in (20, 3, 24, 0):
                    self.assertTrue(player.seek(frames[n].time_ns))
                    self.assert_shows([player.shown()], frames, [n])
                self.assertTrue(player.seek(0, frames[5].time_ns, rate=-1.0))
                self.assert_shows(list(player.play().pictures()), frames,
                                  [4, 3, 2, 1, 0])


if __name__ == "__main__":
    main()
