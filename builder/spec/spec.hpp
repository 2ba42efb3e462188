// SPDX-License-Identifier: BSD-3-Clause
// A network to build, as plain checked data in node order: what configs/*.yaml and the command line say.
// Lists are indexed by small integers (population, cell type, synapse class, model) that the builder uses
// everywhere.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace striate::builder {

struct Population {
  std::string name, location;
  bool excitatory = false;
  double depth_top_um = 0, depth_bottom_um = 0;
  std::int64_t count = 0;  ///< inside the table's radius
  double size_shape = 0, size_scale = 1;  ///< lognormal
  std::int64_t size_mean = 1;  ///< integer part of scale exp(shape^2 / 2)
  std::uint32_t cell_type = 0, synapse_class = 0;
};

/// GLIF3 parameters in NEST's units: pF, nS, mV, ms, 1/ms, pA.
struct GlifModel {
  double C_m = 1, g = 1, E_L = 0, V_th = 1, V_reset = 0, t_ref = 1;
  double asc_decay[2] = {1, 1}, asc_amps[2] = {0, 0};
};

enum class ModelOrigin { own, stand_in, user_file };

struct CellModel {
  std::uint64_t id = 0;
  std::uint64_t parameters_of = 0;
  std::uint32_t population = 0;
  ModelOrigin origin = ModelOrigin::own;
  std::filesystem::path file;  ///< of a user's own parameters
  GlifModel glif;
  double background_weight_pA = 0;
  double lgn_weight_factor = 1;
  std::vector<double> unitary_psp_mV;  ///< by source class; the last is "exc"
};

/// Double-alpha current: time constants in ms, slow amplitude relative to the fast one.
struct SynapseKinetics {
  double tau_fast_ms = 1, tau_slow_ms = 1, amplitude_slow = 1;
};

/// Lognormal PSP amplitudes of a population pair: shape, median in mV.
struct PspDistribution {
  double shape = 0, scale_mV = 1;
};

enum class UnitaryPspSource { reference, computed };

/// Tables by (source, target) are row-major: value[source * columns + target].
struct RecurrentSpec {
  bool enabled = true;
  bool like_to_like = true;
  std::vector<double> peak_probability;  ///< [source cell type][target cell type]
  double lateral_sigma_um[2][2] = {{1, 1}, {1, 1}};  ///< [source][target]; 0 excitatory, 1 inhibitory
  double lateral_aspect = 1;
  double tuning_offset_um = 0, tuning_offset_core_factor = 0;
  double orientation_ratio[2][2] = {{0, 0}, {0, 0}};
  double tuning_noise_deg[2][2] = {{0, 0}, {0, 0}};
  double quantile_margin = 0.001;
  std::vector<double> latency_ms;  ///< [source class][target class], without "exc"
  std::vector<PspDistribution> psp;  ///< [source population][target population]
};

enum class LgnFamily : std::uint8_t { sustained_on, sustained_off, transient_off, two_subfield };
inline constexpr std::size_t lgn_family_count = 4;

struct LgnFilter {
  double weight[2] = {1, -1}, kpeak_ms[2] = {1, 2}, delay_ms[2] = {0, 0};
};

struct LgnUnitType {
  std::string name;
  LgnFamily family = LgnFamily::two_subfield;
  double temporal_frequency_hz = 0;
  double position_shift = 0;
  std::int64_t per_tile = 0;
  double size_min_deg = 0, size_max_deg = 0;
  LgnFilter dominant;
  std::optional<LgnFilter> non_dominant;
  double sf_sep_deg = 0;
};

struct LgnProjection {
  double tf_poisson_mean_hz = 1, sustained_on_fraction = 0, synapse_ratio_to_e4 = 0, yule_parameter = 2;
};

struct LgnSpec {
  std::int64_t tiles_x = 1, tiles_y = 1;
  double tile_deg = 8;
  double filter_spread = 0;
  std::vector<LgnUnitType> units;
  std::vector<LgnProjection> projection;  ///< by population
  double retinotopy_deg_per_um[2] = {0, 0};
  double search_radius_deg = 1, subfield_shift_deg = 0, field_aspect = 1, field_sigma_deg = 1;
  double orientation_tolerance_deg = 0;
  double synapses_per_size = 0;
  double psp_mV = 0;
  double size_normalisation = 1;  ///< scale exp(shape^2 / 2)
  double delay_ms = 1;
};

struct BackgroundSpec {
  std::int64_t units = 1, connections = 1;
  double delay_ms = 1;
};

struct RunSpec {
  double duration_ms = 1000, dt_ms = 0.25;
};

/// See builder/spec/resolved.hpp.
struct ResolvedDescription {
  std::string yaml, json;
  std::string hash;  ///< of all that determines the network
};

struct NetworkSpec {
  std::string name;
  std::uint64_t seed = 0;
  double radius_um = 1, core_radius_um = 0, inner_radius_um = 0, table_radius_um = 1;
  bool flat = false, fluctuate = false;
  std::int64_t flat_cells_per_model = 0;
  std::vector<Population> populations;
  std::vector<CellModel> models;  ///< by population, then id
  std::vector<std::string> cell_types;
  std::vector<std::string> synapse_classes;  ///< of the cells, then "exc"
  std::vector<SynapseKinetics> kinetics;  ///< [source class][target class], sources with "exc"
  UnitaryPspSource unitary_psp = UnitaryPspSource::reference;
  RecurrentSpec recurrent;
  LgnSpec lgn;
  BackgroundSpec background;
  RunSpec run;
  ResolvedDescription resolved;
  std::vector<std::filesystem::path> files;  ///< everything that was read
  std::vector<std::string> warnings;

  std::size_t target_class_count() const { return synapse_classes.size() - 1; }
  std::size_t exc_class() const { return synapse_classes.size() - 1; }
  const SynapseKinetics& kinetics_of(std::size_t source_class, std::size_t target_class) const {
    return kinetics[source_class * target_class_count() + target_class];
  }
  double peak_probability(std::size_t source_type, std::size_t target_type) const {
    return recurrent.peak_probability[source_type * cell_types.size() + target_type];
  }
  const PspDistribution& psp(std::size_t source, std::size_t target) const {
    return recurrent.psp[source * populations.size() + target];
  }
  /// "e4_to_pv", the stem of a synaptic model's file.
  std::string synapse_name(std::size_t source_class, std::size_t target_class) const {
    return synapse_classes[source_class] + "_to_" + synapse_classes[target_class];
  }
};

}  // namespace striate::builder
