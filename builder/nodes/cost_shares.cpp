// SPDX-License-Identifier: BSD-3-Clause
#include "builder/nodes/cost_shares.hpp"

namespace striate::builder {

core::Share share_by_cost(std::span<const double> cost, int rank, int size) {
  double total = 0;
  for (const double value : cost) total += value;
  core::Share share{0, cost.size()};
  double sum = 0;
  int next = 1;  // rank whose range begins next
  for (std::size_t i = 0; i < cost.size() && next < size; ++i) {
    sum += cost[i];
    for (; next < size && sum >= total * next / size; ++next) {
      if (next == rank) share.first = i + 1;
      if (next == rank + 1) share.end = i + 1;
    }
  }
  // Ranks that no range was left for (all costs 0, more ranks than targets) get an empty one at the end.
  for (; next < size; ++next) {
    if (next == rank) share.first = cost.size();
    if (next == rank + 1) share.end = cost.size();
  }
  return share;
}

}  // namespace striate::builder
