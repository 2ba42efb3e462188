# SPDX-License-Identifier: BSD-3-Clause
"""One network on 1 to many ranks, more than there are processors: the same spikes, memory per rank, what travels beside the model's.

usage: many_ranks.py STRIATE BASE [--ranks 1,64,128,256] [--forms alltoallv,packed,neighbor,nodes] [--simulated-ms 200]

BASE: a built network with its inputs. All forms run on the first number of ranks above 1, the default on all. Fails when spikes
differ, or when messages or spikes per exchange are more than 5 % off what the cost model expects of rates and in-degree.
"""
import argparse
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile


def run(striate, config, ranks, form, folder):
    command = ["mpirun", "-n", str(ranks), "--oversubscribe", "--bind-to", "none", striate, "simulate", str(config), "-q", "--exchange", form,
               "-o", str(folder / "output"), "--timings", str(folder / "times.json")]
    out = subprocess.run(command, capture_output=True, text=True)
    if out.returncode:
        sys.exit(f"{ranks} ranks, {form}: exit code {out.returncode}: {out.stderr[-2000:]}")
    digest = hashlib.sha256((folder / "output/spikes.csv").read_bytes()).hexdigest()
    return json.loads((folder / "times.json").read_text()), digest


def expected(base, spikes_file, ranks, interval_ms):
    """(messages, spikes between ranks) in all, of the spikes and the edges as they are, cells dealt to ranks at random.

    The model's 1 - (1 - 1/P)^K takes targets to be drawn independently; of a thousand cells on hundreds of ranks, a hundred
    different ones reach some percent more."""
    import h5py
    import numpy
    with h5py.File(base / "network/v1_v1_edges.h5") as file:
        edges = next(iter(file["edges"].values()))
        targets = numpy.bincount(edges["source_node_id"][:])
        receivers = len(numpy.unique(edges["target_node_id"][:]))
    rows = [line.split() for line in spikes_file.read_text().splitlines()[1:]]
    times = numpy.array([float(row[0]) for row in rows])
    cells = numpy.array([int(row[2]) for row in rows])
    degree = numpy.zeros(max(cells.max() + 1, len(targets)))
    degree[:len(targets)] = targets
    # Of a spike: how many of the other ranks hold a target.
    reach = (ranks - 1) * (1 - (1 - degree[cells] / receivers) ** (receivers / ranks))
    spikes = reach.sum()
    # Of an interval and a pair of ranks: whether any of the sender's spikes reaches the receiver.
    interval = numpy.floor((times - 1e-9) / interval_ms).astype(int)
    miss = numpy.log1p(-reach / (ranks - 1) / ranks)  # also: the spike is the sender's
    quiet = numpy.zeros(interval.max() + 1)
    numpy.add.at(quiet, interval, miss)
    return ranks * (ranks - 1) * (1 - numpy.exp(quiet)).sum(), spikes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("striate")
    parser.add_argument("base", type=pathlib.Path)
    parser.add_argument("--ranks", default="1,64,128,256")
    parser.add_argument("--forms", default="alltoallv,packed,neighbor,nodes")
    parser.add_argument("--simulated-ms", type=float, default=200)
    options = parser.parse_args()
    counts = [int(word) for word in options.ranks.split(",")]
    forms = options.forms.split(",")
    config = options.base / "configs/config_ranks.json"
    text = json.loads((options.base / "configs/config_plain.json").read_text())
    text["run"]["duration"] = options.simulated_ms
    text["output"]["spikes_file_csv"] = "spikes.csv"
    config.write_text(json.dumps(text))
    failures, first = 0, None
    print(f"    {'ranks':>5} {'form':>10} {'MB/rank':>8} {'messages':>9} {'expected':>9} {'bytes':>8} {'expected':>9}   (per exchange and rank)")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for ranks in counts:
            for form in forms if ranks == counts[min(1, len(counts) - 1)] else forms[:1]:
                times, digest = run(options.striate, config, ranks, form, folder)
                first = first or digest
                exchanges = times["exchanges"] * ranks
                messages, spikes = times["messages"] / exchanges, times["spikes_between_ranks"] / exchanges
                model = [0.0, 0.0]
                if ranks > 1:
                    interval_ms = options.simulated_ms / times["exchanges"]
                    model = [value / exchanges for value in expected(options.base, folder / "output/spikes.csv", ranks, interval_ms)]
                print(f"    {ranks:>5} {form:>10} {times['sum_rss_bytes'] / ranks / 1e6:>8.1f} {messages:>9.3f} {model[0]:>9.3f} {8 * spikes:>8.2f} {8 * model[1]:>9.2f}")
                wrong = ["other spikes"] if digest != first else []
                wrong += [name for name, is_, should in (("messages", messages, model[0]), ("bytes", spikes, model[1])) if abs(is_ - should) > 0.05 * should]
                for name in wrong:
                    failures += 1
                    print(f"      FAILED: {name}")
    sys.exit(failures != 0)


if __name__ == "__main__":
    main()
