// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/type_labels.hpp"

#include <algorithm>

#include "metrics/base/cell_types.hpp"

namespace striate::metrics {

TypeLabels labels_of(const Cells& cells, const TypePooling& pooling) {
  std::vector<std::string> renamed;
  for (auto name : cells.type_names) {
    if (pooling.l5) name = aggregate_l5(name);
    if (pooling.inhibitory) name = simplify_inhibitory(name);
    renamed.push_back(name);
  }
  TypeLabels labels{renamed, {}};
  std::ranges::sort(labels.names);
  labels.names.erase(std::unique(labels.names.begin(), labels.names.end()), labels.names.end());
  sort_types(labels.names);
  for (const auto& name : renamed)
    labels.of_type.push_back(
        static_cast<std::uint32_t>(std::ranges::find(labels.names, name) - labels.names.begin()));
  return labels;
}

}  // namespace striate::metrics
