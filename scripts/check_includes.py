#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Includes point down: between folders, between the rooms of a folder, and never in a circle.

The order is read from docs/design.md, where people read it: the block that begins with ```includes. Its lines:

    /: cli → workflows → {builder, lgn} → io → core   order of the top folders; a may include b and all below b
    io: check → {sonata, paradigm} → {hdf5, text}     order of a folder's rooms; further chains after ';'
    interventions also metrics/base, metrics/math     exceptions to the order of the top folders
    engine/machine only core                          a room that may include nothing else of the rest

Files that lie directly in a folder stand above its rooms. A header and the source of its name count as one in the
search for circles. Also refused: two headers of one name, folders that the order does not know.

usage: check_includes.py [ROOT]
"""
import collections
import pathlib
import re
import sys

INCLUDE = re.compile(r'^#include "([\w/]+)\.hpp"', re.MULTILINE)


class Order:
    """What docs/design.md says."""

    def __init__(self, text):
        block = re.search(r"```includes\n(.*?)```", text, re.DOTALL)
        if not block:
            raise SystemExit("docs/design.md has no block ```includes (it states the order of folders)")
        self.below = {}  # folder -> {room: rooms that it may include}
        self.also = collections.defaultdict(set)
        self.only = {}
        for line in filter(None, map(str.strip, block.group(1).splitlines())):
            if match := re.match(r"(\S+) also (.*)$", line):
                self.also[match[1]] |= {word.strip() for word in match[2].split(",")}
            elif match := re.match(r"(\S+) only (.*)$", line):
                self.only[match[1]] = {word.strip() for word in match[2].split(",")}
            elif match := re.match(r"(\S+): (.*)$", line):
                self.below["" if match[1] == "/" else match[1]] = self.chains(match[2])
            else:
                raise SystemExit(f"docs/design.md: cannot read the line '{line}' of the order of folders")

    @staticmethod
    def chains(text):
        direct = collections.defaultdict(set)
        for chain in text.split(";"):
            steps = [{name.strip() for name in step.strip(" {}").split(",")} for step in chain.split("→")]
            for upper, lower in zip(steps, steps[1:]):
                for name in upper:
                    direct[name] |= lower
            for name in set().union(*steps):
                direct[name] |= set()

        def reach(name, seen):
            for lower in direct[name] - seen:
                seen.add(lower)
                reach(lower, seen)
            return seen

        return {name: reach(name, set()) for name in list(direct)}

    def allows(self, source, target):
        """Whether the file `source` may include `target` (paths without suffix)."""
        here, there = source.split("/")[:-1], target.split("/")[:-1]
        for room, allowed in self.only.items():
            if source.startswith(room + "/") and not target.startswith(tuple(f"{a}/" for a in allowed | {room})):
                return False
        if here[0] != there[0] and any(target.startswith((place + "/", place)) for place in self.also[here[0]]):
            return True
        for depth in range(max(len(here), len(there))):
            mine, theirs = here[depth:depth + 1], there[depth:depth + 1]
            if mine == theirs:
                continue
            if not mine:
                return True  # from the folder itself down into a room
            if not theirs:
                return False  # from a room up to its folder
            return theirs[0] in self.below.get("/".join(here[:depth]), {}).get(mine[0], set())
        return True

    def folders(self):
        return list(self.below[""])


def circle(graph):
    """One circle of the graph as a list of names, or None."""
    state = {}

    def visit(node, path):
        state[node] = "open"
        for following in sorted(graph.get(node, ())):
            if state.get(following) == "open":
                return path[path.index(following):] + [following] if following in path else [node, following]
            if following not in state and (found := visit(following, path + [following])):
                return found
        state[node] = "done"
        return None

    sys.setrecursionlimit(10000)
    for node in sorted(graph):
        if node not in state and (found := visit(node, [node])):
            return found
    return None


def check(root):
    order = Order((root / "docs/design.md").read_text(encoding="utf-8"))
    broken, graph, headers = [], collections.defaultdict(set), collections.defaultdict(list)
    files = [f for folder in order.folders() for f in sorted((root / folder).rglob("*.?pp"))]
    for file in files:
        name = file.relative_to(root).with_suffix("").as_posix()
        parts = name.split("/")[:-1]
        for depth in range(1, len(parts)):
            if parts[depth] not in order.below.get("/".join(parts[:depth]), {}):
                broken.append(f"{'/'.join(parts[:depth + 1])}: the order in docs/design.md does not know this folder")
        if file.suffix == ".hpp":
            headers[file.name].append(name)
        for target in INCLUDE.findall(file.read_text(encoding="utf-8")):
            if target != name:
                graph[name].add(target)
            if target.split("/")[0] in order.folders() and not order.allows(name, target):
                broken.append(f"{name}{file.suffix} includes {target}.hpp, which does not lie below it")
    broken += [f"two headers of one name: {', '.join(names)}" for names in headers.values() if len(names) > 1]
    if found := circle(graph):
        broken.append("includes run in a circle: " + " → ".join(found))
    if not files:
        broken.append(f"no source files found under {root}")
    return len(files), sorted(set(broken))


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    count, broken = check(root)
    if broken:
        print("\n  ".join(["includes that do not point down:"] + broken), file=sys.stderr)
        return 1
    print(f"{count} files: all includes point down, no circles")
    return 0


if __name__ == "__main__":
    sys.exit(main())
