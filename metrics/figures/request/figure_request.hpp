// SPDX-License-Identifier: BSD-3-Clause
// What a figure is asked for, and the tables of BASE/metrics that it reads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "io/text/delimited_table.hpp"
#include "metrics/analyses/tuning/similarity.hpp"
#include "metrics/base/cells.hpp"
#include "metrics/figures/request/figure_options.hpp"
#include "metrics/pooling/networks.hpp"
#include "metrics/recorded/reference_values.hpp"

namespace striate::metrics {

struct FigureRequest {
  std::filesystem::path base;
  std::vector<std::string> options;  ///< at least one; figures of one option use the first
  std::filesystem::path tables;  ///< usually BASE/metrics
  NetworkPaths networks = {};  ///< BASE first: figures over several networks
  ReferenceValues reference;
  double min_rate_hz =
      usual_similarity_rate_hz;  ///< cells below it at their preferred direction have no OSI and DSI
  double contrast = usual_contrast;  ///< of spectra; averaged over directions
  CoreRule core;
  std::vector<std::string> types = {};  ///< cell types with panels of their own; none: by layer
  std::vector<std::string> pairs = {};  ///< "SOURCE:TARGET" that have panels; none: the usual ones
  std::string layout = "examples";  ///< of panels by pair: examples, ei or matrix
  std::string fit = "line";  ///< line, legendre, piecewise, all or none
  std::string cohorts_by = {}, cell_type = {};  ///< of cohorts
  std::vector<std::string> properties = {};  ///< of cells, whose relation to weights is shown
  std::optional<std::filesystem::path> recorded = {};  ///< a table of recordings
  bool violins = false;  ///< instead of boxes
  bool normalised = false;  ///< responses to contrasts
  std::int64_t sample = 0;  ///< number of cells of which an image was told
  std::string decoder = {};  ///< whose guesses, "regression" or "template"
  std::string paradigm = {};  ///< whose tables, by its name

  bool pooled() const { return networks.size() > 1; }
  NetworkPaths each_network() const { return pooled() ? networks : NetworkPaths{base}; }
  /// Where the tables of one of these are: of several, in a folder that has the same name in each.
  std::filesystem::path tables_of(const std::filesystem::path& network) const;
  std::filesystem::path table(const std::string& stem, std::size_t option = 0) const {
    return tables / (stem + "_" + pooled_name(options[option], networks.size()) + ".csv");
  }
};

/// "core_nll_0", or "core_nll_0 and 9 more networks".
std::string shown_networks(const FigureRequest& request);
/// A comma separated table that `striate metrics COMMAND` makes. Throws FormatError for one that is not over
/// just the networks that are asked for.
io::DelimitedTable read_result(const FigureRequest& request, const std::filesystem::path& file,
                               const std::string& command, const std::string& option);

/// A table that each network has.
struct NetworkTable {
  const char* pattern;  ///< "{tables}/rates_{option}.csv"
  const char* command;  ///< `striate metrics COMMAND` makes it
  std::string option;
  char separator = ',';
};
/// That of one of request.each_network(). Throws FormatError for one that was not made as those that `alike`
/// has seen.
io::DelimitedTable read_network_table(const FigureRequest& request, const std::filesystem::path& network,
                                      const NetworkTable& what, MadeAlike& alike);

/// The name of a paradigm in those of its tables: an argument PARADIGM, or its file's.
std::string paradigm_in_names(const core::Call& call);
/// What a call asks of a figure: only options that its kind takes are looked at.
FigureRequest figure_request(const core::Call& call);
/// -o, else the kind's own file.
std::filesystem::path picture_file(const core::Call& call);

}  // namespace striate::metrics
