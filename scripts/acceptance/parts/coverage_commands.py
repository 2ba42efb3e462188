#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Every command of a page exists: kinds and options stand in --help, targets of the pipeline can be planned, networks built.

usage: coverage_commands.py STRIATE PAGE.md WORK     (WORK: an empty folder in which plans are made)

Commands are what stands in `…` and begins with "striate ". Exit code 0 only if all are as the page says; counts verdicts too.
"""
import collections
import re
import shlex
import subprocess
import sys
from pathlib import Path

NEEDS_TRAINING = 66  # the plan ends with what training takes


def run(striate, *words, cwd=None):
    return subprocess.run([striate, *words], cwd=cwd, text=True, capture_output=True)


class Help:
    """What --help says of a command: its kinds, its options."""

    def __init__(self, striate):
        self.striate, self.texts = striate, {}

    def of(self, *words):
        if words not in self.texts:
            result = run(self.striate, *words, "--help")
            self.texts[words] = result.stdout if result.returncode == 0 else ""
        return self.texts[words]

    def names(self, *words):
        return set(re.findall(r"^  ([a-z][a-z-]*)  ", self.of(*words), re.M))

    def options(self, *words):
        return set(re.findall(r"(?<![\w-])(--?[A-Za-z][\w-]*)", self.of(*words)))


def reason_against(help_of, words, work):
    """Why this command cannot be run as it stands, or nothing."""
    command = words[0]
    if command not in help_of.names():
        return f"no command '{command}'"
    place = (command,)
    if len(words) == 1:
        return None
    if help_of.names(command):
        if words[1] not in help_of.names(command):
            return f"no kind '{' '.join(words[:2])}'"
        place = tuple(words[:2])
    for word in words[1:]:
        if word.startswith("-") and not word.lstrip("-").isdigit() and word not in help_of.options(*place):
            return f"no option {word} of '{' '.join(place)}'"
    if command == "pipeline":
        result = run(help_of.striate, *words, "--dry-run", cwd=work)
        if result.returncode not in (0, NEEDS_TRAINING):
            return f"exit code {result.returncode}: {result.stderr.strip().splitlines()[-1:]}"
    if command == "build" and "--from-base-props" not in words and "--cell-models" not in words:
        result = run(help_of.striate, *[word for word in words if word != "--dry-run"], "--dry-run", cwd=work)
        if result.returncode:
            return f"exit code {result.returncode}: {result.stderr.strip().splitlines()[-1:]}"
    return None


def rows_of(text):
    """Cells of the rows of all tables whose last column is a verdict."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and cells[3] not in ("verdict", "---"):
            yield cells


def main(striate, page, work):
    text, help_of = Path(page).read_text(), Help(striate)
    commands = sorted(set(re.findall(r"`striate ([^`]*)`", text)))
    bad = 0
    for command in commands:
        why = reason_against(help_of, shlex.split(command), work)
        if why:
            print(f"  striate {command}: {why}   FAILED")
            bad += 1
    print(f"{len(commands)} commands of {page}, {bad} cannot be run as they stand")
    verdicts = collections.Counter()
    for name, command, _, verdict in rows_of(text):
        kind = re.match(r"same|partial|other", verdict)
        if kind is None or (kind[0] != "other" and "`striate " not in command):
            print(f"  {name}: no verdict, or no command   FAILED")
            bad += 1
            continue
        verdicts[kind[0]] += 1
    print(f"{sum(verdicts.values())} items: " + ", ".join(f"{count} {kind}" for kind, count in verdicts.most_common()))
    return 1 if bad else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(str(Path(sys.argv[1]).resolve()), *sys.argv[2:]))
