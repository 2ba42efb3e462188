// SPDX-License-Identifier: BSD-3-Clause
#include "training_reference/reference_file.hpp"

#include <algorithm>
#include <cstdlib>

namespace striate::test {
namespace {

std::string file_name() {
  const char* named = std::getenv("STRIATE_TRAIN_REFERENCE");
  return named != nullptr && *named != '\0' ? named : STRIATE_TEST_DATA "/training/reference.h5";
}

std::vector<training::Edge> edges_of(const ReferenceFile& file, const std::string& group,
                                     const std::string& weights, bool per_scale,
                                     const training::Ranks& ranks) {
  const auto post = file.numbers(group + "/post"), pre = file.numbers(group + "/pre"),
             syn = file.numbers(group + "/syn");
  const auto w = file.numbers(weights), scale = file.numbers("network/cell/scale");
  const auto d = file.has(group + "/d") ? file.numbers(group + "/d") : std::vector<double>(post.size(), 1.0);
  std::vector<training::Edge> edges;
  for (std::size_t i = 0; i < post.size(); ++i) {
    const auto target = static_cast<std::uint32_t>(post[i]);
    if (ranks.owner(target) != ranks.rank) continue;
    edges.push_back({.row = i,
                     .weight = per_scale ? w[i] / scale[target] : w[i],
                     .source = static_cast<std::uint32_t>(pre[i]),
                     .target = target,
                     .kind = static_cast<std::uint16_t>(syn[i]),
                     .delay = static_cast<std::uint16_t>(d[i])});
  }
  return edges;
}

}  // namespace

ReferenceFile::ReferenceFile() : file_(io::h5::File::open(file_name())) {}

std::vector<double> ReferenceFile::numbers(const std::string& dataset) const {
  std::vector<double> values(io::h5::dataset_info(file_, dataset).count());
  const io::h5::Handle id(H5Dopen2(file_.id(), dataset.c_str(), H5P_DEFAULT), H5Dclose);
  const io::h5::Handle type(H5Dget_type(id.get()), H5Tclose);
  if (H5Tget_class(type.get()) == H5T_ENUM) {  // numpy's bool
    std::vector<std::int8_t> bytes(values.size());
    H5Dread(id.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data());
    std::ranges::copy(bytes, values.begin());
  } else {
    H5Dread(id.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  }
  return values;
}

std::vector<std::string> ReferenceFile::strings(const std::string& dataset) const {
  return io::h5::read_strings(file_, dataset);
}

double ReferenceFile::attribute(const std::string& object, const std::string& name) const {
  const io::h5::Handle id(H5Aopen_by_name(file_.id(), object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
                          H5Aclose);
  const io::h5::Handle type(H5Aget_type(id.get()), H5Tclose);
  double value = 0;
  if (H5Tget_class(type.get()) == H5T_ENUM) {
    std::int8_t byte = 0;
    H5Aread(id.get(), type.get(), &byte);
    return byte;
  }
  H5Aread(id.get(), H5T_NATIVE_DOUBLE, &value);
  return value;
}

training::CircuitParts reference_parts(const ReferenceFile& file, const training::Ranks& ranks) {
  training::CircuitParts parts;
  parts.cells = file.cells();
  const auto lam = file.numbers("network/cell/lam"), kap = file.numbers("network/cell/kap"),
             K = file.numbers("network/cell/K"), A = file.numbers("network/cell/A"),
             nref = file.numbers("network/cell/nref");
  for (std::uint32_t cell = static_cast<std::uint32_t>(ranks.rank); cell < parts.cells;
       cell += static_cast<std::uint32_t>(ranks.size)) {
    training::CellConstants<double> c{};
    c.lambda = lam[cell];
    std::ranges::fill(c.fall_gain, kap[cell]);
    for (std::size_t k = 0; k < 2; ++k) {
      c.asc_gain[k] = kap[cell];
      c.asc_keep[k] = K[cell * 2 + k];
      c.asc_jump[k] = A[cell * 2 + k];
    }
    c.refractory_steps = nref[cell];
    parts.constants.push_back(c);
  }
  const auto basis = file.numbers("network/basis");
  for (std::size_t k = 0; k < basis.size() / 4; ++k)
    parts.kinds.push_back({basis[4 * k], basis[4 * k + 1], basis[4 * k + 2], basis[4 * k + 3]});
  parts.recurrent = edges_of(file, "network/rec", "input/w", false, ranks);
  parts.noise = edges_of(file, "network/bkg", "input/wb", false, ranks);
  parts.drive = edges_of(file, "network/lgn", "network/lgn/w", true, ranks);
  parts.noise_nodes = static_cast<std::uint32_t>(file.shape("input/bkg_counts")[2]);
  for (const double unit : file.numbers("network/lgn/pre"))
    parts.drive_sources = std::max(parts.drive_sources, static_cast<std::uint32_t>(unit) + 1);
  return parts;
}

training::Inputs reference_inputs(const ReferenceFile& file) {
  training::Inputs inputs{.trials = file.trials(), .steps = file.steps(), .drive = {}, .noise = {}};
  const auto spikes = file.numbers("input/lgn_spikes");
  for (std::size_t i = 0; i < spikes.size(); i += 3)
    inputs.drive.push_back({.source = static_cast<std::uint32_t>(spikes[i + 2]),
                            .step = static_cast<std::uint16_t>(spikes[i + 1]),
                            .trial = static_cast<std::uint16_t>(spikes[i])});
  std::ranges::sort(inputs.drive);
  const auto counts = file.numbers("input/bkg_counts");
  const std::size_t nodes = file.shape("input/bkg_counts")[2];
  inputs.noise.assign(inputs.steps * nodes * training::lanes, 0);
  for (std::size_t b = 0; b < inputs.trials; ++b)
    for (std::size_t t = 0; t < inputs.steps; ++t)
      for (std::size_t node = 0; node < nodes; ++node)
        inputs.noise[(t * nodes + node) * training::lanes + b] =
            static_cast<std::uint8_t>(counts[(b * inputs.steps + t) * nodes + node]);
  return inputs;
}

training::Objective reference_objective(const ReferenceFile& file) {
  training::Objective objective;
  const auto cost = [&](const char* name) { return file.attribute("loss", std::string("cost_") + name); };
  objective.rate = {.strength = cost("rate"), .kappa = file.attribute("loss", "kappa")};
  objective.selectivity_options.strength = cost("osi");
  objective.voltage_strength = cost("voltage");
  auto& evoked = objective.by_activity[0];
  const auto groups = file.children("loss/rate").size();
  for (std::size_t g = 0; g < groups; ++g) {
    const std::string at = "loss/rate/" + std::to_string(g);
    training::RateGroup group;
    for (const double cell : file.numbers(at + "/cells"))
      group.cells.push_back(static_cast<std::uint32_t>(cell));
    group.targets = file.numbers(at + "/target_per_ms");
    evoked.rates.push_back(group);
  }
  const auto kind = file.numbers("loss/kind"), osi = file.numbers("loss/osi"), dsi = file.numbers("loss/dsi"),
             tuning = file.numbers("network/cell/tuning");
  for (std::uint32_t cell = 0; cell < file.cells(); ++cell) {
    objective.selectivity.cells.push_back(cell);
    objective.selectivity.kind.push_back(static_cast<std::uint32_t>(kind[cell]));
    objective.selectivity.tuning_deg.push_back(tuning[cell]);
  }
  for (std::size_t c = 0; c < osi.size(); ++c)
    objective.selectivity.targets.push_back({.osi = osi[c], .dsi = dsi[c]});
  auto& synchrony = evoked.synchrony;
  synchrony.strength = cost("sync");
  for (const double width : file.numbers("loss/bins"))
    synchrony.widths.push_back(static_cast<std::uint32_t>(width));
  synchrony.targets = file.numbers("loss/fano");
  synchrony.first_step = static_cast<std::size_t>(file.attribute("loss", "t0"));
  synchrony.end_step = static_cast<std::size_t>(file.attribute("loss", "t1"));
  objective.mean_rate_keep = 1;  // the file's running mean is up to date
  return objective;
}

template <class Real>
training::State<Real> reference_state(const ReferenceFile& file, const training::Circuit<Real>& circuit,
                                      const training::Ranks& ranks) {
  using namespace training;
  State<Real> state = rest(circuit);
  const std::size_t cells = circuit.cells, trials = file.trials();
  const auto v = file.numbers("input/state/v"), a = file.numbers("input/state/a"),
             c = file.numbers("input/state/c"), p = file.numbers("input/state/p"),
             r = file.numbers("input/state/r"), z = file.numbers("input/state/z");
  const std::size_t kept = file.shape("input/state/z")[1];
  for (std::uint32_t i = 0; i < circuit.own; ++i)
    for (std::size_t b = 0; b < trials; ++b) {
      const std::size_t at = b * cells + ranks.global(i);
      Real* to = state.cells.data() + i * state_variables * lanes + b;
      to[state_v * lanes] = static_cast<Real>(v[at]);
      for (std::size_t k = 0; k < 2; ++k) to[(state_asc + k) * lanes] = static_cast<Real>(a[at * 2 + k]);
      for (std::size_t k = 0; k < basis_count; ++k) {
        to[(state_rise + k) * lanes] = static_cast<Real>(c[at * 4 + k]);
        to[(state_fall + k) * lanes] = static_cast<Real>(p[at * 4 + k]);
      }
      to[state_refractory * lanes] = static_cast<Real>(r[at]);
      to[state_spike * lanes] = static_cast<Real>(z[(b * kept + kept - 1) * cells + ranks.global(i)]);
    }
  state.recent = SpikeTable(-static_cast<int>(circuit.recurrent.max_delay));
  for (std::size_t step = kept - circuit.recurrent.max_delay; step < kept; ++step) {
    std::vector<StepSpikes> spikes;
    for (std::uint32_t cell = 0; cell < cells; ++cell) {
      std::uint32_t bits = 0;
      for (std::size_t b = 0; b < trials; ++b)
        if (z[(b * kept + step) * cells + cell] > 0) bits |= 1u << b;
      if (bits != 0) spikes.push_back({.cell = cell, .trials = bits});
    }
    state.recent.append(spikes);
  }
  return state;
}
template training::State<float> reference_state<float>(const ReferenceFile&, const training::Circuit<float>&,
                                                       const training::Ranks&);
template training::State<double> reference_state<double>(const ReferenceFile&,
                                                         const training::Circuit<double>&,
                                                         const training::Ranks&);

training::GradientOptions reference_gradient_options(const ReferenceFile& file, const std::string& variant) {
  const auto of = [&](const char* name) { return file.attribute("result/" + variant, name); };
  training::GradientOptions options;
  options.gamma = of("gamma");
  options.recurrent_credit = of("rho");
  options.voltage_damping = of("delta");
  options.through_reset = of("reset_grad") != 0;
  options.through_after_spike_currents = of("asc_grad") != 0;
  return options;
}

}  // namespace striate::test
