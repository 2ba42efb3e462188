#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Predicts real-time factor, exchange volume and memory per rank beyond the machine at hand, from what was measured on it.

usage: cost_model.py --simulations results/full.json,results/small.json --micro results/micro.json [--exchange exchange.json]
                     [--latency-us 1.5] [--gap-us 0.3] [--bandwidth-GBps 10] [--ranks-per-node 64] --out results/cost_model.json

For N neurons on P ranks, per simulated second:
  update    N/P neuron-steps; a step is cheaper where a rank's neurons stay in the cache: the measured cost of the smallest
            run up to its size, that of the largest from its size on, between them linear in log(N/P);
  deliver   events/P, each at c(L), L = mean synapses of a source on a rank = in-degree K / P (at least 1);
            c(L) = a + b/L through the micro benchmark's rows of 200 and 10;
  exchange  1000 times the quickest form of `simulate --exchange`, plus the measured cost of sorting what arrives. A
            source's spike goes to P (1 - (1 - 1/P)^K) ranks. Messages as in LogGP: `latency` of one, `gap` between those
            that follow each other, bytes at `bandwidth`, on a node and between nodes (see Messages.form_s);
  memory    synapses at the measured bytes, and what every rank keeps per neuron of its own and of the whole network.
Messages are assumptions until `mpirun -n P striate_benchmarks --exchange exchange.json` has measured them on your cluster,
with at least two nodes. The check against runs at hand comes first in the output.
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


STATE_BYTES = 280  # of a neuron with its synaptic state, counters and port padding; on its own rank only


def fit_memory(runs):
    """(bytes of a rank that has nothing, bytes on every rank per neuron of the network): least squares over the runs."""
    rows = [(r["ranks"], r["ranks"] * r["neurons"],
             r["memory_bytes"]["median"] - r["bytes_per_synapse"] * r["synapses"] - STATE_BYTES * r["neurons"]) for r in runs]
    saa, sbb, sab = (sum(f(a, b) for a, b, _ in rows) for f in (lambda a, b: a * a, lambda a, b: b * b, lambda a, b: a * b))
    say, sby = sum(a * y for a, _, y in rows), sum(b * y for _, b, y in rows)
    determinant = saa * sbb - sab * sab
    return (say * sbb - sby * sab) / determinant, (sby * saa - say * sab) / determinant


class Messages:
    """Seconds of one exchange. `near`: on a node, `far`: between nodes, each {latency, gap, byte} in seconds."""

    PACKED_WORDS = 24  # largest block of the packed form, with its first word
    PACKED_LOG_BYTES = 200  # below that MPI_Alltoall forwards blocks in log2(P) steps
    FORMS = ("alltoallv", "packed", "neighbor", "nodes")

    def __init__(self, near, far, ranks_per_node):
        self.near, self.far, self.ranks_per_node = near, far, ranks_per_node

    @staticmethod
    def terms(measured):
        return {"latency": measured["latency_us"] * 1e-6, "gap": measured["gap_us"] * 1e-6, "byte": 1e-9 / measured["GB_per_s"]}

    @classmethod
    def from_file(cls, measured, ranks_per_node):
        near = cls.terms(measured.get("on_node") or measured["between_nodes"])
        far = cls.terms(measured["between_nodes"]) if "between_nodes" in measured else near
        return cls(near, far, ranks_per_node or measured["ranks_per_node"])

    def link(self, ranks):
        return self.near if ranks <= self.ranks_per_node else self.far

    def log_steps(self, ranks, block_bytes, link):
        """Blocks for all, forwarded: half of them in each step."""
        return math.ceil(math.log2(ranks)) * (link["latency"] + block_bytes * ranks / 2 * link["byte"])

    def one_by_one(self, ranks, bytes_of_rank, link):
        """A message for each other rank, empty or not."""
        return link["latency"] + 2 * (ranks - 1) * link["gap"] + bytes_of_rank * link["byte"]

    def form_s(self, form, ranks, spikes, peers):
        """`spikes` to and from others of a rank in one interval, which go to `peers` ranks."""
        if ranks == 1:
            return 0.0
        link, sent = self.link(ranks), spikes * WIRE_BYTES
        if form == "alltoallv":
            return self.log_steps(ranks, 8, link) + self.one_by_one(ranks, sent, link)
        if form == "packed":
            # The largest of all pairs decides: mean and six times its deviation, in blocks of limited size.
            mean = spikes / (ranks - 1)
            words = min(self.PACKED_WORDS, 2 + math.ceil(mean + 6 * math.sqrt(mean)))
            rest = max(0.0, mean - words + 1)
            rests = 2 * (ranks - 1) * link["gap"] + rest * (ranks - 1) * WIRE_BYTES * link["byte"] if rest > 0 else 0.0
            block = 8 * words
            blocks = self.log_steps(ranks, block, link) if block < self.PACKED_LOG_BYTES else self.one_by_one(ranks, block * ranks, link)
            return blocks + rests
        if form == "neighbor":
            agree = 2 * math.ceil(math.log2(ranks)) * link["latency"]
            return agree + 2 * self.one_by_one(peers + 1, sent / 2, link)
        here, nodes = min(ranks, self.ranks_per_node), math.ceil(ranks / self.ranks_per_node)
        steps = math.ceil(math.log2(here)) if here > 1 else 0
        gathered = here * sent
        within = 4 * steps * self.near["latency"] + 2 * gathered * self.near["byte"] + 2 * here * self.near["gap"]
        between = self.log_steps(nodes, 8, self.far) + self.one_by_one(nodes, gathered, self.far) if nodes > 1 else 0.0
        return within + between


class Model:
    """Costs of one network: `run` gives rates and densities, which larger sheets keep."""

    def __init__(self, run, runs, micro, messages):
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
        self.messages = messages

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
        peers = (ranks - 1) * (1 - (1 - 1 / ranks) ** (neurons / ranks * self.in_degree))
        spikes = wire / WIRE_BYTES / EXCHANGES_PER_S
        forms = {form: EXCHANGES_PER_S * self.messages.form_s(form, ranks, spikes, peers) for form in Messages.FORMS}
        form = min(forms, key=forms.get)
        exchange = forms[form] + received * self.sort_ns * 1e-9
        memory = neurons * (self.in_degree * self.bytes_per_synapse + STATE_BYTES) / ranks + neurons * self.neuron_bytes + self.rank_bytes
        return {"neurons": neurons, "ranks": ranks, "real_time_factor": update + deliver + exchange, "update": update,
                "deliver": deliver, "exchange": exchange, "form": form, "forms": forms, "spikes_per_exchange": spikes,
                "messages_per_exchange": (ranks - 1) * (1 - math.exp(-spikes / max(1, ranks - 1))) if ranks > 1 else 0.0,
                "MB_per_s_received": wire / 1e6, "GB_per_rank": memory / 1e9}


def prediction_table(predictions):
    """Lines of Markdown."""
    yield "| neurons | ranks | real-time factor | update | deliver | exchange | its form | with alltoallv | MB/s received per rank | GB per rank |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for p in predictions:
        yield (f"| {p['neurons']:,} | {p['ranks']} | {p['real_time_factor']:.3g} | {p['update']:.3g} | {p['deliver']:.3g} "
               f"| {p['exchange']:.3g} | {p['form'] if p['ranks'] > 1 else ''} "
               f"| {p['exchange'] - p['forms'][p['form']] + p['forms']['alltoallv']:.3g} | {p['MB_per_s_received']:.3g} | {p['GB_per_rank']:.3g} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulations", required=True)
    parser.add_argument("--micro", type=Path, required=True)
    parser.add_argument("--exchange", type=Path, help="what striate_benchmarks --exchange has written, instead of the next four")
    parser.add_argument("--latency-us", type=float, default=1.5, help="between nodes")
    parser.add_argument("--gap-us", type=float, default=0.3, help="between nodes")
    parser.add_argument("--bandwidth-GBps", type=float, default=10, help="per rank between nodes")
    parser.add_argument("--ranks-per-node", type=int, help="64 unless measured")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    runs = [r for name in options.simulations.split(",") for r in json.loads(Path(name).read_text())["measurements"]
            if "phases" in r and r["what"].startswith("simulate")]
    largest = max(runs, key=lambda r: (r["neurons"], r["ranks"]))
    if options.exchange:
        messages = Messages.from_file(json.loads(options.exchange.read_text()), options.ranks_per_node)
    else:
        far = {"latency_us": options.latency_us, "gap_us": options.gap_us, "GB_per_s": options.bandwidth_GBps}
        near = {"latency_us": options.latency_us / 3, "gap_us": options.gap_us / 2, "GB_per_s": options.bandwidth_GBps / 2}
        messages = Messages(Messages.terms(near), Messages.terms(far), options.ranks_per_node or 64)
    model = Model(largest, runs, json.loads(options.micro.read_text()), messages)

    checks = []
    print("| check | ranks | real-time factor measured | predicted | GB measured | predicted |\n|---|---|---|---|---|---|")
    for run in runs:
        own = model
        if run["neurons"] != largest["neurons"]:  # another density and rate, the same costs
            own = Model(largest, runs, json.loads(options.micro.read_text()), messages)
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
    print()
    for line in prediction_table(predictions):
        print(line)
    options.out.write_text(json.dumps({"date": time.strftime("%Y-%m-%d"), "on_node": messages.near, "between_nodes": messages.far,
                                       "ranks_per_node": messages.ranks_per_node, "checks": checks,
                                       "predictions": predictions}, indent=1) + "\n")


if __name__ == "__main__":
    main()
