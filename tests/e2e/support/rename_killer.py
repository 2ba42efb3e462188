# SPDX-License-Identifier: BSD-3-Clause
"""Ends a program at one of its renames, by SIGKILL: a library that is loaded before it counts them."""
import os
import shutil
import subprocess
import unittest
from pathlib import Path

SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int count;
static void one_more(void) {
  const char *at = getenv("KILL_AT_RENAME"), *log = getenv("COUNT_RENAMES");
  ++count;
  if (at != NULL && atoi(at) == count) kill(getpid(), SIGKILL);
  if (log != NULL) {
    int file = open(log, O_WRONLY | O_CREAT | O_APPEND, 0666);
    (void)!write(file, "x", 1);
    close(file);
  }
}
int rename(const char* from, const char* to) {
  one_more();
  return ((int (*)(const char*, const char*))dlsym(RTLD_NEXT, "rename"))(from, to);
}
int renameat(int a, const char* from, int b, const char* to) {
  one_more();
  return ((int (*)(int, const char*, int, const char*))dlsym(RTLD_NEXT, "renameat"))(a, from, b, to);
}
int renameat2(int a, const char* from, int b, const char* to, unsigned flags) {
  one_more();
  return ((int (*)(int, const char*, int, const char*, unsigned))dlsym(RTLD_NEXT, "renameat2"))(a, from, b, to, flags);
}
"""


class RenameKiller:
    """Made once for a test; needs a C compiler."""

    def __init__(self, folder):
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if compiler is None:
            raise unittest.SkipTest("no C compiler (it makes the library that counts renames)")
        self.library = Path(folder) / "rename_killer.so"
        self.log = Path(folder) / "renames"
        source = Path(folder) / "rename_killer.c"
        source.write_text(SOURCE)
        subprocess.run([compiler, "-shared", "-fPIC", "-o", self.library, source, "-ldl"], check=True)

    def _run(self, command, **more):
        return subprocess.run(list(map(str, command)), env={**os.environ, "LD_PRELOAD": str(self.library), **more},
                              text=True, capture_output=True, timeout=300)

    def count(self, *command):
        """How many files a command renames when it is left alone."""
        self.log.unlink(missing_ok=True)
        result = self._run(command, COUNT_RENAMES=str(self.log))
        assert result.returncode == 0, result.stderr
        return self.log.stat().st_size

    def kill_at(self, number, *command):
        """True if the command came so far."""
        return self._run(command, KILL_AT_RENAME=str(number)).returncode == -9
