# SPDX-License-Identifier: BSD-3-Clause
"""Thins NEST traces of single glif_psc_double_alpha neurons for the repository.

usage: make.py FULL.h5 glif_single_neuron.h5
FULL.h5 was recorded with NEST 3.10 (multimeter each step). Kept: parameters, inputs and all spikes of every step case
and of four synaptic cases; each trace thinned to every 50th sample (a number without common factor with the spikes'
rhythm would do as well) plus the samples right after the first three spikes.
"""
import sys

import h5py
import numpy as np

SYNAPTIC = ("synaptic_313862134_dt0.1", "synaptic_313862134_dt0.25", "synaptic_479179020_dt0.25", "synaptic_485574832_dt0.1")
TRACES = ("V_m", "I", "I_syn", "ASCurrents_sum", "threshold")
STORE = dict(compression="gzip", compression_opts=9, shuffle=True)

with h5py.File(sys.argv[1]) as full, h5py.File(sys.argv[2], "w") as small:
    for name, case in full.items():
        if name.startswith("synaptic") and name not in SYNAPTIC:
            continue
        out = small.create_group(name)
        out.attrs["params"] = case.attrs["params"]
        out.attrs["dt"] = float(case.attrs["dt"])
        out.attrs["duration"] = float(case.attrs["duration"])
        times = case["times"][:]
        keep = set(range(0, len(times), 50))
        for spike in case["spike_times"][:3]:
            at = int(np.argmin(abs(times - spike)))
            keep.update(i for i in range(at - 1, at + 3) if 0 <= i < len(times))
        keep = sorted(keep)
        out.create_dataset("times", data=times[keep], **STORE)
        for trace in TRACES:
            out.create_dataset(trace, data=case[trace][:][keep], **STORE)
        out.create_dataset("spike_times", data=case["spike_times"][:])
        if "current_amp_start_stop" in case:
            out.create_dataset("current_amp_start_stop", data=case["current_amp_start_stop"][:])
        for key, item in case.items():
            if key.startswith("input_"):
                group = out.create_group(key)
                for attribute in ("weight", "delay", "receptor_type"):
                    group.attrs[attribute] = item.attrs[attribute]
                group.create_dataset("times", data=item["times"][:], **STORE)
