# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whoever writes is killed at any call of the system, or the power goes and
takes with it what was not brought to the disk.

The guarantees: frames that were announced are there, and whole; what is left is
the beginning of the recording, can be read, is whole after a repair, and can be
appended to.

OMV_TEST_SEED chooses the moments; the same seed, the same moments.
"""

import errno
import json
import os
import pathlib
import random
import re
import shutil

from faults import LAUNCH, LONG, SOURCE, WRITER, FaultTest, main
from omvimg import Recording
from written import Disk, announced, ends, ideal

SEED = int(os.environ.get("OMV_TEST_SEED", "1"))
HEADER_SIZE = 16
N_FRAMES = 60
N_MORE = 3
SYNC_INTERVAL = 200_000_000
# Calls that change what is on the disk.
CHANGES = "create,write,fsync,ftruncate,rename,close,unlink"


def payloads(data):
    """The pictures of all whole frames; none of what is no recording yet."""
    if len(data) < HEADER_SIZE:
        return []
    return [frame.payload for frame in Recording(data).frames]


class PowerCut(FaultTest):
    """A test in which processes are killed."""

    def setUp(self):
        super().setUp()
        self.random = random.Random(f"{SEED} {self.id()}")

    def moments(self, n_rounds, n_calls):
        """(number of a call, how it ends): as often as is asked for."""
        for _ in range(n_rounds):
            yield (self.random.randint(1, n_calls),
                   self.random.choice(("kill", "tear")))

    def check_left(self, path):
        """It can be read, repaired and appended to."""
        data = path.read_bytes()
        left = payloads(data)
        if len(data) >= HEADER_SIZE:
            self.assertIn(self.run_tool("verify", path).code, (0, 1))
            self.works("repair", "--force", path, "repaired.bin")
            repaired = self.path("repaired.bin").read_bytes()
            self.assertEqual(payloads(repaired), left)
            self.works("verify", "-q", "repaired.bin")
        self.append(path, left)

    def append(self, path, left):
        run = self.run_in([WRITER, path, "append", len(left) + N_MORE, 0, 0])
        self.assertEqual(run.code, 0, run.out)
        now = payloads(path.read_bytes())
        self.assertEqual(len(now), len(left) + N_MORE)
        self.assertEqual(now[:len(left)], left)
        self.works("verify", "-q", path)

    def check_cuts(self, path, run, n_killed, n_lost, sizes=None):
        """What is left of a file of which so many frames were announced, as
        safe from a kill and as safe from a power cut."""
        data = path.read_bytes()
        copy = self.path("copy.bin")
        disk = Disk(run.done, sizes)
        disk.synced[str(copy)] = disk.synced.get(str(path), 0)

        shutil.copy(path, copy)
        self.assertGreaterEqual(len(payloads(data)), n_killed)
        self.check_left(copy)

        shutil.copy(path, copy)
        disk.lose_cache(copy)
        self.assertGreaterEqual(len(payloads(copy.read_bytes())), n_lost)
        self.check_left(copy)

        # where the file has its size, but nothing is in it
        shutil.copy(path, copy)
        disk.lose_cache(copy, zeros=True)
        left = copy.read_bytes()
        if any(left[:HEADER_SIZE]):
            self.works("repair", "--force", copy, "repaired.bin")
            self.works("verify", "-q", "repaired.bin")
            now = payloads(self.path("repaired.bin").read_bytes())
            self.assertGreaterEqual(len(now), n_lost)
            self.append(self.path("repaired.bin"), now)


class Writer(PowerCut):
    """GstOmvWriter."""

    def cut(self, files, mode, n_rounds):
        path = self.path("a.bin")
        for _ in range(n_rounds):
            arguments = (WRITER, path, mode, N_FRAMES,
                         self.random.choice((0, 1, 5, 13)),
                         self.random.choice((0, 1, 7, 19)))
            self.fill(files)
            good = self.run_in(arguments, counted=CHANGES)
            self.assertEqual(good.code, 0)
            self.check_name(path, good, files)
            for at, what in self.moments(1, len(good.calls)):
                with self.subTest(seed=SEED, at=at, what=what,
                                  arguments=arguments):
                    self.fill(files)
                    run = self.run_in(arguments, at, what, CHANGES)
                    self.assertTrue(run.was_killed)
                    self.check_name(path, run, files)
                    self.check(path, run, files)

    def check_name(self, path, run, files):
        """What was synced can be found again."""
        if announced(run.out, "synced"):
            self.assertTrue(Disk(run.done, self.sizes(files)).has_name(path))

    def sizes(self, files):
        """What was on the disk before."""
        return {self.path(name): len(data) for name, data in files.items()}

    def check(self, path, run, files):
        if not path.exists():
            self.assertEqual(run.out, "")
            return
        before = files.get("a.bin", b"")
        data = path.read_bytes()
        self.assertTrue(ideal(N_FRAMES).startswith(data))
        n_before = len(payloads(before))
        n_killed = announced(run.out, "flushed", "synced")
        n_lost = announced(run.out, "synced")
        if data:
            self.assertGreaterEqual(
                len(data), ends(N_FRAMES)[max(n_before, n_killed)] if before
                or n_killed else 0)
        self.check_cuts(path, run, max(n_killed, n_before),
                        max(n_lost, n_before), self.sizes(files))

    def test_create(self):
        self.cut({}, "create", 150 if LONG else 4)

    def test_append(self):
        self.cut({"a.bin": ideal(20)}, "append", 75 if LONG else 2)
        self.cut({"a.bin": ideal(20)[:-50]}, "append", 75 if LONG else 2)


class Mux(PowerCut):
    """omvstrmux ! filesink, in each of its ways to buffer."""

    def cut(self, mode, n_rounds):
        path = self.path("a.bin")
        line = (f"{SOURCE} ! omvstrmux sync-interval={SYNC_INTERVAL}"
                f" ! filesink buffer-mode={mode} location={path}")
        self.fill({})
        good = self.run_in([*LAUNCH, *line.split()], counted=CHANGES)
        self.assertEqual(good.code, 0, good.err)
        whole = path.read_bytes()
        frames = Recording(whole).frames
        ends_at = [*(f.offset for f in frames[1:]), len(whole)]
        # the ends of frames each of which comes an interval after the other
        due = [end for f, end in zip(frames, ends_at)
               if f.time_ns > 0 and f.time_ns % SYNC_INTERVAL == 0]
        self.assertEqual(len(due), 5)
        self.assertLessEqual(set(due), {int(size) for what, _, size in good.done
                                        if what == "fsync"})
        for at, what in self.moments(n_rounds, len(good.calls)):
            with self.subTest(seed=SEED, at=at, what=what, mode=mode):
                self.fill({})
                run = self.run_in([*LAUNCH, *line.split()], at, what, CHANGES)
                self.assertTrue(run.was_killed)
                if not path.exists():
                    continue
                self.assertTrue(whole.startswith(path.read_bytes()))
                # what follows such a frame is written after the sync
                size = path.stat().st_size
                synced = max([end for end in due if end < size], default=0)
                n_safe = sum(f.offset < synced for f in frames)
                self.check_cuts(path, run, n_safe, n_safe)

    def test_modes(self):
        for mode in "default", "full", "line", "unbuffered":
            self.cut(mode, 40 if LONG else 1)


class Record(PowerCut):
    """omvstr record."""

    ARGUMENTS = ("record", "test", "a.bin", "--frames", 40, "--size", "64x48",
                 "--rate", 400)

    def test_end(self):
        """Who has said that it is over has brought all of it to the disk."""
        self.fill({})
        run = self.works(*self.ARGUMENTS)
        disk = Disk(run.done)
        self.assertTrue(disk.has_name(self.path("a.bin")))
        disk.lose_cache(self.path("a.bin"))
        self.assertEqual(len(payloads(self.path("a.bin").read_bytes())), 40)

    def test_cuts(self):
        self.fill({})
        good = self.run_tool(*self.ARGUMENTS, counted=CHANGES)
        self.assertEqual(good.code, 0, good.err)
        for at, what in self.moments(60 if LONG else 2, len(good.calls)):
            with self.subTest(seed=SEED, at=at, what=what):
                self.fill({})
                run = self.run_tool(*self.ARGUMENTS, at=at, what=what,
                                    counted=CHANGES)
                self.assertTrue(run.was_killed)
                if self.path("a.bin").exists():
                    # what has the name is whole, even without the cache
                    self.check_cuts(self.path("a.bin"), run, 40, 40)
                elif self.path("a.bin.part").exists():
                    self.check_cuts(self.path("a.bin.part"), run, 0, 0)


class Ring(PowerCut):
    """The clips of omvringsink."""

    def line(self):
        ring = "omvringsink slots=20 dump-on-eos=true"
        return [*LAUNCH, *(
            f"{SOURCE} ! tee name=t t. ! queue ! {ring} name=a"
            f" location={self.path('a.bin')} t. ! queue ! {ring} name=b"
            f" location={self.path('b.bin')}").split()]

    def test_cuts(self):
        self.fill({})
        good = self.run_in(self.line(), counted=CHANGES)
        self.assertEqual(good.code, 0)
        whole = payloads(self.path("a.bin").read_bytes())
        self.assertEqual(len(whole), 20)
        self.assertEqual(self.check_names(good), 2)
        for at, what in self.moments(100 if LONG else 3, len(good.calls)):
            with self.subTest(seed=SEED, at=at, what=what):
                self.fill({})
                run = self.run_in(self.line(), at, what, CHANGES)
                self.assertTrue(run.was_killed)
                self.check_names(run)
                self.check(run, whole)

    def test_name_without_metadata(self):
        """A clip beside which nothing can be written keeps its name."""
        line = [*LAUNCH, *(f"{SOURCE} ! omvringsink slots=20 dump-on-eos=true"
                           f" location={self.path('a.bin')}").split()]
        self.fill({})
        good = self.run_in(line, counted=CHANGES)
        at = next(n for n, call in enumerate(good.calls, 1)
                  if call.path.endswith(".json.part"))
        self.fill({})
        run = self.run_in(line, at, errno.ENOSPC, CHANGES)
        self.assertIn("No space left on device", run.out)
        self.assertFalse(self.path("a.bin.json").exists())
        disk = Disk(run.done)
        self.assertTrue(disk.has_name(self.path("a.bin")))
        disk.lose_cache(self.path("a.bin"))
        self.assertEqual(len(payloads(self.path("a.bin").read_bytes())), 20)

    def check_names(self, run):
        """Clips that were announced have their names and metadata. Returns how
        many."""
        disk = Disk(run.done)
        said = re.findall(r"omv-ring-dump, .*location=\(string\)([^,;]*)",
                          run.out)
        for place in said:
            self.assertTrue(disk.has_name(place.strip('"')), run.out)
            metadata = pathlib.Path(place.strip('"') + ".json")
            self.assertTrue(disk.has_name(metadata), run.out)
            disk.lose_cache(metadata)
            self.assertIn("start", json.loads(metadata.read_text()))
        return len(said)

    def check(self, run, whole):
        for name in "a.bin", "b.bin":
            if self.path(name).exists():
                self.check_cuts(self.path(name), run, len(whole), len(whole))
            elif self.path(name + ".part").exists():
                left = payloads(self.path(name + ".part").read_bytes())
                self.assertEqual(left, whole[:len(left)])
                self.check_cuts(self.path(name + ".part"), run, 0, 0)


if __name__ == "__main__":
    main()
