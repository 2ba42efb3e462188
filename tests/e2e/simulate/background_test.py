# SPDX-License-Identifier: BSD-3-Clause
"""Background files of many trials in one call: the bits of files made one by one, on any number of ranks; through pipelines
and jobs; what a signal, a kill and a full disk leave, and that it is continued."""
import os
import shutil
import signal
import subprocess
import time
import unittest

from support import STRIATE, StriateTest, run

USAGE, FULL, BAD_CONFIG = 2, 74, 78
TRIALS = [f"t{trial:02}" for trial in range(24)]
FILES = [f"bkg_many/{trial}.h5" for trial in TRIALS]
MANY = """\
description: many trials
duration_ms: 6000
trials: [{trial: 0..23}]
trial_name: "t{trial:2}"
lgn: {template: config_filternet.json, folder: filternet_many, stimulus: {trial: "{trial}"}}
background: {folder: bkg_many, file: "{name}.h5", rate_hz: 250, seed: 5}
runs: many_{option}
"""


class BackgroundTest(StriateTest):
    made = None  # a network with the paradigm, and each trial's file made by a call of its own in tiny/alone

    @classmethod
    def setUpClass(cls):
        cls.made = cls.folder_of_all()
        base = cls.made / "tiny"
        cls.must("build", "tiny", "-q", "-o", base)
        (base / "configs/paradigms").mkdir()
        (base / "configs/paradigms/many.yaml").write_text(MANY)
        for trial in TRIALS:
            cls.must("background", base, "-q", "-p", base / "configs/paradigms/many.yaml", "--trial", trial, "-o", base / "alone")
        cls.expected = {file: (base / "alone" / file).read_bytes() for file in FILES}

    @classmethod
    def must(cls, *arguments, **options):
        result = run(*arguments, **options)
        assert result.returncode == 0, f"{arguments}\n{result.stdout}{result.stderr}"
        return result.stdout + result.stderr

    def setUp(self):
        super().setUp()
        self.base = self.folder / "tiny"
        shutil.copytree(self.made / "tiny", self.base, copy_function=shutil.copy2, ignore=shutil.ignore_patterns("alone"))
        self.many = self.base / "configs/paradigms/many.yaml"

    def fails(self, code, text, *arguments, **options):
        result = run(*arguments, cwd=self.folder, **options)
        self.assertEqual(result.returncode, code, f"{arguments}\n{result.stdout}{result.stderr}")
        self.assertIn(text, result.stderr)

    def there(self):
        """Names and times of the files that have their final names; each must be whole."""
        times = {file: (self.base / file).stat().st_mtime_ns for file in FILES if (self.base / file).exists()}
        for file in times:
            self.assertTrue((self.base / file).read_bytes() == self.expected[file], f"{file} is not as made alone")
        return times

    def continued(self, before, again):
        """What was left is made by one more call, and nothing else."""
        self.assertTrue(0 < len(before) < len(FILES), sorted(before))
        again()
        after = self.there()
        self.assertEqual(len(after), len(FILES))
        self.assertEqual({file: after[file] for file in before}, before, "finished files stay as they are")
        self.assertEqual(list(self.base.rglob("*.incomplete")), [])

    # --- one call --------------------------------------------------------------------------------------------

    def test_bits_are_those_of_files_made_one_by_one(self):
        for ranks in (None, 1, 2, 3):
            folder = self.folder / f"on{ranks}"
            self.assertIn("24 background file(s)", self.must("background", self.base, "-p", self.many, "-o", folder, ranks=ranks))
            self.assertEqual(sorted(str(file.relative_to(folder)) for file in folder.rglob("*.*")), FILES)
            for file in FILES:
                self.assertTrue((folder / file).read_bytes() == self.expected[file], f"{file} on {ranks} ranks")
        # More ranks than files, trials in any order, the other way to choose them.
        for choice in (("--trial", "t20", "--trial=t03"), ("--only", "trial=20,3")):
            shutil.rmtree(self.folder / "on3")
            self.must("background", self.base, "-q", "-p", self.many, *choice, "-o", self.folder / "on3", ranks=3)
            self.assertEqual(sorted(file.name for file in (self.folder / "on3/bkg_many").iterdir()), ["t03.h5", "t20.h5"])
            for file in ("bkg_many/t03.h5", "bkg_many/t20.h5"):
                self.assertTrue((self.folder / "on3" / file).read_bytes() == self.expected[file], file)

    def test_all_paradigms(self):
        # A file that a shipped paradigm makes as well, with another seed: the network's own comes first.
        (self.base / "configs/paradigms/mine.yaml").write_text(
            'extends: spontaneous\ntrials: [{trial: 3..4}]\nbackground: {seed: 1}\nruns: mine_{option}\n')
        units = ("--units", 2)
        for ranks in (None, 3):
            self.must("background", self.base, "-q", "--all-paradigms", *units, "-o", self.folder / f"on{ranks}", ranks=ranks)
        files = sorted(file.relative_to(self.folder / "onNone") for file in (self.folder / "onNone").rglob("*.*"))
        files = [file for file in files if (self.folder / "onNone" / file).is_file()]
        of_recordings = 15 + 50 + 15 + 15 + 15 + 75 + 10 + 10 + 10 + 20 + 20 + 20
        self.assertEqual(len(files), 24 + 80 + 510 + 50 + 60 + 10 + of_recordings + of_recordings // 5)
        for file in files:
            self.assertTrue((self.folder / "onNone" / file).read_bytes() == (self.folder / "on3" / file).read_bytes(), file)
        for paradigm in ("spontaneous", "bo", self.base / "configs/paradigms/mine.yaml"):
            self.must("background", self.base, "-q", "-p", paradigm, *units, "-o", self.folder / "one")
            for file in (self.folder / "one").rglob("*.h5"):
                name = file.relative_to(self.folder / "one")
                own = name.parent.name in ("trial3", "trial4")
                same = file.read_bytes() == (self.folder / "onNone" / name).read_bytes()
                self.assertEqual(same, not own or paradigm not in ("spontaneous", "bo"), name)

    def test_refusals(self):
        def refused(text, *options, code=USAGE):
            self.fails(code, text, "background", "tiny", *options)

        many = ("--paradigm", self.many)
        refused("--paradigm and --rate contradict each other", *many, "--rate", 10, "--duration", 1)
        refused("--all-paradigms and --duration contradict each other", "--all-paradigms", "--duration", 1)
        refused("--paradigm and --all-paradigms contradict each other", *many, "--all-paradigms")
        refused("--only and --trial contradict each other", *many, "--only", "trial=1", "--trial", "t02")
        refused("--trial without --paradigm", "--trial", "t02")
        refused("--only without --paradigm", "--all-paradigms", "--only", "trial=1")
        refused("many has no trial 't2' (its trials are t*) did you mean", *many, "--trial", "t2")
        refused("unknown paradigm 'contrats' (did you mean 'contrasts'?)", "--paradigm", "contrats", code=BAD_CONFIG)
        refused("did you mean --all-paradigms?", "--all-paradigm")
        (self.base / "configs/paradigms/broken.yaml").write_text("a: {")
        refused("broken.yaml:", "--all-paradigms", code=BAD_CONFIG)
        self.assertEqual([file.name for file in self.base.iterdir() if file.name.startswith("bkg")], [])

    # --- pipelines -------------------------------------------------------------------------------------------

    def pipeline(self, *options):
        return [STRIATE, "pipeline", *(f"tiny/{file}" for file in FILES), *options]

    def run_pipeline(self, *options, code=0):
        result = subprocess.run(self.pipeline(*options), cwd=self.folder, text=True, capture_output=True)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def test_a_pipeline_makes_many_files_in_a_call(self):
        self.assertRegex(self.run_pipeline("--dry-run"), r"background +24 +24 +3\n")
        text = self.run_pipeline("--ranks", "2", "--trials-per-step", "12")
        self.assertIn("[2 of 2] background of tiny/bkg_many/t12 … t23 (12 trials)", text)
        before = self.there()
        self.assertIn("up to date", self.run_pipeline())
        for file in FILES[3], FILES[17]:
            (self.base / file).unlink()
            del before[file]
        self.assertRegex(self.run_pipeline("--dry-run"), r"background +24 +2 +1\n")
        self.continued(before, lambda: self.assertIn("t03 … t17 (2 trials)", self.run_pipeline()))

    def test_an_interrupted_pipeline_goes_on(self):
        for sent in (signal.SIGINT, signal.SIGKILL):
            with self.subTest(signal=sent.name):
                process = subprocess.Popen(self.pipeline("--trials-per-step", "24"), cwd=self.folder, text=True,
                                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                limit = time.monotonic() + 60
                while not (self.base / FILES[3]).exists() and time.monotonic() < limit:
                    time.sleep(0.002)
                process.send_signal(sent)
                process.communicate(timeout=60)
                self.assertEqual(process.returncode, 130 if sent == signal.SIGINT else -sent)
                self.wait_for_the_last_writer()
                self.continued(self.there(), lambda: self.assertIn("[1 of 1] background of", self.run_pipeline("--trials-per-step", "24")))
                shutil.rmtree(self.base / "bkg_many")

    def wait_for_the_last_writer(self):
        """After kill -9 of a pipeline its children end by themselves, soon."""
        known, limit = None, time.monotonic() + 20
        while known != (now := sorted(self.base.rglob("bkg_many/*"))) and time.monotonic() < limit:
            known = now
            time.sleep(0.5)

    # --- jobs ------------------------------------------------------------------------------------------------

    def job(self):
        """The script of the background job, whose calls of the program are noted, run by bash."""
        folder = self.folder / "bin"
        if not folder.exists():
            folder.mkdir()
            for name, text in (("mpirun", 'shift 2\nexec "$@"'),
                               ("noted", f'[[ "$1" != background ]] || echo "$# words" >>"{self.folder}/calls"\nexec "{STRIATE}" "$@"')):
                (folder / name).write_text(f"#!/bin/bash\n{text}\n")
                (folder / name).chmod(0o755)
            (self.folder / "site.yaml").write_text(f"extends: default\nprogram: {folder / 'noted'}\n")
            self.must("jobs", "make", self.many, "tiny", "plain", "--site", "site.yaml", cwd=self.folder)
        environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
        return subprocess.Popen(["bash", "tiny/jobs/bkg_many_plain.sh"], cwd=self.folder, env=environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run_job(self, code=0):
        job = self.job()
        text = job.communicate(timeout=120)[0]
        self.assertEqual(job.returncode, code, text)
        return text

    def calls(self):
        return (self.folder / "calls").read_text().split("\n")[:-1]

    def failed(self):
        return sorted(int(note.stem) for note in (self.base / "jobs/state/bkg_many").glob("*.failed"))

    def test_a_job_makes_all_files_in_a_call(self):
        self.run_job()
        self.assertEqual(self.calls(), ["28 words"])  # background BASE --paradigm FILE and 24 trials
        before = self.there()
        self.assertIn("nothing to do", self.run_job())
        (self.base / FILES[5]).unlink()
        del before[FILES[5]]
        self.assertIn("missing: background t05", self.must("jobs", "status", self.many, "tiny", "plain", cwd=self.folder))
        self.continued(before, self.run_job)
        self.assertEqual(self.calls(), ["28 words", "5 words"])
        # What is wrong is wrong for all files: the job does not try them one by one.
        shutil.rmtree(self.base / "bkg_many")
        (self.folder / "bin/noted").write_text(f'#!/bin/bash\n[[ "$1" != background ]] || {{ echo bad >>"{self.folder}/calls"; exit 65; }}\n'
                                               f'exec "{STRIATE}" "$@"\n')
        self.run_job(code=65)
        self.assertEqual(self.calls()[2:], ["bad"])
        self.assertEqual(self.failed(), list(range(24)))

    def test_an_interrupted_job_goes_on(self):
        for sent, code in ((signal.SIGTERM, 143), (signal.SIGUSR1, 138)):
            job = self.job()
            limit = time.monotonic() + 60
            while not (self.base / FILES[3]).exists() and time.monotonic() < limit:
                time.sleep(0.002)
            job.send_signal(sent)
            text = job.communicate(timeout=60)[0]
            self.assertEqual(job.returncode, code, text)
            before = self.there()
            self.assertEqual(self.failed(), [k for k, file in enumerate(FILES) if file not in before])
            self.continued(before, self.run_job)
            self.assertEqual(self.failed(), [])
            shutil.rmtree(self.base / "bkg_many")

    # --- full disks ------------------------------------------------------------------------------------------

    def test_full_disk(self):
        """A small tmpfs in place of the folder of the files, which is made larger in between."""
        place = self.base / "bkg_many"

        def mount(*options):
            return os.geteuid() == 0 and subprocess.run(["mount", *options, place], capture_output=True).returncode == 0

        def whole_disk():
            self.assertTrue(mount("-o", "remount,size=64m"))

        def again_by_hand():
            # A call of one's own makes what it is asked for, whatever is there.
            missing = [f"--trial={trial}" for trial, file in zip(TRIALS, FILES) if not (self.base / file).exists()]
            self.must("background", self.base, "-q", "-p", self.many, *missing)

        def by_hand(ranks):
            self.fails(FULL, "bkg_many", "background", "tiny", "-q", "-p", self.many, ranks=ranks)

        for fill, again in ((lambda: by_hand(None), again_by_hand), (lambda: by_hand(2), again_by_hand),
                            (lambda: self.run_pipeline(code=FULL), self.run_pipeline),
                            (lambda: self.run_job(code=FULL), self.run_job)):
            place.mkdir()
            if not mount("-t", "tmpfs", "-o", "size=2m", "tmpfs"):
                self.skipTest("needs the right to mount a tmpfs")
            try:
                fill()
                before = self.there()
                whole_disk()
                self.continued(before, again)
            finally:
                subprocess.run(["umount", "-l", place], check=True)
            place.rmdir()


if __name__ == "__main__":
    unittest.main(verbosity=2)
