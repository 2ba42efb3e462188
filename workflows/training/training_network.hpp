// SPDX-License-Identifier: BSD-3-Clause
// A network directory as the trainer wants it: cells by number, the synapses onto this rank's cells with the
// rows of their files, so that trained weights can be written back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/ranks/comm.hpp"
#include "io/sonata/config/sonata_config.hpp"
#include "io/sonata/nodes.hpp"
#include "training/model/circuit.hpp"
#include "workflows/training/training_preset.hpp"

namespace striate::workflows {

/// What all ranks know of the cells, by number: position in the file of nodes.
struct TrainingCells {
  std::vector<std::uint64_t> node_id;
  std::vector<std::string> type_names;  ///< the 19 types, as far as they occur, alphabetical
  std::vector<std::uint8_t> type;  ///< [cell]
  std::vector<char> core, excitatory;  ///< [cell]
  std::vector<double> tuning_deg;  ///< [cell]
  std::vector<double> threshold_mv;  ///< [cell], distance from rest, the unit of voltages
  std::size_t size() const { return node_id.size(); }
};

/// One population of edges with weights that are trained, or input.
struct TrainingEdgeFile {
  std::filesystem::path file;
  std::string population;
  std::uint64_t rows = 0;
};

struct TrainingNetwork {
  io::SonataConfig config;
  TrainingCells cells;
  training::MadeCircuit<float> made;
  io::NodePopulation lgn_nodes;  ///< sources of the drive, by number
  TrainingEdgeFile recurrent, background, lgn;
  std::string weights_hash;  ///< of all weights to be trained as read, the same for equal weights on any
                             ///< number of ranks
};

/// Reads the network of a configuration (BASE/configs/config_plain.json). Throws ConfigError, FormatError or
/// MissingFileError; among them for networks without LGN or background, for cells other than GLIF1 and GLIF3,
/// for a recurrent population that has no weight but 0, and for trained edges whose weight is not what
/// syn_weight says. Collective.
TrainingNetwork read_training_network(const std::filesystem::path& config, const TrainingPreset& preset,
                                      const core::Comm& comm);

}  // namespace striate::workflows
