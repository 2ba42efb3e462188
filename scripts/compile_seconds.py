#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Seconds spent compiling each folder, as ninja's log has them: python3 scripts/compile_seconds.py BUILD.

They are wall seconds of each compiler process, so compare builds of an idle machine (or with as many jobs as cores)."""
import collections
import pathlib
import re
import sys


def folder_of(output):
    """The folder of the sources behind an object; None for what is not compiled."""
    found = re.match(r"(?:(.*)/)?CMakeFiles/[^/]+\.dir/(.*)\.o$", output)
    if not found:
        return None
    above, inside = found.groups()
    batch = re.match(r"Unity/unity_(.*)_c..\.cxx$", inside)
    if batch:
        return batch[1].replace("_", "/")
    return str(pathlib.PurePath(above or "") / pathlib.PurePath(inside).parent)


def seconds_by_folder(log):
    last = {}  # an object compiled again counts once
    for line in log.read_text().splitlines():
        if line.startswith("#"):
            continue
        start, end, _, output, _ = line.split("\t")
        folder = folder_of(output)
        if folder:
            last[output] = (folder, (int(end) - int(start)) / 1000)
    objects, seconds = collections.Counter(), collections.Counter()
    for folder, spent in last.values():
        objects[folder] += 1
        seconds[folder] += spent
    return objects, seconds


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    objects, seconds = seconds_by_folder(pathlib.Path(sys.argv[1]) / ".ninja_log")
    for folder in sorted(seconds):
        print(f"{folder:34} {objects[folder]:4} objects {seconds[folder]:8.1f} s")
    print(f"{'all':34} {sum(objects.values()):4} objects {sum(seconds.values()):8.1f} s")


main()
