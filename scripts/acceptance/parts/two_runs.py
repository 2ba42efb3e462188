# SPDX-License-Identifier: BSD-3-Clause
"""Two runs into one folder at the same time: one does its work, the other says who holds the folder.

usage: two_runs.py STRIATE [TRIES]

For `simulate` and `build`: the second run starts at a random time after the first (also before it). Fails unless in every try one
ends with 0 and the other with 73 and a message that names host and process, or the second began when the first was done; and unless
the results are those of an undisturbed run.
"""
import collections
import hashlib
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time


def contents(program, folder):
    text = subprocess.run([program, "check", folder, "--hash"], capture_output=True, text=True, check=True).stdout
    return hashlib.sha256("\n".join(re.findall(r"\b[0-9a-f]{64}\b", text)).encode()).hexdigest()


def spikes(folder):
    return hashlib.sha256((folder / "spikes.csv").read_bytes()).hexdigest()


def tries(name, command, seconds, result, expected, count, random_numbers):
    """`command(i)` writes into the folder of try i; `result(i)` is a digest of what is there."""
    table, wrong, said = collections.Counter(), 0, ""
    for i in range(count):
        first = subprocess.Popen(command(i), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        time.sleep(random_numbers.uniform(0, 0.8 * seconds))
        second = subprocess.run(command(i), capture_output=True, text=True)
        text = first.communicate()[0]
        codes = (first.returncode, second.returncode)
        table[codes] += 1
        refused = {73: second.stderr} if codes[1] == 73 else {73: text}
        if 73 in codes:
            said = next((line for line in refused[73].splitlines() if "error" in line), said)
            wrong += not re.search(r"\d+", said)
        wrong += 0 not in codes or not set(codes) <= {0, 73} or result(i) != expected
    print(f"    {name}: " + ", ".join(f"exit codes {a} and {b}: {n} times" for (a, b), n in sorted(table.items())) + f"; {wrong} wrong")
    print(f"      {said[:200]}")
    return wrong + (not any(73 in codes for codes in table))


def main():
    program, count = sys.argv[1], int((sys.argv[2:3] or ["50"])[0])
    random_numbers = random.Random(16)
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        base = folder / "base"
        start = time.monotonic()
        subprocess.run([program, "build", "tiny", "-q", "-o", base], check=True, capture_output=True)
        seconds = time.monotonic() - start
        expected = contents(program, base)
        failures += tries("build", lambda i: [program, "build", "tiny", "--force", "-o", folder / f"b{i}"], seconds,
                          lambda i: contents(program, folder / f"b{i}"), expected, count, random_numbers)

        subprocess.run([program, "lgn", base / "configs/config_filternet.json", "-q"], check=True, capture_output=True)
        subprocess.run([program, "background", base, "-q"], check=True, capture_output=True)
        config = base / "configs/config_plain.json"
        start = time.monotonic()
        subprocess.run([program, "simulate", config, "-q", "-o", folder / "expected"], check=True, capture_output=True)
        seconds = time.monotonic() - start
        failures += tries("simulate", lambda i: [program, "simulate", config, "-o", folder / f"s{i}"], seconds,
                          lambda i: spikes(folder / f"s{i}"), spikes(folder / "expected"), count, random_numbers)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
