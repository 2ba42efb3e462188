// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/trial_counts.hpp"

#include <catch2/catch.hpp>

#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;

TEST_CASE("a spike counts in the windows that hold it, one after another, apart or overlapping") {
  const test::TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb", 0, 0, 0}});
  const std::vector<double> times{0, 5, 10, 10.5, 20, 25, 30, 40};
  test::write_spikes(folder.path() / "run", times, std::vector<std::uint64_t>(times.size(), 0));
  const auto cells = read_cells(folder.path(), {});
  const std::vector<std::vector<Window>> designs{
      {{0, 10}, {10, 20}, {20, 30}},
      {{0, 10, End::open, End::closed}, {10, 20, End::open, End::closed}},
      {{0, 10, End::closed, End::closed}, {10, 20, End::open, End::open}, {20, 40, End::closed, End::closed}},
      {{0, 10, End::closed, End::closed}, {10, 20}},  // 10 lies in both
      {{0, 30}, {5, 11}},
      {{20, 30}, {0, 10}},  // not in the order of time
      {{5, 5, End::closed, End::closed}, {5, 10, End::open, End::open}, {35, 36}}};
  for (const auto& windows : designs) {
    const auto counts =
        count_spikes(folder.path() / "run/spikes.h5", cells, {.windows = windows, .slots = {}});
    for (std::size_t bin = 0; bin < windows.size(); ++bin) {
      INFO(to_text(windows[bin]) << " of " << windows.size());
      CHECK(counts[bin] == std::ranges::count_if(times, [&](double t) { return windows[bin].contains(t); }));
    }
  }
}
