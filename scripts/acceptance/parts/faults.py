# SPDX-License-Identifier: BSD-3-Clause
"""Faults that programs before and after should bear: for each what happened, and whether that is right.

usage: faults.py OLD NEW [CASES]    programs; CASES: a folder with damaged files (hang_heap/v1_v1_edges.h5)

Fails when the new program does anything wrong. Needs root for devices and full disks; leaves those out otherwise. Everything
happens in a temporary folder; devices are made there.
"""
import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time

IS_ROOT = os.geteuid() == 0


def run(program, *arguments, seconds=120):
    """Exit code (None: it hung) and the last line of the messages."""
    try:
        ended = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return None, f"still at work after {seconds} s"
    lines = [line for line in ended.stderr.splitlines() if "error" in line] or [""]
    return ended.returncode, lines[-1][:150]


def digest(*paths):
    return [hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None for path in paths]


class Network:
    """`tiny` with its inputs, made by the program itself."""

    def __init__(self, program, folder, seed=None):
        self.program, self.base = program, folder
        seeds = ["--seed", seed] if seed else []
        assert run(program, "build", "tiny", "-q", "-o", folder, *seeds)[0] == 0
        assert run(program, "lgn", folder / "configs/config_filternet.json", "-q")[0] == 0
        assert run(program, "background", folder, "-q")[0] == 0
        self.plain = json.loads((folder / "configs/config_plain.json").read_text())

    def config(self, name, **output):
        config = json.loads(json.dumps(self.plain))
        config["run"]["duration"] = output.pop("duration", 100.0)
        config["output"].update(output)
        file = self.base / "configs" / f"{name}.json"
        file.write_text(json.dumps(config))
        return file


def outputs_over_inputs(network, folder):
    model = next((network.base / "components/cell_models").glob("*.json"))
    edges = network.base / "network/v1_v1_edges.h5"
    (folder / "link").symlink_to(network.base / "network")
    before = digest(model, edges)
    for name, output in {"a spikes_file that is a cell model": {"output_dir": str(model.parent), "spikes_file": model.name},
                         "through .. of folders that are not there": {"output_dir": str(folder / "new/../link"),
                                                                      "spikes_file": edges.name},
                         "through a link": {"output_dir": str(folder / "link"), "spikes_file": edges.name}}.items():
        saved = [path.read_bytes() for path in (model, edges)]
        code, text = run(network.program, "simulate", network.config("over", **output), "-q")
        untouched = digest(model, edges) == before
        yield name, f"exit code {code}, inputs {'untouched' if untouched else 'LOST'}; {text}", code == 78 and untouched
        for path, content in zip((model, edges), saved):
            path.write_bytes(content)


def special_files(network, folder):
    config = network.config("special", output_dir=str(folder / "special"))
    if IS_ROOT:
        device = folder / "null"
        os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        code, text = run(network.program, "simulate", config, "-q", "--timings", device)
        is_device = stat.S_ISCHR(device.lstat().st_mode)
        yield "--timings DEVICE", f"exit code {code}, {'still a device' if is_device else 'device LOST'}; {text}", code == 0 and is_device
    fifo = folder / "fifo"
    os.mkfifo(fifo)
    got = []
    reader = threading.Thread(target=lambda: got.append(os.read(os.open(fifo, os.O_RDONLY), 1 << 20)), daemon=True)
    reader.start()
    code, text = run(network.program, "simulate", config, "-q", "--timings", fifo)
    reader.join(2)
    is_fifo = stat.S_ISFIFO(fifo.lstat().st_mode)
    yield "--timings FIFO", (f"exit code {code}, {'still a FIFO' if is_fifo else 'FIFO LOST'}, {len(got[0]) if got else 0} bytes came; {text}"), \
        code == 0 and is_fifo and bool(got) and b"phases" in got[0]
    target, link = folder / "target.json", folder / "link.json"
    target.write_text("")
    link.symlink_to(target)
    code, text = run(network.program, "simulate", config, "-q", "--timings", link)
    followed = link.is_symlink() and "phases" in target.read_text()
    yield "--timings LINK", f"exit code {code}, link {'followed' if followed else 'REPLACED'}; {text}", code == 0 and followed


def planted_link(network, folder):
    victim = folder / "victim"
    victim.write_text("precious")
    out = folder / "planted"
    assert run(network.program, "background", network.base, "-q", "-o", out)[0] == 0
    for path in [p for p in out.rglob("*.h5")]:
        path.with_name(path.name + ".incomplete").symlink_to(victim)
        path.unlink()
    code, text = run(network.program, "background", network.base, "-q", "-o", out)
    safe = victim.read_bytes() == b"precious" if victim.is_file() else False
    yield "a link where the unfinished file would be", f"exit code {code}, {'nothing written through it' if safe else 'written THROUGH'}; {text}", code == 0 and safe


def mixed_generations(network, folder):
    mixed = folder / "mixed"
    shutil.copytree(network.base, mixed)
    other = Network(network.program, folder / "other", seed="2")
    for path in (other.base / "network").glob("v1_*"):
        shutil.copy(path, mixed / "network" / path.name)
    for command in (["check", mixed], ["simulate", mixed / "configs/config_plain.json", "-q"], ["lgn", mixed / "configs/config_filternet.json", "-q"]):
        code, text = run(network.program, *command)
        wanted = code in (65, 78) or (code == 0 and command[0] == "lgn")  # nodes of the LGN alone are of one seed
        yield f"{command[0]} of V1 of seed 2 with LGN of seed 1", f"exit code {code}; {text}", wanted


def killed(program, folder, tries, command, arguments, judge):
    """Kills at random times; counts what judge() says."""
    numbers = random.Random(16)
    start = time.monotonic()
    assert run(program, *arguments(folder / "whole"))[0] == 0
    seconds = time.monotonic() - start
    bad = 0
    for i in range(tries):
        process = subprocess.Popen([program, *map(str, arguments(folder / f"{command}{i}"))], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(numbers.uniform(0.3, 1) * seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
        bad += not judge(folder / f"{command}{i}")
    return bad


def kills(network, folder):
    folder.mkdir()
    build = lambda out: ["build", "tiny", "-q", "-o", out]
    # The manifest comes last: a network that has one was complete before the kill, and is not built over.
    complete = lambda out: (out / "network/manifest.json").is_file()
    bad = killed(network.program, folder, 30, "build", build, lambda out: complete(out) or run(network.program, *build(out))[0] == 0)
    yield "build again after a kill", f"{bad} of 30 refused", bad == 0

    config = network.config("long", duration=3000.0)
    first = folder / "first"
    assert run(network.program, "simulate", config, "-q", "-o", first)[0] == 0

    def arguments(out):
        if not out.exists():
            shutil.copytree(first, out)
        return ["simulate", config, "-q", "-o", out]
    results = [path.name for path in first.iterdir() if path.name.startswith("spikes")]
    bad = killed(network.program, folder, 15, "simulate", arguments,
                 lambda out: digest(*(out / name for name in results)) == digest(*(first / name for name in results)))
    yield "earlier results after a killed simulation", f"gone {bad} of 15 times", bad == 0


def full_disks(network, folder):
    if not IS_ROOT:
        return
    disk = folder / "disk"
    disk.mkdir()
    for kilobytes in (12, 40, 100, 400):
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", disk], check=True)
        try:
            for name, command, result in (
                    ("images", ["images", disk / "images.h5", "--count", 40], disk / "images.h5"),
                    ("plot raster", ["plot", "raster", network.base, "plain", "-o", disk / "raster.png"], disk / "raster.png"),
                    ("plot raster", ["plot", "raster", network.base, "plain", "-o", disk / "raster.pdf"], disk / "raster.pdf")):
                free = kilobytes
                code, text = run(network.program, *command)
                there = result.exists()
                fits = code == 0 and there and result.stat().st_size > 500
                whole = fits and complete(result)
                yield f"{name} to {result.suffix} on a disk of {free} kB", f"exit code {code}, {'whole' if whole else 'DAMAGED' if there else 'nothing'} there; {text}", \
                    whole or (code == 74 and not there)
                for path in disk.iterdir():
                    path.unlink()
        finally:
            subprocess.run(["umount", disk], check=True)


def complete(path):
    content = path.read_bytes()
    if path.suffix == ".png":
        return content.rstrip(b"\0").endswith(b"IEND\xaeB`\x82")
    if path.suffix == ".pdf":
        return content.rstrip().endswith(b"%%EOF")
    return subprocess.run(["h5dump", "-H", path], capture_output=True).returncode == 0 if shutil.which("h5dump") else content[:4] == b"\x89HDF"


def damaged_heap(program, folder, cases):
    copy = folder / "hang"
    shutil.copytree(cases / "hang_heap", copy)
    code, text = run(program, "check", next(copy.glob("*.h5")), seconds=60)
    yield "check of a damaged heap", f"exit code {code}; {text}", code == 65


def main():
    programs = {"before": pathlib.Path(sys.argv[1]).resolve(), "after": pathlib.Path(sys.argv[2]).resolve()}
    cases = pathlib.Path(sys.argv[3]).resolve() if len(sys.argv) > 3 else None
    rows, wrong = {}, 0
    for age, program in programs.items():
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            network = Network(str(program), folder / "base")
            assert run(network.program, "simulate", folder / "base/configs/config_plain.json", "-q")[0] == 0
            parts = [outputs_over_inputs, special_files, planted_link, mixed_generations, lambda n, f: kills(n, f / "kills"), full_disks]
            outcomes = [outcome for part in parts for outcome in part(network, folder)]
            if cases:
                outcomes += damaged_heap(network.program, folder, cases)
            for fault, text, right in outcomes:
                rows.setdefault(fault, {})[age] = f"{'right' if right else 'WRONG'}: {text.strip('; ')}"
                wrong += age == "after" and not right
    for fault, outcome in rows.items():
        print(f"    {fault}")
        for age in programs:
            print(f"      {age:6} {outcome.get(age, '-')}")
    print(f"    {wrong} wrong after")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
