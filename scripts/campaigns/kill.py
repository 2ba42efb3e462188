# SPDX-License-Identifier: BSD-3-Clause
"""Kills commands at random moments and looks at what they leave: nothing half-written under a final name, no process, no
mixture of an old result and a new one that would go unnoticed, and the call repeated gives the bits of an undisturbed run.

Kill number K depends on the seed and K only. Results go to OUT/kills.jsonl, one line each; a second call goes on where the
first one ended. scripts/kill.sh calls this.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import faults  # noqa: E402
from workloads import ENVIRONMENT, ROOT, WORKLOADS, Kit, contents, launch, leftovers  # noqa: E402

SIGNALS = ("KILL", "TERM", "INT", "HUP")
TARGETS = ("rank", "launcher", "all")
MARK = "STRIATE_CAMPAIGN"
LONGEST_S = 240  # of any call, also on a busy machine
ENDING_S = 20  # from the signal to the end of the last process


class Job:
    """A call whose processes can be found, also when their launcher is gone."""
    running = set()

    def __init__(self, mark, command, log, environment=ENVIRONMENT):
        self.mark = f"{MARK}={mark}".encode()
        self.log = log
        with open(log, "wb") as out:
            self.process = subprocess.Popen(command, env={**environment, MARK: mark}, stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=out, start_new_session=True)
        Job.running.add(self)

    def text(self):
        return Path(self.log).read_text(errors="replace")

    def processes(self, program=None):
        """Ids of all that belong to it, or of those that run `program`."""
        found = []
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                if self.mark not in (folder / "environ").read_bytes().split(b"\0"):
                    continue
                if (folder / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                    continue
                if program is None or os.readlink(folder / "exe") == str(program):
                    found.append(int(folder.name))
            except OSError:
                continue
        return found

    def wait(self, seconds):
        """Exit code, or None if it does not end."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def wait_all(self, seconds):
        """True when nothing of it is left after so long."""
        until = time.monotonic() + seconds
        while self.processes():
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True

    def destroy(self):
        for process in self.processes():
            send(process, signal.SIGKILL)
        self.process.wait()
        Job.running.discard(self)

    @staticmethod
    def destroy_all(*_):
        """When the campaign itself is ended."""
        for job in list(Job.running):
            job.destroy()
        os._exit(1)


def send(process, number):
    try:
        os.kill(process, number)
    except ProcessLookupError:
        pass


def run_through(campaign, workload, folder, arguments, ranks, name="log"):
    """(exit code, text, seconds) of an undisturbed call."""
    start = time.monotonic()
    job = Job(f"{folder}/{name}", launch(campaign.program, arguments, ranks), folder / name)
    code = job.wait(LONGEST_S)
    seconds = time.monotonic() - start
    job.destroy()
    return code, job.text(), seconds


class Campaign:
    def __init__(self, options):
        self.options = options
        self.program = Path(options.striate).resolve()
        self.out = Path(options.out).resolve()
        self.out.mkdir(parents=True, exist_ok=True)
        self.kit = Kit(self.program, self.out / "kit")
        self.workloads = [each for each in WORKLOADS if options.only in each.name]
        self.lock = threading.Lock()
        self.file = self.out / "kills.jsonl"
        self.results = []
        if self.file.exists():
            self.results = [json.loads(line) for line in self.file.read_text().splitlines()]
        self.expected, self.before, self.seconds = {}, {}, {}

    def folder(self, name):
        folder = self.out / "runs" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def measure(self, workload, ranks):
        """What an undisturbed run leaves, the same on all ranks, and how long it takes while another runs beside it."""
        folder = self.folder(f"undisturbed {workload.name} {ranks}".replace(",", "").replace(" ", "_"))
        workload.prepare(self.kit, folder)
        before = contents(workload.results(folder))
        code, text, seconds = run_through(self, workload, folder, workload.arguments(self.kit, folder), ranks)
        found = contents(workload.results(folder))
        shutil.rmtree(folder)
        if code != 0:
            raise SystemExit(f"{workload.name} fails undisturbed on {ranks} rank(s), code {code}:\n{text}")
        with self.lock:
            self.before[workload.name] = before
            self.seconds[workload.name, ranks] = seconds
            known = self.expected.setdefault(workload.name, found)
        if found != known:
            raise SystemExit(f"{workload.name} differs undisturbed on {ranks} rank(s): {difference(known, found)}")

    def measure_all(self):
        calls = [(each, ranks) for each in self.workloads for ranks in range(1, each.most_ranks + 1)]
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            for done in [pool.submit(self.measure, *call) for call in calls]:
                done.result()

    def kill(self, number):
        """One kill; the line about it."""
        draw = random.Random(f"{self.options.seed} {number}")
        workload = self.workloads[number % len(self.workloads)]
        ranks = draw.randint(1, workload.most_ranks)
        name, target = draw.choice(SIGNALS), draw.choice(TARGETS)
        at = draw.uniform(0, self.seconds[workload.name, ranks])
        folder = self.folder(f"kill_{number}")
        workload.prepare(self.kit, folder)
        job = Job(str(folder), launch(self.program, workload.arguments(self.kit, folder), ranks), folder / "log")
        time.sleep(at)
        alive = job.process.poll() is None
        victims = {"launcher": [job.process.pid], "all": job.processes(),
                   "rank": job.processes(self.program) or [job.process.pid]}[target]
        for process in [draw.choice(victims)] if target == "rank" and victims else victims:
            send(process, getattr(signal, "SIG" + name))
        code = job.wait(LONGEST_S)
        losses = []
        if code is None:
            losses.append("does not end")
        elif not job.wait_all(ENDING_S):
            losses.append(f"orphans: {len(job.processes())}")
        job.destroy()
        losses += self.problems(workload, folder, code)
        losses += self.repeat(workload, folder, ranks)
        if losses:
            self.keep(folder, number)
        else:
            shutil.rmtree(folder)
        return {"number": number, "command": workload.name, "signal": name, "target": target, "ranks": ranks, "at": round(at, 3),
                "alive": alive, "code": code, "losses": losses}

    def problems(self, workload, folder, code):
        """What is wrong with what a killed run left."""
        found, wanted = contents(workload.results(folder)), self.expected[workload.name]
        before = self.before[workload.name]
        problems = []
        for name, value in found.items():
            if value not in (wanted.get(name), before.get(name)):
                problems.append(f"half-written: {name} ({value[:60]})")
        for name in before:
            if name not in found:
                problems.append(f"old result lost: {name}")
        # Old and new beside each other are fine only if whoever reads them is told.
        changed = {name for name in before if before[name] != wanted.get(name)}
        new = {name for name in changed if found.get(name) == wanted.get(name)}
        if new and new != changed and not (workload.is_network and self.is_refused(workload, folder)):
            problems.append(f"mixed: {sorted(new)[:3]} are new, {sorted(changed - new)[:3]} old")
        if code == 0 and found != wanted:
            problems.append(f"ended with 0: {difference(wanted, found)}")
        return problems

    def is_refused(self, workload, folder):
        return subprocess.run([self.program, "check", workload.results(folder)], capture_output=True).returncode != 0

    def repeat(self, workload, folder, ranks):
        code, text, _ = run_through(self, workload, folder, workload.again(self.kit, folder), ranks, "log_again")
        found = contents(workload.results(folder))
        problems = []
        if code != 0 and not (workload.is_finished(code, text) and found == self.expected[workload.name]):
            problems.append(f"repeated: code {code}: {text.strip()[-300:]}")
        if found != self.expected[workload.name]:
            problems.append(f"repeated: {difference(self.expected[workload.name], found)}")
        elif left := leftovers(workload.results(folder)):
            problems.append(f"repeated: {left[:3]} are left")
        return problems

    def keep(self, folder, number):
        kept = self.out / "lost" / str(number)
        shutil.rmtree(kept, ignore_errors=True)
        kept.parent.mkdir(exist_ok=True)
        shutil.move(folder, kept)

    def note(self, result):
        with self.lock:
            self.results.append(result)
            with self.file.open("a") as file:
                file.write(json.dumps(result) + "\n")
            if result["losses"]:
                what = " ".join(f"{key} {value}" for key, value in result.items() if key not in ("losses", "alive"))
                print(f"LOST {what}:\n    " + "\n    ".join(result["losses"]), flush=True)
            if len(self.results) % 50 == 0:
                print(f"{len(self.results)} runs, {self.count()} kills", flush=True)

    def count(self):
        return sum(result["alive"] for result in self.results)

    def kills(self):
        done = {result["number"] for result in self.results}
        numbers = (number for number in range(10**9) if number not in done)
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            running = set()
            while self.count() + len(running) < self.options.kills or running:
                while len(running) < self.options.jobs and self.count() + len(running) < self.options.kills:
                    running.add(pool.submit(self.kill, next(numbers)))
                ended, running = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                for each in ended:
                    self.note(each.result())

    def table(self):
        alive = [result for result in self.results if result["alive"]]
        lost = [result for result in self.results if result["losses"]]
        columns = [*SIGNALS, *TARGETS, *(f"{ranks} rank{'s' * (ranks > 1)}" for ranks in range(1, 5))]
        print(f"\n{'command':24}{'kills':>7}" + "".join(f"{column:>10}" for column in columns) + f"{'lost':>6}")
        for command in [*dict.fromkeys(result["command"] for result in alive), None]:
            mine = [result for result in alive if command in (None, result["command"])]
            counts = collections.Counter()
            for result in mine:
                counts.update([result["signal"], result["target"], f"{result['ranks']} rank{'s' * (result['ranks'] > 1)}"])
            losses = sum(command in (None, result["command"]) for result in lost)
            print(f"{command or 'all':24}{len(mine):>7}" + "".join(f"{counts[column]:>10}" for column in columns) + f"{losses:>6}")
        print(f"kills {len(alive)}, lost {len(lost)} (runs that had ended before the signal came: "
              f"{len(self.results) - len(alive)}, not counted)")
        return len(lost)


def difference(wanted, found):
    missing, other = sorted(set(wanted) - set(found)), sorted(name for name in found if found[name] != wanted.get(name))
    return f"missing {missing[:3]}, different {other[:3]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--striate", default=ROOT / "build/striate")
    parser.add_argument("--out", required=True, help="folder for results and what is lost; kept")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="commands that have this in their name")
    parser.add_argument("--faults", type=int, default=10, help="runs of each other fault and command; 0: kills only")
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, Job.destroy_all)
    campaign = Campaign(options)
    start = time.monotonic()
    campaign.measure_all()
    print(f"undisturbed runs: {time.monotonic() - start:.0f} s; each takes "
          f"{min(campaign.seconds.values()):.2f} to {max(campaign.seconds.values()):.2f} s", flush=True)
    campaign.kills()
    lost = campaign.table()
    lost += faults.run_all(campaign, options.faults)
    shutil.rmtree(campaign.out / "runs", ignore_errors=True)
    print(f"{'nothing is lost' if lost == 0 else f'{lost} LOST: see {campaign.out}/lost'}, {time.monotonic() - start:.0f} s")
    sys.exit(lost != 0)


if __name__ == "__main__":
    main()
