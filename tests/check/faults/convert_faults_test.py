# SPDX-License-Identifier: LGPL-2.1-or-later
"""omvstr convert, from a recording to something else and back, and from stores, on
a disk on which each call of the system fails in turn.
"""

import errno

import stores
from faults import main
from toolfaults import EachCall, recording

# Of the calls of a pipeline, as most are alike.
STEP = 5
DEAD = f"dead {errno.EIO}"
# Calls that fail where decodebin reads. A file that was opened once is not refused:
# it has no good words for that.
VIDEO = {"counted": "create,read,rename,unlink,write", "left_out": ("short",)}
# Whole blocks: jpegenc (1.22) fills others with what it finds behind a row.
SIZES = ((320, 240), (16, 16), (48, 32))
FRAMES = recording(5, sizes=SIZES)


class ConvertFaults(EachCall):
    """Videos and pictures, written and read. Where filesink (1.22) writes, no call
    writes a part: it would go on for ever."""

    def is_same(self, name, got, wanted):
        """MP4 holds the time when it was made, Matroska numbers by chance."""
        if name.endswith((".mp4", ".mkv")):
            return abs(len(got) - len(wanted)) < 16
        return super().is_same(name, got, wanted)

    def export(self, out, **more):
        self.fail_each({"a.bin": FRAMES, "p/.keep": b""}, "convert",
                       "a.bin", out, step=STEP, **more)

    def import_(self, name):
        """What the tool has made of a recording becomes one again."""
        self.fill({"a.bin": FRAMES, "p/.keep": b""})
        self.works("convert", "a.bin", name)
        files = self.content()
        del files["a.bin"]
        self.fail_each(files, "convert", name, "o.bin", step=STEP, **VIDEO)

    def test_avi(self):
        self.export("o.avi", left_out=("short",))

    def test_gif(self):
        self.export("o.gif", left_out=("short",))

    def test_mkv(self):
        self.export("o.mkv", left_out=("short",))

    def test_mp4(self):
        """Not where mp4mux (1.22) opens its file: if it cannot, it waits for
        ever."""
        self.export("o.mp4", counted="open,read,rename,unlink",
                    left_out=(DEAD,))
        self.export("o.mp4", counted="write", left_out=("short",))

    def test_mp4_is_created(self):
        """That file can be opened, since we did so."""
        for number in 1, 2:
            with self.subTest(number=number):
                self.fill({"a.bin": FRAMES})
                run = self.run_tool("convert", "a.bin", "o.mp4", at=number,
                                    what=errno.EACCES, counted="create")
                self.assertEqual(run.code, 1)
                self.assertRegex(run.err, r"o\.mp4.*: Permission denied")
                self.assertEqual(set(self.content()), {"a.bin"})

    def test_pictures(self):
        for out in "p/%02d.png", "p/%02d.jpg":
            self.export(out)

    def test_imports(self):
        for name in "i.avi", "i.gif", "i.mkv", "i.mp4":
            self.import_(name)
        for name in "p/%02d.png", "p/%02d.jpg":
            self.import_(name)


class StoreFaults(EachCall):
    """What researchers bring."""

    TIMES = [1714979289.25, 1714979289.35, 1714979289.352]

    def import_(self, name):
        """Where filesink (1.22) writes, no call writes a part: it would go on for
        ever."""
        files = self.content()
        for more in ({"counted": "close,lseek,open,read,stat"},
                     {"counted": "create,rename,unlink,write",
                      "left_out": ("short",)}):
            self.fail_each(files, "convert", name, "o.bin", step=STEP, **more)

    def import_videos(self, name):
        self.fail_each(self.content(), "convert", name, "o.bin", step=STEP,
                       **VIDEO)

    def imgstore(self, kind):
        stores.imgstore(self.path("s"), kind, self.TIMES, [-1, 0, 17], 2, 32, 16,
                        "age: 12\n", {1: [{"door": "open"}]})

    def test_imgstore_of_arrays(self):
        self.imgstore("npy")
        self.import_("s")

    def test_imgstore_of_pictures(self):
        self.imgstore("png")
        self.import_("s")

    def test_imgstore_of_videos(self):
        self.imgstore("avi")
        self.import_videos("s")

    def test_miniscope(self):
        stores.miniscope(self.path("d") / "Scope", [43, 93, 144], 2, 32, 16)
        self.import_videos("d/Scope")

    def test_card(self):
        self.path("c").write_bytes(stores.card(1022, (500, 550, 601), 30, 20))
        self.import_("c")


if __name__ == "__main__":
    main()
