// SPDX-License-Identifier: BSD-3-Clause
// The unitary PSP U: peak depolarisation (mV) that one event of 1 pA causes on a passive membrane (C pF, g
// nS) with the double-alpha current  (t/tau_f) e^(1-t/tau_f) + A (t/tau_s) e^(1-t/tau_s).  From the
// closed-form solution of C dV/dt = -g V + I, maximised numerically; relative error below 1e-9, also where a
// time constant equals C/g.
#pragma once

#include "builder/spec/spec.hpp"

namespace striate::builder {

/// V(t) in mV, t in ms after arrival.
double psp_at(double t_ms, double C_m_pF, double g_nS, const SynapseKinetics& kinetics);

/// max over t of psp_at.
double unitary_psp(double C_m_pF, double g_nS, const SynapseKinetics& kinetics);

}  // namespace striate::builder
