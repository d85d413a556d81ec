#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""icon.py DIRECTORY FILE.ico: one icon of DIRECTORY/hashira-SIZE.png in the sizes that Windows asks for."""
import pathlib
import struct
import sys

SIZES = (16, 24, 32, 48, 64, 128, 256)


def icon(images):
    """An .ico of PNGs: a head, an entry of 16 bytes for each (256 is written as 0), then the images."""
    head = struct.pack("<HHH", 0, 1, len(images))
    entries, at = b"", len(head) + 16 * len(images)
    for size, png in images:
        entries += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(png), at)
        at += len(png)
    return head + entries + b"".join(png for _, png in images)


def main():
    directory, out = map(pathlib.Path, sys.argv[1:])
    out.write_bytes(icon([(size, (directory / f"hashira-{size}.png").read_bytes()) for size in SIZES]))


main()
