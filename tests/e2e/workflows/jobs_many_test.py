# SPDX-License-Identifier: BSD-3-Clause
"""Jobs of several networks, paradigms and options by one call, and of networks that are not built, without a cluster: sbatch,
squeue and scancel are scripts that note how they are called."""
import os
import re
import shutil
import subprocess
import unittest

from support import STRIATE, StriateTest, run

USAGE, MISSING, UNAVAILABLE = 2, 66, 69


class ManyJobsTest(StriateTest):
    @classmethod
    def setUpClass(cls):
        cls.made = cls.folder_of_all()
        assert run("build", "tiny", "-q", "-o", "n", cwd=cls.made).returncode == 0

    def setUp(self):
        super().setUp()
        bin = self.folder / "bin"
        bin.mkdir()
        for name, text in (("sbatch", 'id=$(($(wc -l <calls) + 1)); echo "$@" >>calls; echo "$id"'),
                           ("squeue", 'echo "$@" >>asked; [[ -e queue ]] || { echo "Invalid job id specified" >&2; exit 1; }\n'
                                      '[[ "$*" == *format=%F* ]] && sed "s/[_|].*//" queue || cat queue'),
                           ("scancel", 'echo "$@" >>cancelled')):
            (bin / name).write_text(f"#!/bin/bash\n{text}\n")
            (bin / name).chmod(0o755)
        (self.folder / "calls").touch()
        self.environment = {**os.environ, "PATH": f"{bin}:{os.environ['PATH']}"}

    def networks(self, *names):
        for name in names:
            shutil.copytree(self.made / "n", self.folder / name)

    def jobs(self, *words, code=0):
        result = subprocess.run([STRIATE, "jobs", *words], cwd=self.folder, env=self.environment, text=True,
                                capture_output=True, timeout=120)
        self.assertEqual(result.returncode, code, f"{words}\n{result.stdout}{result.stderr}")
        return result.stdout + result.stderr

    def calls(self):
        return (self.folder / "calls").read_text().splitlines()

    def test_each_with_each(self):
        self.networks("a", "b")
        which = ("spontaneous,8dir_10trials", "a", "b", "plain,lgn")
        table = self.jobs("make", *which, "--dry-run")
        self.assertEqual(len(re.findall(r"^(?:spontaneous|8dir_10trials) [ab] (?:plain|lgn) +\d+ +[\d.]+ +\d", table, re.MULTILINE)), 8)
        self.assertRegex(table, r"\nin all +\d+ ")
        self.assertFalse((self.folder / "a/jobs").exists())
        self.assertEqual(self.jobs("make", *which, "--submit", "-q", "--account", "me", "--partition", "big", "--mail", "a@b.c",
                                   "--requeue", "no"), "")
        script = (self.folder / "b/jobs/spontaneous_lgn.sh").read_text()
        for line in ("--job-name=b_spontaneous_lgn", "--account=me", "--partition=big", "--mail-user=a@b.c", "--no-requeue"):
            self.assertIn(f"#SBATCH {line}\n", script)
        table = self.jobs("status", *which, "-q")
        self.assertRegex(table, r"all +\d+ +0 +0 +\d+ +0 +0/\d+ +0 +0.00\n$")
        self.assertEqual(len(table.splitlines()), 10)
        self.assertIn("striate jobs continue spontaneous,8dir_10trials a b plain,lgn --submit", self.jobs("status", *which))
        again = self.jobs("continue", *which, "--dry-run")  # with what make was told
        self.assertRegex(again, r"\nin all +\d+ ")
        for words in (("p,p", "a", "plain"), ("bo", "a", "./a", "plain"), ("bo", "a", "plain,plain"), ("bo", "a", "plain,,lgn"),
                      ("bo", "plain")):
            self.jobs("make", *words, code=USAGE)

    def test_what_others_are_making_is_waited_for(self):
        self.networks("a")
        make = ("make", "8dir_10trials", "a", "plain,lgn", "--only", "angle=0", "--submit")
        self.jobs(*make)
        lgn = [call for call in self.calls() if "filternet" in call]
        self.assertEqual([bool(re.search("afterany", call)) for call in lgn], [False, False], "the queue knows of none of them")
        first = [line.split()[0] for line in (self.folder / "a/jobs/submitted").read_text().splitlines() if "filternet" in line]
        (self.folder / "queue").write_text(f"{first[0]}|RUNNING|a_filternet_8dir_10trials_plain\n")
        (self.folder / "calls").write_text("\n" * 100)
        self.jobs("continue", "8dir_10trials", "a", "lgn", "--submit")
        lgn, simulation = [call for call in self.calls() if "--array" in call]
        self.assertIn(f"--dependency=afterany:{first[0]} ", lgn)
        self.assertIn("--dependency=aftercorr:", simulation)

    def test_cancelled_are_those_that_wait_or_run(self):
        self.networks("a")
        which = ("spontaneous", "a", "plain")
        self.assertIn("no job of spontaneous a plain", self.jobs("cancel", *which))
        self.assertFalse((self.folder / "asked").exists(), "there is nothing to ask")
        self.jobs("make", *which, "--submit")
        numbers = {line.split()[1]: line.split()[0] for line in (self.folder / "a/jobs/submitted").read_text().splitlines()}
        self.assertIn("no job of", self.jobs("cancel", *which))
        run_id, lgn_id = numbers["spontaneous_plain"], numbers["filternet_spontaneous_plain"]
        (self.folder / "queue").write_text(f"{run_id}_0|PENDING|a_spontaneous_plain\n{run_id}_1|PENDING|a_spontaneous_plain\n"
                                           f"{lgn_id}_0|RUNNING|somebody_elses\n")
        self.assertRegex(self.jobs("status", *which), r"; 3 jobs in the queue")
        self.assertIn("cancelled 1 job", self.jobs("cancel", *which))
        self.assertEqual((self.folder / "cancelled").read_text(), f"{run_id}\n")
        (self.folder / "bin/squeue").write_text('#!/bin/bash\necho "slurm_load_jobs error: Unable to contact" >&2\nexit 1\n')
        self.jobs("cancel", *which, code=UNAVAILABLE)
        self.assertNotIn("in the queue", self.jobs("status", *which))

    def test_a_network_that_is_not_built(self):
        make = ("make", "8dir_10trials", "tiny", "plain")
        planned = self.jobs(*make, "--dry-run")
        self.assertIn("'striate jobs build tiny --submit' builds it", planned)
        self.assertIn("striate jobs build tiny", self.jobs(*make, code=MISSING))
        self.assertFalse((self.folder / "tiny").exists())
        self.jobs(*make, "--build", "--submit", "--only", "angle=0")
        self.assertTrue((self.folder / "tiny/jobs/build_tiny.sh").exists())
        self.assertFalse((self.folder / "tiny/configs").exists(), "the job that builds writes them")
        self.assertIn("tiny/jobs/build_tiny.sh", self.calls()[0])
        script = (self.folder / "tiny/jobs/build_tiny.sh").read_text()
        self.assertIn("trials 8dir_10trials tiny plain -q --only angle=0", script)
        self.assertRegex(self.jobs("status", "8dir_10trials", "tiny", "plain"), r"simulate +0 +0 +10 +0\n")
        self.jobs("make", "8dir_10trials", "mine", "plain", "--dry-run", code=MISSING)

        def numbers(text):
            rows = re.findall(r"^(?:lgn|simulate|background) +.*$", text, re.MULTILINE)
            return [[float(word) for word in re.findall(r"(?<= )[\d.]+(?= |$)", row)] for row in rows]

        shutil.rmtree(self.folder / "tiny")
        self.networks("tiny")
        for before, after in zip(numbers(planned), numbers(self.jobs(*make, "--dry-run")), strict=True):
            for one, other in zip(before, after, strict=True):
                self.assertLess(abs(one - other), 0.25 * other + 0.02, f"{planned}")

    def test_copies_of_a_network_are_read_if_they_are_copies(self):
        self.networks("n")
        for command in (["lgn", "n/configs/config_filternet.json"], ["background", "n"]):
            self.assertEqual(run(*command, "-q", cwd=self.folder).returncode, 0)
        shutil.copytree(self.folder / "n/network", self.folder / "copies")
        simulate = ("simulate", "n/configs/config_plain.json", "-o")
        for output, more in (("direct", ()), ("copied", ("--network-copies", "copies"))):
            for ranks in (None, 2):
                result = run(*simulate, output, *more, cwd=self.folder, ranks=ranks)
                self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("files read from copies", result.stderr)
        self.assertEqual(*[(self.folder / output / "spikes.csv").read_bytes() for output in ("direct", "copied")])
        with open(self.folder / "copies/v1_v1_edges.h5", "r+b") as file:
            file.write(file.read(1))
        os.utime(self.folder / "copies/v1_v1_edges.h5", (1, 1))
        result = run(*simulate, "copied", "--network-copies", "copies", cwd=self.folder)
        self.assertEqual(result.returncode, 78, result.stderr)
        self.assertIn("is no copy of", result.stderr)


if __name__ == "__main__":
    unittest.main()
