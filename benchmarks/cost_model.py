#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Predicts real-time factor, exchange volume and memory per rank beyond the machine at hand, from what was measured on it.

usage: cost_model.py --simulations results/full.json,results/small.json --micro results/micro.json [--latency-us 1.5]
                     [--bandwidth-GBps 10] --out results/cost_model.json

For N neurons on P ranks, per simulated second:
  update    N/P neuron-steps; a step is cheaper where a rank's neurons stay in the cache: the measured cost of the smallest
            run up to its size, that of the largest from its size on, between them linear in log(N/P);
  deliver   events/P, each at c(L), L = mean synapses of a source on a rank = in-degree K / P (at least 1);
            c(L) = a + b/L through the micro benchmark's rows of 200 and 10;
  exchange  1000 times: MPI_Alltoallv with P - 1 messages of `latency` and the bytes of a rank's spikes at `bandwidth`,
            plus the measured cost of sorting what arrives. A source's spike goes to P (1 - (1 - 1/P)^K) ranks;
  memory    synapses at the measured bytes, neurons, and what every rank keeps per neuron of the whole network.
Latency and bandwidth of the network between nodes are assumptions, to be replaced by those of your cluster. The check
against runs at hand comes first in the output.
"""
import argparse
import json
import math
import time
from pathlib import Path

STEPS_PER_S = 4000
EXCHANGES_PER_S = 1000
WIRE_BYTES = 8  # of a spike
RANKS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096]


def fit_delivery(micro):
    """(a, b) in ns of c(L) = a + b/L."""
    cost = {int(e["name"].split("/")[1]): 1e9 / e["items_per_second"] for e in micro["benchmarks"] if e["name"].startswith("delivery/")}
    b = (cost[10] - cost[200]) / (1 / 10 - 1 / 200)
    return cost[200] - b / 200, b


def fit_memory(runs):
    """(bytes of a rank that has nothing, bytes on every rank per neuron of the network): least squares over the runs."""
    rows = [(r["ranks"], r["ranks"] * r["neurons"], r["memory_bytes"]["median"] - r["bytes_per_synapse"] * r["synapses"]) for r in runs]
    saa, sbb, sab = (sum(f(a, b) for a, b, _ in rows) for f in (lambda a, b: a * a, lambda a, b: b * b, lambda a, b: a * b))
    say, sby = sum(a * y for a, _, y in rows), sum(b * y for _, b, y in rows)
    determinant = saa * sbb - sab * sab
    return (say * sbb - sby * sab) / determinant, (sby * saa - say * sab) / determinant


class Model:
    """Costs of one network: `run` gives rates and densities, which larger sheets keep."""

    def __init__(self, run, runs, micro, latency_s, bandwidth):
        simulated_s = run["simulated_ms"] / 1e3
        self.events = run["synaptic_events"] / run["neurons"] / simulated_s
        self.rate = run["spikes"] / run["neurons"] / simulated_s
        self.in_degree = run["synapses"] / run["neurons"]
        points = [(r["neurons"] / r["ranks"], r["ns_per_neuron_step"]) for r in (min(runs, key=lambda r: (r["neurons"], r["ranks"])), run)]
        self.cached, self.streamed = sorted(points)
        a, b = fit_delivery(micro)
        # The micro benchmark's rows are random; what is measured in a run is dearer or cheaper by a constant factor.
        self.delivery_scale = run["ns_per_event"] / (a + b / (self.in_degree / run["ranks"]))
        self.a_ns, self.b_ns = a * self.delivery_scale, b * self.delivery_scale
        self.sort_ns = 1e9 * run["phases"]["exchange"]["median"] / (run["spikes"] * self.destinations(run["ranks"]) / run["ranks"])
        self.bytes_per_synapse = run["bytes_per_synapse"]
        self.rank_bytes, self.neuron_bytes = fit_memory(runs)
        self.latency_s, self.bandwidth = latency_s, bandwidth

    def destinations(self, ranks):
        return ranks * (1 - (1 - 1 / ranks) ** self.in_degree)

    def update_ns(self, neurons):
        """Of a rank with so many neurons."""
        (few, cheap), (many, dear) = self.cached, self.streamed
        if few == many:
            return dear
        share = math.log(neurons / few) / math.log(many / few)
        return cheap + min(1.0, max(0.0, share)) * (dear - cheap)

    def predict(self, neurons, ranks):
        row = max(1.0, self.in_degree / ranks)
        update = neurons * STEPS_PER_S / ranks * self.update_ns(neurons / ranks) * 1e-9
        deliver = neurons * self.events / ranks * (self.a_ns + self.b_ns / row) * 1e-9
        received = neurons * self.rate * self.destinations(ranks) / ranks  # spikes a rank gets per second
        wire = received * WIRE_BYTES * (ranks - 1) / ranks
        exchange = EXCHANGES_PER_S * self.latency_s * (ranks - 1) + wire / self.bandwidth + received * self.sort_ns * 1e-9
        memory = neurons * self.in_degree / ranks * self.bytes_per_synapse + neurons * self.neuron_bytes + self.rank_bytes
        return {"neurons": neurons, "ranks": ranks, "real_time_factor": update + deliver + exchange, "update": update,
                "deliver": deliver, "exchange": exchange, "MB_per_s_received": wire / 1e6, "GB_per_rank": memory / 1e9}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulations", required=True)
    parser.add_argument("--micro", type=Path, required=True)
    parser.add_argument("--latency-us", type=float, default=1.5)
    parser.add_argument("--bandwidth-GBps", type=float, default=10)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    runs = [r for name in options.simulations.split(",") for r in json.loads(Path(name).read_text())["measurements"]
            if "phases" in r and r["what"].startswith("simulate")]
    largest = max(runs, key=lambda r: (r["neurons"], r["ranks"]))
    model = Model(largest, runs, json.loads(options.micro.read_text()), options.latency_us * 1e-6, options.bandwidth_GBps * 1e9)

    checks = []
    print("| check | ranks | real-time factor measured | predicted | GB measured | predicted |\n|---|---|---|---|---|---|")
    for run in runs:
        own = model
        if run["neurons"] != largest["neurons"]:  # another density and rate, the same costs
            own = Model(largest, runs, json.loads(options.micro.read_text()), options.latency_us * 1e-6, options.bandwidth_GBps * 1e9)
            seconds = run["simulated_ms"] / 1e3
            own.events = run["synaptic_events"] / run["neurons"] / seconds
            own.rate = run["spikes"] / run["neurons"] / seconds
            own.in_degree = run["synapses"] / run["neurons"]
        p = own.predict(run["neurons"], run["ranks"])
        measured = {"real_time_factor": run["real_time_factor"]["median"], "GB": run["memory_bytes"]["median"] / 1e9}
        checks.append({"what": run["what"], "ranks": run["ranks"], "measured": measured, "predicted": p})
        print(f"| {run['what']} | {run['ranks']} | {measured['real_time_factor']:.3f} | {p['real_time_factor']:.3f} "
              f"| {measured['GB']:.2f} | {p['GB_per_rank'] * run['ranks']:.2f} |")

    predictions = [model.predict(largest["neurons"] * size, ranks) for size in (1, 10, 100) for ranks in RANKS]
    print("\n| neurons | ranks | real-time factor | update | deliver | exchange | MB/s received per rank | GB per rank |")
    print("|---|---|---|---|---|---|---|---|")
    for p in predictions:
        print(f"| {p['neurons']:,} | {p['ranks']} | {p['real_time_factor']:.3g} | {p['update']:.3g} | {p['deliver']:.3g} "
              f"| {p['exchange']:.3g} | {p['MB_per_s_received']:.3g} | {p['GB_per_rank']:.3g} |")
    options.out.write_text(json.dumps({"date": time.strftime("%Y-%m-%d"), "latency_us": options.latency_us,
                                       "bandwidth_GBps": options.bandwidth_GBps, "checks": checks,
                                       "predictions": predictions}, indent=1) + "\n")


if __name__ == "__main__":
    main()
