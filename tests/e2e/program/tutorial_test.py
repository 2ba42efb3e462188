# SPDX-License-Identifier: BSD-3-Clause
"""The tutorials say what works: every command of docs/tutorial.md and docs/tutorial_*.md, and of docs/python.md, is run as it stands there.

Blocks of a page are taken in their order: `sh` is run by bash (`sh fails`: must be refused), `python` after the page's earlier ones, and a
block that begins with `# NAME.ext` is saved under that name.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from support import ROOT, STRIATE, run

PAGES = ["tutorial.md", "tutorial_stimuli.md", "tutorial_tuning.md", "tutorial_changes.md", "python.md"]
BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SAVED = re.compile(r"# (\S+\.\w+)\n")


def blocks(page):
    """(kind, text) of each block."""
    return BLOCK.findall((ROOT / "docs" / page).read_text())


class TutorialTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = tempfile.TemporaryDirectory(prefix="striate_tutorial_")
        cls.addClassCleanup(cls.shared.cleanup)
        cls.folder = Path(cls.shared.name)
        programs = cls.folder / "bin"
        programs.mkdir()
        (programs / "striate").symlink_to(STRIATE)
        cls.environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "python")}
        cls.work = cls.folder / "work"
        cls.work.mkdir()

    def shell(self, text, fails):
        result = subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=self.work, env=self.environment, text=True,
                                capture_output=True, timeout=600)
        self.assertEqual(result.returncode != 0, fails, f"{text}\n{result.stdout}{result.stderr}")
        if fails:
            self.assertIn("error: ", result.stderr)

    def python(self, text):
        """All blocks of the page so far, so that a block knows the names of earlier ones; they may be run again."""
        result = subprocess.run([sys.executable, "-B", "-c", text], cwd=self.work, env=self.environment, text=True, capture_output=True,
                                timeout=600)
        self.assertEqual(result.returncode, 0, f"{text}\n{result.stdout}{result.stderr}")

    def page(self, name):
        found, session = blocks(name), ""
        self.assertGreater(len(found), 1)
        for kind, text in found:
            saved = SAVED.match(text)
            if saved:
                text = text[saved.end():] if saved[1].endswith(".csv") else text
                (self.work / saved[1]).write_text(text)
            elif kind in ("sh", "sh fails"):
                self.shell(text, kind == "sh fails")
            elif kind == "python":
                session += text
                self.python(session)
            else:
                self.fail(f"{name}: a block of kind '{kind}' is neither run nor saved:\n{text}")

    def test_pages(self):
        for name in PAGES:
            start = time.monotonic()
            with self.subTest(page=name):
                self.page(name)
            print(f"{name}: {len(blocks(name))} blocks in {time.monotonic() - start:.1f} s")

    def test_all_pages_are_run(self):
        self.assertEqual({path.name for path in (ROOT / "docs").glob("tutorial*.md")}, set(PAGES) - {"python.md"})

    def test_pictures_are_there_and_small(self):
        folder = ROOT / "docs/pictures/tutorial"
        shown = {name for page in PAGES for name in re.findall(r"\(pictures/tutorial/([^)]*)\)", (ROOT / "docs" / page).read_text())}
        self.assertEqual({path.name for path in folder.iterdir()}, shown)
        self.assertLess(sum(path.stat().st_size for path in folder.iterdir()), 400_000)


if __name__ == "__main__":
    if shutil.which("gnuplot") is None:
        print("skipped: gnuplot is not installed (apt-get install gnuplot-nox)")
        raise SystemExit(77)
    try:
        import pandas  # noqa: F401
    except ImportError:
        print("skipped: pandas is not installed (apt-get install python3-pandas)")
        raise SystemExit(77)
    assert run("version").returncode == 0
    unittest.main()
