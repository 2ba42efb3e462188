// SPDX-License-Identifier: BSD-3-Clause
// Several networks as samples of one law: which they are, each once; what tables over them are called; and
// whether tables of theirs were made alike. Networks are read one after the other, so that memory does not
// grow with their number where only sums are kept.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/kinds.hpp"
#include "io/text/json.hpp"
#include "metrics/base/cells.hpp"
#include "metrics/base/output.hpp"
#include "metrics/base/type_labels.hpp"

namespace striate::metrics {

using NetworkPaths = std::vector<std::filesystem::path>;

/// BASE, then --networks. BASE may be named again among these, as in core_nll_{0..9}; any other network that
/// is named twice, by whatever path, or that is a copy of another is refused (UsageError): its cells would
/// count twice.
NetworkPaths all_networks(const core::Call& call);

/// "plain_10_networks", so that tables over networks never replace those of BASE; OPT for a single one.
std::string pooled_name(const std::string& option, std::size_t networks);
/// Which networks are in a table; nothing for a single one.
void describe_networks(Provenance& provenance, std::span<const std::filesystem::path> networks);
/// Throws FormatError where `table` says that it is over other networks than these, or says nothing.
void require_pools(const std::filesystem::path& table, std::span<const std::filesystem::path> networks);

/// Tables of which each is one network's. What their sidecars say of options must be the same; tables without
/// one (the reference's) are taken as they are.
class MadeAlike {
 public:
  /// Options that may differ.
  explicit MadeAlike(std::vector<std::string> besides = {}) : besides_(std::move(besides)) {}
  /// Throws FormatError with both files and what differs, and for a table of another network's cells.
  void add(const std::filesystem::path& table, const std::filesystem::path& network);

 private:
  std::vector<std::string> besides_;
  std::filesystem::path first_;
  io::Json options_;
};

/// Labels that cells of any of these networks have, in the order of the figures.
std::vector<std::string> labels_of_all(std::span<const std::filesystem::path> networks, const CoreRule& core,
                                       const TypePooling& pooling);
/// Those of one network's types among `names`.
TypeLabels labels_among(const std::vector<std::string>& names, const Cells& cells,
                        const TypePooling& pooling);

/// Element by element; an empty `total` becomes `further`.
void add_sums(std::vector<double>& total, const std::vector<double>& further);

}  // namespace striate::metrics
