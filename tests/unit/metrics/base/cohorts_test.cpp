// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/cohorts.hpp"

#include <catch2/catch.hpp>

#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

constexpr auto none = CohortLevel::none, high = CohortLevel::high, mid = CohortLevel::mid,
               low = CohortLevel::low;

std::vector<CohortLevel> of(const Cohorts& cohorts, CohortBase base) {
  return cohorts.level[static_cast<std::size_t>(base)];
}

}  // namespace

TEST_CASE("thirds are taken within a layer, the types of layer 5 together") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e5ET", 0, 0},
                                      {"e5IT", 0, 0},
                                      {"e5NP", 0, 0},
                                      {"e5IT", 0, 0},
                                      {"e4Rorb", 0, 0},
                                      {"e4other", 0, 0},
                                      {"e5IT", 300, 0},
                                      {"stray", 0, 0}});
  const auto cells = read_cells(folder.path(), {});
  // Layer 5 has four cells in the core: one high, one low. Layer 4 has two: none of either.
  const auto cohorts = make_cohorts(cells, std::vector<double>{2, 9, 1, 3, 50, 60, 99, 7});
  CHECK(of(cohorts, CohortBase::exc) == std::vector<CohortLevel>{mid, high, low, mid, mid, mid, none, none});
  CHECK(of(cohorts, CohortBase::inh) == std::vector<CohortLevel>(8, none));
}

TEST_CASE("inhibitory cells are ranked together and by class, equal ones by their ids") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"i4Pvalb", 0, 0},
                                      {"i4Pvalb", 0, 0},
                                      {"i4Pvalb", 0, 0},
                                      {"i4Sst", 0, 0},
                                      {"i1Htr3a", 0, 0},
                                      {"i1Htr3a", 0, 0},
                                      {"i1Htr3a", 0, 0}});
  const auto cells = read_cells(folder.path(), {});
  const auto cohorts = make_cohorts(cells, std::vector<double>{5, 5, 5, 9, 1, 1, 1});
  CHECK(of(cohorts, CohortBase::inh) == std::vector<CohortLevel>{mid, mid, low, high, high, mid, low});
  CHECK(of(cohorts, CohortBase::pv) == std::vector<CohortLevel>{high, mid, low, none, none, none, none});
  CHECK(of(cohorts, CohortBase::sst) == std::vector<CohortLevel>{none, none, none, mid, none, none, none});
  CHECK(of(cohorts, CohortBase::vip) == std::vector<CohortLevel>(7, none));
}

TEST_CASE("cells of the periphery are ranked by themselves") {
  const TemporaryFolder folder;
  test::write_network(folder.path(),
                      {{"e4Rorb"}, {"e4Rorb", 300}, {"e4Rorb", 300}, {"e4other", 200}, {"e4Rorb", 199}});
  const auto cells = read_cells(folder.path(), {});
  const auto cohorts = make_cohorts(cells, std::vector<double>{9, 1, 3, 2, 8}, {.region = Region::periphery});
  CHECK(of(cohorts, CohortBase::exc) == std::vector<CohortLevel>{none, low, high, mid, none});
}

TEST_CASE("thirds can be taken within cell types") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e5ET"}, {"e5IT"}, {"e5ET"}, {"e5IT"}, {"e5ET"}, {"e5IT"}});
  const auto cells = read_cells(folder.path(), {});
  const std::vector<double> quantity{1, 10, 2, 20, 3, 30};
  CHECK(of(make_cohorts(cells, quantity, {.grouping = CohortGrouping::by_cell_type}), CohortBase::exc) ==
        std::vector<CohortLevel>{low, low, mid, mid, high, high});
  CHECK(of(make_cohorts(cells, quantity), CohortBase::exc) ==
        std::vector<CohortLevel>{low, mid, low, high, mid, high});
}
