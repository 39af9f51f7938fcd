# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stores as imgstore and Miniscopes leave them, with flat pictures.

The frame at index n is all of pictures.grey(n). Written from what these programs
document, sharing nothing with the library.
"""

import io
import json
import struct
import zipfile

import pictures

SECTOR = 512
KEY = 0x0D7CBA17


def npy(kind, shape, data):
    """An array as numpy.save() writes it."""
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return (b"\x93NUMPY\1\0" + struct.pack("<H", len(header))
            + header.encode() + data)


def npz(numbers, times):
    """A chunk's table, packed as numpy.savez_compressed() does."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, code, kind, values in (
                ("frame_time", "d", "<f8", times), ("version", "q", "<i8", [2]),
                ("frame_number", "q", "<i8", numbers)):
            archive.writestr(f"{name}.npy", npy(
                kind, f"({len(values)},)",
                struct.pack(f"<{len(values)}{code}", *values)))
    return out.getvalue()


def picture(kind, n, w, h):
    """The file of the frame at this index."""
    level = pictures.grey(n)
    if kind == "png":
        return pictures.png(w, h, level)
    if kind == "jpg":
        return pictures.jpeg(w, h, level)
    if kind == "pgm":
        return b"P5\n%d %d\n255\n" % (w, h) + bytes([level]) * (w * h)
    return npy("|u1", f"({h}, {w})", bytes([level]) * (w * h))


def video(path, first, count, w, h, rate=60, empty=None):
    """An AVI file of JPEG pictures, those from this index on. empty: before which
    one there is a chunk without a picture."""
    def chunk(name, *content):
        data = b"".join(content)
        return (name + struct.pack("<I", len(data)) + data
                + bytes(len(data) % 2))

    frames = [chunk(b"00dc", pictures.jpeg(w, h, pictures.grey(first + n)))
              for n in range(count)]
    if empty is not None:
        frames.insert(empty, chunk(b"00dc"))
        count += 1
    movi = chunk(b"LIST", b"movi", *frames)
    places = [4 + sum(map(len, frames[:n])) for n in range(count)]
    index = b"".join(b"00dc" + struct.pack("<II", 16, place) + frame[4:8]
                     for place, frame in zip(places, frames))
    stream = chunk(
        b"LIST", b"strl",
        chunk(b"strh", struct.pack(
            "<4s4sIHHIIIIIIII4H", b"vids", b"MJPG", 0, 0, 0, 0, 1, rate, 0,
            count, 0, 0xFFFFFFFF, 0, 0, 0, w, h)),
        chunk(b"strf", struct.pack("<IiiHH4sIiiII", 40, w, h, 1, 24, b"MJPG",
                                   w * h * 3, 0, 0, 0, 0)))
    header = struct.pack("<10I16x", 10 ** 6 // rate, 0, 0, 0x10, count, 0, 1,
                         0, w, h)
    path.write_bytes(chunk(
        b"RIFF", b"AVI ", chunk(b"LIST", b"hdrl", chunk(b"avih", header),
                                stream), movi, chunk(b"idx1", index)))


def imgstore(path, kind, times, numbers, chunk, w=20, h=16, user="",
             extra=None):
    """A store. extra: {index: [object, …]}."""
    path.mkdir()
    is_video = kind == "avi"
    (path / "metadata.yaml").write_text(
        f"{user}\n__store:\n  chunksize: {chunk}\n  class: "
        f"{'VideoImgStore' if is_video else 'DirectoryImgStore'}\n"
        f"  encoding: null\n  format: {'mjpeg/avi' if is_video else kind}\n"
        f"  extension: .avi\n  imgdtype: uint8\n  imgshape: [{h}, {w}]\n"
        "  timezone_local: Etc/GMT-2\n  uuid: 5d1f\n  version: 2\n")
    for start in range(0, len(times), chunk):
        indices = range(start, min(start + chunk, len(times)))
        folder = path / f"{start // chunk:06}"
        stem = str(folder) if is_video else str(folder / "index")
        if is_video:
            video(path / f"{folder.name}.avi", start, len(indices), w, h)
        else:
            folder.mkdir()
            for n in indices:
                (folder / f"{n - start:06}.{kind}").write_bytes(
                    picture(kind, n, w, h))
        with open(stem + ".npz", "wb") as file:
            file.write(npz([numbers[n] for n in indices],
                           [times[n] for n in indices]))
        found = [{**data, "frame_time": times[n], "frame_number": numbers[n],
                  "frame_index": n}
                 for n in indices for data in (extra or {}).get(n, ())]
        if found:
            with open(stem + ".extra.json", "w", encoding="utf-8") as file:
                json.dump(found, file)


def miniscope(path, ms, per_file, w=20, h=16):
    """A folder of a Miniscope V4, below one of its session."""
    path.mkdir(parents=True)
    (path.parent / "metaData.json").write_text(json.dumps({
        "animalName": "A1", "year": 2022, "month": 9, "day": 19, "hour": 18,
        "minute": 18, "second": 41, "msec": 7,
        "msecSinceEpoch": 1663604321007}))
    (path / "metaData.json").write_text(json.dumps(
        {"deviceName": "Miniscope", "framesPerFile": per_file, "led0": 12.5}))
    (path / "timeStamps.csv").write_text(
        "Frame Number,Time Stamp (ms),Buffer Index\n"
        + "".join(f"{n},{time},{n % 3}\n" for n, time in enumerate(ms)))
    for start in range(0, len(ms), per_file):
        video(path / f"{start // per_file}.avi", start,
              min(per_file, len(ms) - start), w, h)


def card(start, ms, w, h, parts=3):
    """A card's image, its first sector at start; the newer kind tells more."""
    words = 11 if start == 1022 else 9
    size = -(-w * h // parts)

    def sector(*values):
        data = struct.pack(f"<{len(values)}I", *values)
        return data + bytes(-len(data) % SECTOR)

    out = bytearray(start * SECTOR)
    out += sector(*[KEY] * 4, 3, 50, 128, 60, 20, 5, 3400)
    out += sector(w, h, 20, size, len(ms) * parts, 0)
    for n, time in enumerate(ms):
        pixels = bytes([pictures.grey(n)]) * (w * h)
        for part in range(parts):
            data = pixels[part * size:(part + 1) * size]
            head = (words, 0, n + 7, n * parts + part, part, n * parts + part,
                    0, time, len(data), time + 2, 4100)[:words]
            piece = struct.pack(f"<{words}I", *head) + data
            out += piece + bytes(-len(piece) % SECTOR)
    # what is left of an earlier recording
    out += sector(words, 0, 500, 5000, 0, 5000, 0, 9, 10, 9, 9)
    return bytes(out)
