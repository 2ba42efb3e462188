// SPDX-License-Identifier: BSD-3-Clause
// Each network as one sample: a table of means that every network has, averaged over networks with standard
// error and 95 % interval.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/ranks/comm.hpp"
#include "io/text/delimited_table.hpp"
#include "metrics/pooling/networks.hpp"

namespace striate::metrics {

struct SampleMean {
  std::int64_t count = 0;
  double mean = 0, deviation = 0, error = 0;  ///< ddof 1
  double half_interval = 0;  ///< 95 %, Student's t; NaN with one sample
};
/// Of the values that are no NaN.
SampleMean sample_mean(std::span<const double> values);

/// A table that every network has, a row for each combination of keys.
struct SampledTable {
  const char* kind = "";  ///< "contrast": of `striate metrics`
  std::string each;  ///< "{tables}/contrast_by_type_{option}.csv"
  std::string means;  ///< "{tables}/contrast_networks_{option}.csv"
  std::vector<const char*> keys, number_keys;  ///< columns that tell rows apart
  std::vector<const char*> values;  ///< columns that are averaged
  const char* value_column = "metric";  ///< says which of these a row is of; none of the keys
};

/// Values by key and quantity, one from each network.
class NetworkSamples {
 public:
  explicit NetworkSamples(std::vector<std::string> key_columns, std::string value_column = "metric")
      : columns_(std::move(key_columns)), value_column_(std::move(value_column)) {}
  void add(const std::vector<std::string>& keys, const std::string& quantity, double value);
  /// The keys' columns, metric, networks, mean, sd, sem, ci95; cell types in the order of the figures,
  /// numbers ascending.
  Table table() const;

 private:
  std::vector<std::string> columns_;
  std::string value_column_;
  std::vector<std::string> quantities_;
  std::map<std::vector<std::string>, std::map<std::string, std::vector<double>>> values_;
};

/// Adds a network's table. Throws FormatError for keys that occur twice and for what is no number.
void add_rows(NetworkSamples& samples, const SampledTable& what, const io::DelimitedTable& table);

/// The tables of all networks: BASE's in `output`, those of the others in their `folder` ("metrics"). Throws
/// MissingFileError unless the others' are there.
NetworkPaths sampled_files(const SampledTable& what, const NetworkPaths& networks, const std::string& folder,
                           const std::filesystem::path& output, const std::string& option);

/// Writes `what.means` of the files of sampled_files(); nothing for a single network. The root works alone.
/// Throws FormatError for tables that were not made alike.
NetworkPaths make_network_means(const SampledTable& what, const NetworkPaths& networks,
                                const NetworkPaths& files, const std::filesystem::path& output,
                                const std::string& option, const core::Comm& comm);

}  // namespace striate::metrics
