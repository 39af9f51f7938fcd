# SPDX-License-Identifier: LGPL-2.1-or-later
"""play shows each frame, from where and as fast as it is told to."""

import os
import pty
import select
import signal
import termios
import time

import pictures
from tool import TIMEOUT, TOOL, ToolTest, main

SINK = ("videoconvert ! video/x-raw,format=GRAY8 ! "
        "multifilesink location=shown-%05d.gray")
LEFT, RIGHT = b"\x1b[D", b"\x1b[C"


class Play(ToolTest):
    """Frames are grey, each lighter than the one before."""

    def shown(self, *options):
        """The levels of the frames that were shown, in their order."""
        for path in self.folder.glob("shown-*"):
            path.unlink()
        self.assertEqual(self.works(
            "play", "--no-wait", "--no-overlay", f"--sink={SINK}", *options,
            "in.bin"), "")
        return [path.read_bytes()[0]
                for path in sorted(self.folder.glob("shown-*"))]

    def setUp(self):
        super().setUp()
        self.path("in.bin", pictures.steady(9, "GRAYSCALE"))
        self.levels = [pictures.grey(n) for n in range(9)]

    def test_all_frames(self):
        self.assertEqual(self.shown(), self.levels)

    def test_from_frame(self):
        self.assertEqual(self.shown("--from=#4"), self.levels[4:])

    def test_from_time(self):
        # frame n is due after n + 1 intervals of 40 ms
        self.assertEqual(self.shown("--from=0.16"), self.levels[3:])
        self.assertEqual(self.shown("--from=170ms"), self.levels[3:])

    def test_faster(self):
        self.assertEqual(self.shown("--speed=4"), self.levels)

    def test_backward(self):
        self.assertEqual(self.shown("--speed=-1"), self.levels[::-1])

    def test_backward_from(self):
        """The frame at that place is the first one, whatever the direction."""
        for place, n in (("#4", 4), ("#0", 0), ("#8", 8), ("#99", 8),
                         ("0.16", 3), ("170ms", 3), ("0.04", 0), ("9", 8)):
            with self.subTest(place):
                self.assertEqual(
                    self.shown("--speed=-10", f"--from={place}"),
                    self.levels[n::-1])

    def test_nonsense(self):
        self.fails("play", "--speed=0", "in.bin", code=2)
        self.fails("play", "--speed=101", "in.bin", code=2)
        self.fails("play", "--from=soon", "in.bin", words=["soon"], code=2)
        self.fails("play", "in.bin", "in.bin", code=2)

    def test_no_recording(self):
        self.path("not.bin", b"RIFF" * 100)
        self.fails("play", "not.bin", subject="not.bin")
        self.fails("play", "nothing.bin", subject="nothing.bin")

    def test_missing_sink(self):
        result = self.run_tool("play", "--sink=nosuchsink", "in.bin")
        self.assertEqual(result.code, 1)
        self.assertIn("nosuchsink", result.err)


class Keys(ToolTest):
    """A terminal of its own stands for a person's."""

    def start(self, *options):
        """Starts play in a terminal: (process, terminal)."""
        self.path("in.bin", pictures.steady(9, "GRAYSCALE"))
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            os.execv(TOOL, [TOOL, "play", "--sink=fakesink", *options,
                            "in.bin"])
        self.addCleanup(os.close, terminal)
        return pid, terminal

    def wait_until_raw(self, terminal):
        """Until the player reads key by key: it says so by the echo."""
        end = time.monotonic() + TIMEOUT
        while termios.tcgetattr(terminal)[3] & termios.ECHO:
            self.assertLess(time.monotonic(), end, "keys are not read")
            select.select([], [], [], 0.01)

    def ends(self, pid):
        """The exit status of a player that was told to end."""
        end = time.monotonic() + TIMEOUT
        while True:
            found, status = os.waitpid(pid, os.WNOHANG)
            if found:
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() > end:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                self.fail("it does not end")
            select.select([], [], [], 0.01)

    def test_keys(self):
        pid, terminal = self.start("--loop")
        before = termios.tcgetattr(terminal)[3]
        self.wait_until_raw(terminal)
        for key in [b" ", b".", b",", RIGHT, LEFT, b" ", b"x", b"q"]:
            os.write(terminal, key)
        self.assertEqual(self.ends(pid), 0)
        self.assertEqual(termios.tcgetattr(terminal)[3], before)

    def test_interrupt(self):
        pid, terminal = self.start("--loop", "--paused")
        before = termios.tcgetattr(terminal)[3]
        self.wait_until_raw(terminal)
        os.kill(pid, signal.SIGINT)
        self.assertEqual(self.ends(pid), 0)
        self.assertEqual(termios.tcgetattr(terminal)[3], before)


if __name__ == "__main__":
    main()
