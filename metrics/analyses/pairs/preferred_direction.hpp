// SPDX-License-Identifier: BSD-3-Clause
// Does the weight of a connection depend on the difference of its ends' preferred directions? For each pair
// of cell types the mean weight in bins of 20 degrees and the fit a cos(d) + b cos(2d) + c: a tells
// direction, b orientation, both relative to c.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "metrics/base/edge_blocks.hpp"
#include "metrics/base/output.hpp"
#include "metrics/options/metric_options.hpp"
#include "metrics/pooling/networks.hpp"

namespace striate::metrics {

/// Difference of two directions, 0 to 180 degrees.
double direction_difference(double a_deg, double b_deg);

struct CosineFit {
  double a = 0, b = 0, c = 0;
  double p_a = 0, p_b = 0;  ///< two-sided, Student's t with n - 3 degrees of freedom
};

/// Sums from which the fit follows, as plain numbers so that they can be added block by block.
struct CosineSums {
  static constexpr std::size_t size = 10;
  static void add(std::span<double> sums, double degrees, double y);
  /// With fewer than 10 points, or no spread of angles, a and b are NaN and c is the mean.
  static CosineFit fit(std::span<const double> sums);
};

enum class DirectionSource { response, structure };  ///< pref_dir_deg of odsi, or tuning_angle of the nodes

inline constexpr double usual_direction_rate_hz = 1;
/// Where directions are those of responses.
inline constexpr core::Option direction_min_rate{
    .name = "min-rate",
    .type = core::Option::Type::number,
    .value = "HZ",
    .help = "both cells fire at least so much at their preferred direction",
    .usual = usual_direction_rate_hz,
    .high = 1e6};
inline constexpr core::Patterns preferred_direction_files{
    {"{tables}/preferred_direction_fits_{option}.csv", "{tables}/preferred_direction_bins_{option}.csv"}};

struct PreferredDirectionRequest {
  NetworkPaths networks;  ///< whose connections are pooled, BASE first
  std::string option;
  std::filesystem::path output_directory;
  DirectionSource source = DirectionSource::response;
  double min_rate_hz = usual_direction_rate_hz;  ///< of the preferred direction, at both ends; for `response`
  bool respective_layers = false;
  bool aggregate_l5 = false, simplify_inhibitory = false;
  CoreRule core;
  std::uint64_t block_rows = edge_block_rows;
};

/// Which edges take part, and the difference of their ends' directions.
class EdgeDirections {
 public:
  /// Reads the table of `odsi` for DirectionSource::response.
  EdgeDirections(const std::filesystem::path& network, const Cells& cells,
                 const PreferredDirectionRequest& request);
  /// Degrees; NaN for edges that take no part.
  double difference(std::uint32_t source, std::uint32_t target) const;

 private:
  const Cells& cells_;
  bool respective_layers_;
  std::vector<double> directions_;  ///< [cell row], NaN for cells that take no part
};

/// The networks' tables of `odsi` must have been made alike. Throws FormatError.
void require_alike_tuning(const PreferredDirectionRequest& request);
/// What is read and which edges take part, for provenance.
void describe(Provenance& provenance, const PreferredDirectionRequest& request);

/// Writes preferred_direction_fits_OPT.csv (source_type, target_type, edges, a, b, c, a/c, b/c, p_a, p_b) and
/// preferred_direction_bins_OPT.csv; types "E" and "I" stand for all excitatory and inhibitory ones together;
/// of several networks …_OPT_N_networks.csv. Collective.
std::vector<std::filesystem::path> make_preferred_direction(const PreferredDirectionRequest& request,
                                                            const core::Comm& comm);

}  // namespace striate::metrics
