# SPDX-License-Identifier: LGPL-2.1-or-later
"""The applications in examples/ do what they say, and stand on their own."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading

from launch import TIMEOUT, PipelineTest, exists, main
from omvimg import Recording

PROGRAMS = pathlib.Path(os.environ["OMV_EXAMPLES_DIR"])
SOURCES = pathlib.Path(__file__).parents[3] / "examples"

CLIP = re.compile(r"Clip (\d+): (.*), (\d+) frames before the trigger's and "
                  r"(\d+) after it, (\d+) missing\.")


class RingCamera(PipelineTest):
    def setUp(self):
        super().setUp()
        if not exists("videotestsrc"):
            self.skipTest("missing: videotestsrc")

    def start(self, *options):
        """The program, which has said that it runs."""
        program = subprocess.Popen(
            [PROGRAMS / "ring-camera", *options], cwd=self.folder,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "LC_ALL": "C.UTF-8"})
        timer = threading.Timer(TIMEOUT, program.kill)
        timer.start()
        for step in (program.stdout.close, program.stdin.close, program.wait,
                     program.kill, timer.cancel):
            self.addCleanup(step)
        self.assertIn("Press Enter", program.stdout.readline())
        return program

    def fire(self, program, do):
        """Fires until there is something to save: the first frame is late."""
        answer = "There is no frame yet."
        while "no frame yet" in answer:
            do()
            answer = program.stdout.readline()
        self.assertRegex(answer, r"^Triggered: clip \d+\.$")

    def end(self, program):
        """What it says from the interrupt on."""
        program.send_signal(signal.SIGINT)
        said = program.stdout.read()
        self.assertEqual(program.wait(), 0, said)
        return said

    def check(self, said, number, label):
        """The clip that was announced is there, and what it was said to be."""
        found = {m[1]: m for m in CLIP.finditer(said)}
        self.assertIn(number, found, said)
        location, before, after = found[number][2], *map(
            int, found[number].group(3, 4))
        recording = Recording(self.path(location).read_bytes())
        self.assertIsNone(recording.problem)
        self.assertEqual(len(recording.frames), before + 1 + after)
        self.assertEqual({f.format for f in recording.frames}, {"YUV422"})
        notes = json.loads(self.path(location + ".json").read_text())
        self.assertEqual(notes["label"], label)
        self.assertEqual(notes["user"]["trigger-frame"], str(before))

    def test_signal(self):
        program = self.start("--location=%05d.bin")
        self.fire(program, lambda: program.send_signal(signal.SIGUSR1))
        self.check(self.end(program), "1", "signal")
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()),
                         ["00001.bin", "00001.bin.json"])

    def test_key(self):
        def press():
            program.stdin.write("\n")
            program.stdin.flush()

        program = self.start()
        self.fire(program, press)
        self.check(self.end(program), "1", "key")

    def test_no_camera(self):
        if os.path.exists("/dev/video0"):
            self.skipTest("there is a camera")
        result = self.run_tool(f"{PROGRAMS / 'ring-camera'} --camera")
        self.assertEqual(
            (result.code, result.log),
            (1, "There is no camera at /dev/video0.\n"))

    def test_compiles_alone(self):
        """As its head says, with nothing of this project in reach."""
        if not shutil.which("cc") or not shutil.which("pkg-config"):
            self.skipTest("missing: cc or pkg-config")
        source = SOURCES / "ring-camera.c"
        line = re.search(r"^ \*   (cc .*)$", source.read_text(), re.M)[1]
        shutil.copy(source, self.folder)
        subprocess.run(["sh", "-c", line], cwd=self.folder, check=True)
        self.assertTrue(os.access(self.path("ring-camera"), os.X_OK))


if __name__ == "__main__":
    main()
