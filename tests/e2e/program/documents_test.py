# SPDX-License-Identifier: BSD-3-Clause
"""What the pages of docs/ and the README name is there: every command with its options is understood, every link leads somewhere.

A command is parsed by the program itself, with --help behind it: words and options that do not exist are refused first.
"""
import re
import shlex
import unittest
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

from support import ROOT, run

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
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
        print(f"{len(calls)} calls in {len(PAGES)} pages")

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


if __name__ == "__main__":
    unittest.main()
