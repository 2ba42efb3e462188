# SPDX-License-Identifier: BSD-3-Clause
"""What the pages of docs/ and the README name is there: every command with its options is understood, every link leads somewhere, every
option, source file, exit code, shipped name and kind of table and figure is what the program has, and numbers of networks are its own.

A command is parsed by the program itself, with --help behind it: words and options that do not exist are refused first. Each test prints
how many statements it checked.
"""
import re
import shlex
import unittest
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

from support import ROOT, run

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
# Calls of other programs, which have options of their own.
FOREIGN = ("squeue", "sbatch", "srun", "mpirun", "cmake", "ctest")
# Of usage lines and texts that name parts of a call: not to be parsed.
SKETCH = re.compile(r"[\[\]|…<>{}*]|\.\.\.|\$\(|\bKIND\b|\bCOMMAND\b")


def code(text):
    """Pieces of a page that are code: fenced, indented, inline."""
    for kind, block in re.findall(r"^ *```(\S*)[^\n]*\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL):
        if kind in ("", "sh"):
            yield from block.splitlines()
    text = re.sub(r"^ *```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)
    yield from (line for line in text.splitlines() if line.startswith("    "))
    yield from (piece.replace("\n", " ") for piece in re.findall(r"`([^`]+)`", text))


def commands(text):
    """The words behind `striate` of each call."""
    for piece in code(text):
        for call in re.split(r"&&|;", piece):
            call = call.split("  #")[0].split(" # ")[0]
            match = re.search(r"(?:^|[\s/])striate((?: --ranks \d+)?(?: [a-z].*|$))", call)
            if match is None or SKETCH.search(call):
                continue
            words = shlex.split(re.sub(r"^ --ranks \d+", "", match[1]))
            if words:
                yield words


def understood(words):
    """Where a text ends with an option that takes a value, any value will do."""
    asked = [*words] if "--help" in words else [*words, "--help"]
    result = run(*asked)
    return run(*words, "x", "--help") if result.returncode != 0 and words[-1].startswith("-") else result


def kinds(command):
    """Names in the list of a command's kinds."""
    text = run(command, "--help").stdout
    return set(re.findall(r"^  ([a-z][\w-]*) {2,}\S", text.split("Options:")[0], re.MULTILINE)) or set(re.findall(r"^  ([a-z][\w-]*) ", text, re.MULTILINE))


def help_words():
    """Each command, and each kind of those that have kinds."""
    for command in re.findall(r"^  ([a-z]+) ", run("--help").stdout, re.MULTILINE):
        yield (command,)
        for kind in kinds(command):
            if run(command, kind, "--help").returncode == 0:
                yield (command, kind)


class DocumentsTest(unittest.TestCase):
    def test_commands(self):
        calls = {}
        for page in PAGES:
            for words in commands(page.read_text()):
                calls.setdefault(tuple(words), page.name)
        self.assertGreater(len(calls), 100)
        with ThreadPoolExecutor(4) as pool:
            results = pool.map(understood, calls)
        for (words, page), result in zip(calls.items(), results):
            with self.subTest(page=page, call=" ".join(words)):
                self.assertEqual(result.returncode, 0, result.stderr)
        print(f"checked {len(calls)} calls in {len(PAGES)} pages")

    def test_links(self):
        count = 0
        for page in PAGES:
            for link in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```|`[^`]*`", "", page.read_text(), flags=re.DOTALL)):
                if re.match(r"[a-z]+:", link):
                    continue
                count += 1
                path, _, anchor = urllib.parse.unquote(link).partition("#")
                target = (page.parent / path) if path else page
                with self.subTest(page=page.name, link=link):
                    self.assertTrue(target.exists())
                    if anchor:
                        titles = re.findall(r"^#+ (.*)$", target.read_text(), re.MULTILINE)
                        names = [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]
                        self.assertIn(anchor, names)
        self.assertGreater(count, 50)
        print(f"checked {count} links")

    def test_options(self):
        """Options that are named outside of whole calls: one of some command."""
        known = {"kill-on-invalid-dep", "requeue", "no-requeue", "mpi", "mca", "oversubscribe", "bind-to", "install", "prefix", "build",
                 "target", "test-dir", "preset", "rm", "shm-size", "sourcepath", "robot", "use-local"}  # of sbatch, mpirun, cmake, …
        for name in help_words():
            known |= set(re.findall(r"(?<![\w-])--([a-z][\w-]*)", run(*name, "--help").stdout))
        count = 0
        for page in PAGES:
            for piece in re.findall(r"`([^`\n]+)`", page.read_text()):
                if piece.startswith("scripts/") or "--option" in piece:
                    continue
                ours = re.sub(r'(--launch) "[^"]*"', r"\1", piece)  # a launcher has options of its own
                if ours.split()[0] in FOREIGN:
                    continue
                for option in re.findall(r"(?<![\w-])--([a-z][\w-]*)", ours):
                    count += 1
                    with self.subTest(page=page.name, text=piece):
                        self.assertTrue(option in known, f"no command has --{option}")
        self.assertGreater(count, 200)
        print(f"checked {count} options")

    def test_source_files(self):
        rooms = "scripts|tests|docs|python|packaging|io|engine|lgn|builder|slurm|workflows|interventions|benchmarks"
        shipped = "configs/(?:networks|paradigms|sites|v1|reference|shell|training|silencing|targets)"
        count = 0
        for page in PAGES:
            for piece in re.findall(r"`([^`\n]+)`", page.read_text()):
                for name in re.findall(rf"(?<![\w/.])((?:{rooms})/[a-z_][\w./-]*|{shipped}[/.][a-z_][\w./-]*)", piece):
                    if re.search(r"NAME|_$", name):
                        continue
                    count += 1
                    with self.subTest(page=page.name, file=name):
                        self.assertTrue(any(list((ROOT / name).parent.glob((ROOT / name).name + ending)) for ending in ("", ".*", "_test.*")))
        self.assertGreater(count, 80)
        print(f"checked {count} names of source files")

    def test_exit_codes(self):
        codes = set(re.findall(r"^  \w+ = (\d+),", (ROOT / "core/errors/error.hpp").read_text(), re.MULTILINE))
        told = set(re.findall(r"^\| (\d+) \|", (ROOT / "docs/errors.md").read_text(), re.MULTILINE))
        self.assertEqual(told, codes)
        print(f"checked {len(codes)} exit codes")

    def test_shipped_names_and_kinds(self):
        """All that the program has is told of, under its name."""
        def stems(folder):
            return {path.stem for path in (ROOT / "configs" / folder).glob("*.yaml")}

        def told(*pages):
            return " ".join((ROOT / page).read_text() for page in pages)
        count = 0
        for names, text in ((stems("networks"), told("docs/build.md")), (stems("paradigms"), told("docs/paradigms.md")),
                            (stems("sites"), told("docs/jobs.md")), (stems("training"), told("docs/training.md")),
                            (kinds("metrics"), told("docs/metrics.md")), (kinds("plot"), told("docs/metrics.md")),
                            (kinds("nodesets"), told("docs/tuning.md")), (kinds("tune"), told("docs/tuning.md")),
                            (kinds("jobs"), told("docs/jobs.md"))):
            self.assertTrue(names)
            for name in names:
                count += 1
                series = re.sub(r"_\d$", "_0", name).replace("_quick", "")  # of core_0 … core_9 one is named
                with self.subTest(name=name):
                    self.assertRegex(text, rf"(?<![\w-]){re.escape(series)}(?![\w-])|striate jobs {re.escape(name)}|{re.escape(name)}\\?\|")
        print(f"checked {count} shipped names and kinds")

    def test_sizes_of_networks(self):
        """The README's table: cells and millions of edges, as the program expects or makes them."""
        rows = re.findall(r"^\| `(\w+)` \| ([\d,]+) \| ([\d.]+) M \|", (ROOT / "README.md").read_text(), re.MULTILINE)
        self.assertEqual([row[0] for row in rows], ["tiny", "small", "core", "full"])
        for name, cells, edges in rows:
            with self.subTest(network=name):
                expected = run("build", name, "--dry-run").stdout
                self.assertIn(f"{int(cells.replace(',', ''))}", expected.replace(",", ""))
                found = re.search(r"expected edges: (\S+) recurrent, (\S+) LGN .*, (\S+) background", expected)
                self.assertLess(abs(sum(map(float, found.groups())) / 1e6 / float(edges) - 1), 0.06, expected)
        print(f"checked {2 * len(rows)} numbers of networks")


if __name__ == "__main__":
    unittest.main()
