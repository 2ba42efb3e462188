// SPDX-License-Identifier: BSD-3-Clause
// Single neurons against NEST 3.10: five GLIF variants under a current step at three resolutions, and V1
// cells with ten receptors under off-grid spike input with all kinds of delays. tests/data/nest_glif/make.py
// says how the numbers were made; with STRIATE_REFERENCE=<folder> its complete glif_single_neuron.h5 is used
// instead.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <numeric>
#include <tuple>

#include "engine/config/cell_model_json.hpp"
#include "engine/machine/shard.hpp"
#include "io/hdf5/h5.hpp"

using namespace striate;
using namespace striate::engine;

namespace {

std::filesystem::path reference_file() {
  if (const char* folder = std::getenv("STRIATE_REFERENCE"))
    return std::filesystem::path(folder) / "glif_single_neuron.h5";
  return STRIATE_TEST_DATA "/nest_glif/glif_single_neuron.h5";
}

double number_attribute(const io::h5::File& file, const std::string& object, const std::string& name) {
  const io::h5::Handle attribute(
      H5Aopen_by_name(file.id(), object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  REQUIRE(attribute.valid());
  double value = 0;
  REQUIRE(H5Aread(attribute.get(), H5T_NATIVE_DOUBLE, &value) >= 0);
  return value;
}

/// The complete file stores dt and duration as text, the thinned one as numbers.
double number_or_text(const io::h5::File& file, const std::string& object, const std::string& name) {
  const auto text = io::h5::string_attribute(file, object, name);
  return text ? std::stod(*text) : number_attribute(file, object, name);
}

/// One neuron, one synapse per input, as a shard.
Shard make_shard(const io::h5::File& file, const std::string& name, const GlifParameters& parameters,
                 const core::TimeGrid& grid, core::Step steps) {
  Shard shard;
  const std::uint32_t one[] = {1};
  shard.neurons = make_neurons({make_propagators(parameters, grid)}, one);
  shard.neurons.record_currents = true;
  shard.inputs = make_input_tiles(shard.neurons, 1);

  std::vector<std::string> inputs;
  for (const auto& child : io::h5::children(file, "/" + name))
    if (child.starts_with("input_")) inputs.push_back(child);
  SynapseTableBuilder builder(static_cast<std::uint32_t>(inputs.size()));
  for (std::uint32_t i = 0; i < inputs.size(); ++i) builder.count(i);
  std::vector<std::uint32_t> delays(64);
  std::iota(delays.begin(), delays.end(), 1u);
  builder.begin(SynapseTableBuilder::WeightType::float64, delays, shard.inputs.cells());
  std::vector<RowSpike> spikes;
  for (std::uint32_t i = 0; i < inputs.size(); ++i) {
    const std::string path = "/" + name + "/" + inputs[i];
    const auto delay = static_cast<std::uint32_t>(grid.delay_steps(number_attribute(file, path, "delay")));
    const auto port = static_cast<std::uint32_t>(number_attribute(file, path, "receptor_type")) - 1;
    builder.add(i, delay, shard.inputs.cell(port, {0}), number_attribute(file, path, "weight"));
    for (const double time : io::h5::read<double>(file, path + "/times"))
      if (grid.spike_stamp(time) <= steps) spikes.push_back({.row = i, .stamp = grid.spike_stamp(time)});
  }
  std::ranges::sort(spikes, {}, [](const RowSpike& s) { return std::tuple(s.stamp, s.row); });
  auto source = make_spike_source(builder.finish(), shard.inputs);
  set_spikes(source, std::move(spikes));
  shard.external.push_back(std::move(source));

  if (io::h5::is_dataset(file, "/" + name + "/current_amp_start_stop")) {
    const auto step = io::h5::read_table<double>(file, "/" + name + "/current_amp_start_stop", 3);
    const core::Step delay = grid.delay_steps(1.0);  // the generator was connected with NEST's default delay
    shard.clamps.changes = {
        {.step = grid.nearest_step(step[1]) + delay - 1, .clamp = 0, .amplitude = step[0]},
        {.step = grid.nearest_step(step[2]) + delay - 1, .clamp = 0, .amplitude = 0.0}};
    shard.clamps.lids_of_clamp = {{core::Lid{0}}};
    shard.clamps.clamps_of = {{0}};
    shard.clamps.amplitude = {0.0};
  }
  return shard;
}

double largest_difference(const std::vector<double>& ours, const std::vector<double>& nest) {
  REQUIRE(ours.size() == nest.size());
  double largest = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) largest = std::max(largest, std::abs(ours[i] - nest[i]));
  return largest;
}

}  // namespace

TEST_CASE("single neurons give NEST's spikes and voltages") {
  const auto file = io::h5::File::open(reference_file());
  const auto cases = io::h5::children(file, "/");
  REQUIRE(cases.size() >= 19);
  double worst = 0;
  for (const auto& name : cases) {
    CAPTURE(name);
    const auto grid = core::make_time_grid(number_or_text(file, "/" + name, "dt"), "test");
    const auto steps = grid.nearest_step(number_or_text(file, "/" + name, "duration"));
    const auto text = io::h5::string_attribute(file, "/" + name, "params");
    REQUIRE(text.has_value());
    const auto parameters = parse_glif_parameters(io::Json::parse(*text), name);
    Shard shard = make_shard(file, name, parameters, grid, steps);

    const auto times = io::h5::read<double>(file, "/" + name + "/times");
    std::vector<double> v_m, i_ext, i_syn, asc_sum, threshold, spike_times;
    std::size_t sample = 0;
    std::vector<LocalSpike> spikes;
    while (shard.now < steps) {
      advance(shard, shard.now + 1, spikes);
      if (sample == times.size() || grid.nearest_step(times[sample]) != shard.now) continue;
      ++sample;
      v_m.push_back(shard.neurons.membrane_potential({0}));
      threshold.push_back(shard.neurons.threshold({0}));
      i_ext.push_back(shard.neurons.i_ext[0]);
      i_syn.push_back(shard.neurons.i_syn[0]);
      asc_sum.push_back(shard.neurons.asc_sum[0]);
    }
    for (const auto& spike : spikes) spike_times.push_back(grid.time_ms(spike.stamp));

    const auto nest = [&](const char* dataset) {
      return io::h5::read<double>(file, "/" + name + "/" + dataset);
    };
    const auto expected = nest("spike_times");
    REQUIRE(spike_times.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
      CHECK(grid.nearest_step(expected[i]) == spikes[i].stamp);
    CHECK(largest_difference(v_m, nest("V_m")) < 1e-9);
    CHECK(largest_difference(i_ext, nest("I")) == 0.0);
    CHECK(largest_difference(i_syn, nest("I_syn")) < 1e-9);
    CHECK(largest_difference(asc_sum, nest("ASCurrents_sum")) < 1e-9);
    CHECK(largest_difference(threshold, nest("threshold")) < 1e-9);
    worst = std::max(worst, largest_difference(v_m, nest("V_m")));
  }
  WARN(cases.size() << " cases of " << reference_file().filename().string()
                    << ", largest |V_m - NEST| = " << worst << " mV");
}
