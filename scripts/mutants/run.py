# SPDX-License-Identifier: BSD-3-Clause
"""Makes each break of mutants.txt in a worktree, builds what its tests need and sees whether one of them fails.

usage: run.py TREE [WORD…]      (called by scripts/mutants.sh; WORD: only mutants with this in name, file or tests)

Exit code 1 when a mutant survives, its piece is not found (once), it does not compile, or a test fails without it.
"""
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).resolve().parent / "mutants.txt"
TARGETS = {"unit": "striate_unit_tests", "validation": "striate_validation_tests", "mpi": "striate_mpi_tests", "e2e": "striate"}
LONGEST_S = 600  # a test that hangs has noticed, too


@dataclass
class Mutant:
    name: str
    file: str
    old: str
    new: str
    tests: list[str]


def read_table() -> list[Mutant]:
    mutants = []
    for block in re.split(r"^= ", TABLE.read_text(), flags=re.M)[1:]:
        name, *lines = block.splitlines()
        fields = {}
        for line in lines:
            key, colon, value = line.partition(":")
            if colon and not line.startswith("#"):
                fields[key] = value.strip()
        if set(fields) != {"file", "old", "new", "tests"}:
            sys.exit(f"mutant '{name}' in {TABLE} has the keys {', '.join(fields)} (must be file, old, new, tests)")
        mutants.append(Mutant(name, fields["file"], fields["old"], fields["new"], fields["tests"].split()))
    return mutants


class Tree:
    def __init__(self, root: Path):
        self.root = root
        self.build = root / "build"

    def test_file(self, test: str) -> Path:
        tier, stem = test.split("/")
        found = [path for path in (self.root / "tests" / tier).rglob(f"{stem}.*") if path.suffix in (".cpp", ".py")]
        if len(found) != 1:
            sys.exit(f"{test} names {len(found)} test files (must be one)")
        return found[0]

    def compile(self, tests: list[str]) -> str:
        """The compiler's words, empty when it has built the tests."""
        targets = {TARGETS[test.split("/")[0]] for test in tests}
        done = subprocess.run(["cmake", "--build", self.build, "--target", *sorted(targets)], capture_output=True, text=True)
        return "" if done.returncode == 0 else done.stdout + done.stderr

    def failure(self, test: str) -> str:
        """Where a test fails, empty when it passes."""
        tier, stem = test.split("/")
        if tier == "e2e":
            command = ["ctest", "--test-dir", self.build, "--no-tests=error", "-R", f"^e2e/{stem.removesuffix('_test')}$"]
        else:
            command = [self.build / "tests" / TARGETS[tier], "--filenames-as-tags", "--reporter", "compact", f"[#{stem}]~[.]"]
            if tier == "mpi":
                command = ["mpirun", "-n", "4", *command]
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=LONGEST_S)
        except subprocess.TimeoutExpired:
            return "no end"
        if re.search("No test(s ran| cases matched)", done.stdout):
            sys.exit(f"{test} runs nothing (its file has no test that is not hidden)")
        if done.returncode == 0:
            return ""
        line = re.search(rf"{stem}\.cpp:(\d+): failed", done.stdout)
        return f"line {line[1]}" if line else f"exit code {done.returncode}"

    def run(self, mutant: Mutant) -> tuple[bool, str]:
        """(noticed, by what or why not)"""
        path = self.root / mutant.file
        text = path.read_text() if path.exists() else ""
        if text.count(mutant.old) != 1:
            return False, f"NOT FOUND: {text.count(mutant.old)} places hold its piece of {mutant.file}"
        try:
            path.write_text(text.replace(mutant.old, mutant.new))
            if words := self.compile(mutant.tests):
                return False, f"DOES NOT COMPILE: {next((w for w in words.splitlines() if 'error' in w), words[-200:])}"
            for test in mutant.tests:
                if where := self.failure(test):
                    return True, f"{test} ({where})"
            return False, "SURVIVED"
        finally:
            path.write_text(text)


def main():
    tree = Tree(Path(sys.argv[1]).resolve())
    words = sys.argv[2:]
    mutants = [m for m in read_table() if not words or any(w in f"{m.name} {m.file} {m.tests}" for w in words)]
    tests = sorted({test for mutant in mutants for test in mutant.tests})
    for test in tests:
        tree.test_file(test)
    print(f"{len(mutants)} mutants; first {len(tests)} test files without any", flush=True)
    if words := tree.compile(tests):
        sys.exit(words)
    broken = [f"{test} ({where})" for test in tests if (where := tree.failure(test))]
    if broken:
        sys.exit("fail without a mutant: " + ", ".join(broken))

    alive = 0
    for mutant in mutants:
        noticed, by = tree.run(mutant)
        alive += not noticed
        print(f"{'killed' if noticed else '------'}  {mutant.file:<44} {mutant.name:<74} {by}", flush=True)
    print(f"{len(mutants)} mutants: {len(mutants) - alive} killed, {alive} not", flush=True)
    sys.exit(alive != 0)


if __name__ == "__main__":
    os.environ.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMPI_MCA_rmaps_base_oversubscribe="1")
    main()
