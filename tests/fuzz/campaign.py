#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""A fuzz campaign: damaged files through the program's own functions (striate_fuzz) and through whole commands, on one and
two ranks, each with limits of time and memory. Allowed outcomes of a damaged file: the same result, a refusal with an exit
code of docs/errors.md, or another result, which is listed. Everything depends on the seed and a counter; what FOLDER holds of
the same seed already is not done again.

usage: campaign.py FOLDER --striate FILE --fuzz FILE [--seed N] [--inputs N] [--processes N] [--on-two-ranks N] [--jobs N]
"""
import argparse
import collections
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import h5py

HERE = Path(__file__).resolve().parent
# Done; usage (a name from a file as an option), data, missing file, unavailable, lock, I/O (an output's path), configuration.
ALLOWED = {0, 2, 65, 66, 69, 73, 74, 78}
BLOCK = 2000  # inputs of one call of striate_fuzz
TIMEOUT_S = 40
NOT_CHECKED = ("compact.csv", "movie.h5", "rates.csv", "units.csv", "clamp.csv")  # kinds that `check` does not know
RECORDS = ("log.txt", "provenance.json", "manifest.json")  # hold times


class Command:
    """A command, the folder below the seeds in which it runs, the files that may be damaged and what it writes."""

    def __init__(self, name, folder, words, files, outputs=(), ranks=True, told=True):
        """`told`: without outputs, what it says is its result."""
        self.name, self.folder, self.words, self.files, self.outputs = name, folder, words, files, list(outputs)
        self.ranks, self.told = ranks, told


def commands_of(seeds):
    def below(folder, *patterns):
        return sorted({str(path.relative_to(seeds / folder)) for pattern in patterns for path in (seeds / folder).glob(pattern)
                       if path.is_file()})

    network = below("net", "config.json", "spikes.h5", "clamp.csv", "mod.csv", "network/*", "components/*/*")
    base = below("base", "network/*", "8dir*/*/*.h5")
    trials = ["tiny/configs/8dir_10trials_plain", "tiny/configs/filternet_8dir_10trials"]
    commands = [
        Command("simulate", "net", ["simulate", "config.json", "-q"], network, ["output"]),
        Command("simulate", "net", ["simulate", "config.json", "-q"], network, ["output"]),
        Command("lgn", "net", ["lgn", "config_lgn.json", "-q"], below("net", "config_lgn.json", "lgn/*"), ["output_lgn"]),
        Command("check", "net", ["check", "config.json"], network),
        Command("check", "made", ["check", "tiny"], below("made", "tiny/network/*", "tiny/components/*/*")),
        Command("build", "made", ["build", "network.yaml", "-o", "out", "-q"], ["network.yaml"], ["out"]),
        Command("background", "made", ["background", "tiny", "-o", "out", "-q"], below("made", "tiny/network/bkg_n*"), ["out"]),
        Command("train", "made", ["train", "tiny", "--preset", "training.yaml", "--suffix", "t", "--dry-run", "-q"],
                ["training.yaml"], told=False),
        Command("trials", "made", ["trials", "paradigm.yaml", "tiny", "plain", "-q", "--only", "angle=0"],
                ["paradigm.yaml", "tiny/configs/config_filternet.json", "tiny/configs/config_plain.json"], trials),
        Command("jobs make", "made", ["jobs", "make", "paradigm.yaml", "tiny", "plain", "--site", "site.yaml", "-q"],
                ["paradigm.yaml", "site.yaml"], [*trials, "tiny/jobs"], ranks=False),
        Command("pipeline", "made", ["pipeline", "tiny/output_plain/spikes.h5", "--dry-run"],
                below("made", "tiny/configs/*.json", "tiny/network/*.csv"), ranks=False, told=False),
    ]
    for kind, options in (("odsi", []), ("weights", []), ("sparsity", []), ("rates", ["--run", "8dir_10trials_plain/angle0_trial0"])):
        commands.append(Command(f"metrics {kind}", "base", ["metrics", kind, ".", "plain", "-o", "out", "-q", *options], base,
                                ["out"]))
    for kind, weights in (("outgoing-weight", ["--weights", "plain"]), ("celltypes", [])):
        commands.append(Command(f"nodesets {kind}", "base", ["nodesets", kind, ".", "-o", "out", "-q", *weights], base, ["out"]))
    for folder in ("h5", "text", "net"):
        for name in below(folder, "*.h5", "*.csv", "cell.json", "allen.json"):
            if name not in NOT_CHECKED:
                commands.append(Command("check", folder, ["check", name], [name], ranks=False))
            commands.append(Command("check --hash", folder, ["check", "--hash", name], [name], ranks=False))
    return commands


def contents(path):
    """What a result holds: of HDF5 the values, of others the bytes."""
    digest = hashlib.sha256()
    if path.suffix != ".h5":
        return hashlib.sha256(path.read_bytes()).hexdigest()
    with h5py.File(path) as file:
        names = []
        file.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
        for name in sorted(names):
            digest.update(f"{name} {file[name].dtype} {file[name].shape}".encode())
            digest.update(file[name][()].tobytes() if file[name].dtype.kind != "O" else repr(list(file[name][()])).encode())
    return digest.hexdigest()


def results(folder, outputs):
    found = {}
    for output in outputs:
        for path in sorted((folder / output).rglob("*")):
            if path.is_file() and path.name not in RECORDS and not path.name.startswith("config"):
                found[str(path.relative_to(folder))] = contents(path)
    return found


def environment(reports):
    return dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                OMPI_MCA_rmaps_base_oversubscribe="1", OMPI_MCA_mpi_yield_when_idle="1",
                OMPI_MCA_hwloc_base_binding_policy="none", OMPI_MCA_btl_vader_single_copy_mechanism="none",
                XDG_CACHE_HOME=str(reports / "cache"),
                # A report ends a process as a crash does.
                ASAN_OPTIONS="detect_leaks=0:abort_on_error=1:allocator_may_return_null=1:max_allocation_size_mb=3000:"
                             f"symbolize=0:log_path={reports}/report",
                UBSAN_OPTIONS=f"print_stacktrace=1:abort_on_error=1:log_path={reports}/report")


def execute(words, folder, env, timeout_s=TIMEOUT_S):
    """(exit code or "timeout", output, seconds). The whole process group ends with a time-out."""
    start = time.time()
    process = subprocess.Popen(words, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               errors="replace", start_new_session=True)
    try:
        output, _ = process.communicate(timeout=timeout_s)
        return process.returncode, output, time.time() - start
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        return "timeout", output, time.time() - start


def error_line(output):
    lines = [line for line in output.splitlines() if "rror" in line and "MPI_ABORT" not in line]
    return (lines[0] if lines else output.strip()[:200]).replace("\t", " ")


class Campaign:
    def __init__(self, options):
        self.options = options
        self.folder = Path(options.folder).resolve()
        self.seeds = self.folder / "seeds"
        self.found = self.folder / "found"
        self.reports = self.folder / "reports"
        for folder in (self.found, self.reports, self.folder / "blocks"):
            folder.mkdir(parents=True, exist_ok=True)
        stamp = self.folder / "seed.txt"
        if stamp.exists() and stamp.read_text() != str(options.seed):
            sys.exit(f"{self.folder} holds a campaign of seed {stamp.read_text()}: choose another folder")
        stamp.write_text(str(options.seed))
        if not self.seeds.exists():
            made = self.folder / "seeds.incomplete"
            shutil.rmtree(made, ignore_errors=True)
            subprocess.run([sys.executable, "-B", HERE / "make_seeds.py", made], check=True)
            subprocess.run([options.striate, "build", "network.yaml", "-o", "tiny", "-q"], cwd=made / "made", check=True)
            made.rename(self.seeds)
        self.env = environment(self.reports)
        self.table = collections.Counter()  # (what, format or ranks, outcome) -> inputs
        self.cases = []

    def work_folder(self):
        return Path(tempfile.mkdtemp(prefix="striate_fuzz_", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))

    # --- through functions ----------------------------------------------------------------------------------

    def block(self, first):
        """The lines of a block of inputs, from an earlier call if there was one."""
        count = min(BLOCK, self.options.inputs - first)
        file = self.folder / f"blocks/{first}_{count}.tsv"
        if not file.exists():
            work = self.work_folder()
            try:
                words = [self.options.fuzz, "run", str(self.seeds), str(work / "seeds"), str(self.found),
                         str(self.options.seed), str(first), str(count)]
                done = subprocess.run(words, env=self.env, capture_output=True, text=True, errors="replace")
            finally:
                shutil.rmtree(work, ignore_errors=True)
            if done.returncode != 0:
                raise RuntimeError(f"{' '.join(words)}: exit code {done.returncode}\n{done.stderr[-2000:]}")
            part = file.with_suffix(".part")
            part.write_text(done.stdout)
            part.rename(file)
        return file.read_text(errors="replace").splitlines()

    def run_functions(self):
        with ThreadPoolExecutor(self.options.jobs) as pool:
            for lines in pool.map(self.block, range(0, self.options.inputs, BLOCK)):
                for line in lines:
                    kind, *cells = line.split("\t")
                    if kind == "count":
                        entry, form, outcome, code, count = cells
                        name = f"refused {code}" if outcome == "refused" else outcome
                        self.table[("function", f"{entry} ({form})", name)] += int(count)
                    elif kind == "case":
                        counter, entry, name, outcome, code, damage, message = (cells + [""] * 7)[:7]
                        self.cases.append(("function " + entry, counter, name, outcome, code, damage, message))

    # --- through commands -----------------------------------------------------------------------------------

    def undamaged(self, command, seeds, ranks):
        code, output, _ = execute(self.words(command, ranks), seeds / command.folder, self.env, 300)
        if code != 0:
            raise RuntimeError(f"{command.words} fails with undamaged files: {code}\n{output[-2000:]}")
        return self.answer(command, seeds, output)

    def words(self, command, ranks):
        launch = [self.options.mpiexec, "-n", str(ranks)] if ranks > 1 else []
        return launch + [self.options.striate] + command.words

    def answer(self, command, seeds, output):
        """What a command gave, and nothing of it left."""
        try:
            files = results(seeds / command.folder, command.outputs)
        except OSError as error:
            files = {"unreadable result": str(error)}
        for name in command.outputs:
            shutil.rmtree(seeds / command.folder / name, ignore_errors=True)
        return files if command.outputs else {"text": re.sub(r"/\S*/", "", output) if command.told else ""}

    def run_slice(self, counters):
        """Whole processes, one after the other, on a copy of the seeds of their own."""
        work = self.work_folder()
        seeds = work / "seeds"
        shutil.copytree(self.seeds, seeds)
        commands = commands_of(seeds)
        before = {}
        damager = subprocess.Popen([self.options.fuzz, "damage", str(self.options.seed)], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True, errors="replace", env=self.env)
        lines = []
        try:
            for counter, ranks in counters:
                rng = random.Random(f"{self.options.seed} {counter} {ranks}")
                command = rng.choice([each for each in commands if each.ranks or ranks == 1])
                name = rng.choice(command.files)
                key = (tuple(command.words), command.folder, ranks)
                if key not in before:
                    before[key] = self.undamaged(command, seeds, ranks)
                path = seeds / command.folder / name
                kept = path.read_bytes()
                damager.stdin.write(f"{counter} {path}\n")
                damager.stdin.flush()
                damage = damager.stdout.readline().strip()
                spoilt = path.read_bytes()
                code, output, seconds = execute(self.words(command, ranks), seeds / command.folder, self.env)
                after = self.answer(command, seeds, output)
                path.unlink(missing_ok=True)
                path.write_bytes(kept)
                outcome, message = self.judge(code, output, before[key], after)
                lines.append((command.name, ranks, counter, name, outcome, code, damage, message))
                if outcome == "fault":
                    folder = self.found / f"process_{counter}_{ranks}"
                    folder.mkdir(exist_ok=True)
                    (folder / path.name).write_bytes(spoilt)
                    (folder / "what.txt").write_text(f"{command.words} in {command.folder}, {ranks} ranks, {name}\n"
                                                     f"{damage}\n{code} after {seconds:.1f} s\n{output}")
        finally:
            damager.kill()
            damager.communicate()
            shutil.rmtree(work, ignore_errors=True)
        return lines

    @staticmethod
    def judge(code, output, before, after):
        if code not in ALLOWED:
            return "fault", error_line(output)
        if code != 0:
            return f"refused {code}", error_line(output)
        if after == before:
            return "same", ""
        changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        return "different", ", ".join(changed)[:300]

    def process_block(self, block):
        name, counters = block
        file = self.folder / f"blocks/{name}.json"
        if not file.exists():
            part = file.with_suffix(".part")
            part.write_text(json.dumps(self.run_slice(counters)))
            part.rename(file)
        return json.loads(file.read_text())

    def run_processes(self):
        size = 100
        blocks = [(f"process_{ranks}_{first}", [(i, ranks) for i in range(first, min(first + size, count))])
                  for ranks, count in ((1, self.options.processes), (2, self.options.on_two_ranks))
                  for first in range(0, count, size)]
        with ThreadPoolExecutor(self.options.jobs) as pool:
            for lines in pool.map(self.process_block, blocks):
                for name, ranks, counter, file, outcome, code, damage, message in lines:
                    self.table[("command", f"{name} on {ranks}", outcome)] += 1
                    if outcome in ("fault", "different"):
                        self.cases.append((f"command {name} on {ranks}", counter, file, outcome, code, damage, message))

    # --- what the HDF5 library does not survive -------------------------------------------------------------

    def confirm_library_cases(self):
        """Whatever killed a function that read HDF5: the program must refuse it with 65."""
        faults = 0
        for folder in sorted(self.found.iterdir()):
            what = folder / "what.txt"
            text = what.read_text(errors="replace")
            damaged = [path for path in folder.iterdir() if path.suffix == ".h5"]
            if not text.startswith("entry ") or not damaged:
                continue
            verdict = folder / "program.txt"
            if not verdict.exists():
                code, output, seconds = execute([self.options.striate, "check", str(damaged[0])], folder, self.env)
                verdict.write_text(f"{code} after {seconds:.1f} s\n{output}")
            code = verdict.read_text(errors="replace").split()[0]
            faults += code not in ("65", "78")
            self.table[("HDF5 library", "crash or hang", f"program: {code}")] += 1
        return faults

    def sanitizer_reports(self):
        """Reports by the module they are about: of ours and of the HDF5 library."""
        ours = []
        for file in sorted(self.reports.glob("report.*")):
            text = file.read_text(errors="replace")
            if not re.search(r"ERROR: |runtime error: ", text):  # an allocation that was too large and failed, as it must
                self.table[("sanitizer", "allocations refused", "")] += 1
                continue
            frames = re.findall(r"#\d+ \S+ .*?\(([^()+]+)\+0x", text)
            first = next((Path(frame).name for frame in frames if not re.search(r"lib(asan|ubsan|c|stdc|pthread|gcc)", frame)), "?")
            library = first.startswith("libhdf5")
            self.table[("sanitizer", "reports", "in HDF5" if library else f"in {first}")] += 1
            if not library:
                ours.append(file)
        return ours

    # --- the end --------------------------------------------------------------------------------------------

    def print_table(self):
        rows = collections.defaultdict(collections.Counter)
        for (what, name, outcome), count in self.table.items():
            rows[(what, name)][outcome] += count
        for (what, name), outcomes in sorted(rows.items()):
            told = ", ".join(f"{outcome} {count}" for outcome, count in sorted(outcomes.items()))
            print(f"{what:<13}{name:<28}{sum(outcomes.values()):>8}   {told}")
        with open(self.folder / "cases.tsv", "w") as file:
            for case in self.cases:
                file.write("\t".join(map(str, case)) + "\n")

    def run(self):
        start = time.time()
        self.run_functions()
        functions = time.time() - start
        self.run_processes()
        library_faults = self.confirm_library_cases()
        ours = self.sanitizer_reports()
        self.print_table()
        # A crash in a function that reads HDF5 is the library's when no report names us and the program refuses the file.
        faults = [case for case in self.cases if case[3] in ("crash", "hang", "internal", "fault") and
                  not (case[0].startswith("function") and str(case[2]).endswith(".h5") and case[3] in ("crash", "hang"))]
        different = sum(case[3] == "different" for case in self.cases)
        inputs = sum(count for (what, _, _), count in self.table.items() if what in ("function", "command"))
        print(f"{inputs} inputs in {time.time() - start:.0f} s ({functions:.0f} s through functions); accepted with another "
              f"result: {different}, listed in {self.folder / 'cases.tsv'}")
        for case in faults:
            print("FAULT", *case, sep="\t")
        for file in ours:
            print("SANITIZER", file)
        print(f"{len(faults)} faults, {library_faults} files that the program does not refuse, {len(ours)} reports of sanitizers")
        return 1 if faults or library_faults or ours else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--striate", required=True)
    parser.add_argument("--fuzz", required=True)
    parser.add_argument("--mpiexec", default="mpirun")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=5_000)
    parser.add_argument("--on-two-ranks", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    options.striate, options.fuzz = os.path.abspath(options.striate), os.path.abspath(options.fuzz)
    sys.exit(Campaign(options).run())


if __name__ == "__main__":
    main()
