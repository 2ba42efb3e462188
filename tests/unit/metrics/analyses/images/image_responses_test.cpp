// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/images/image_responses.hpp"

#include <catch2/catch.hpp>

#include "core/errors/error.hpp"
#include "io/paradigm/read_paradigm.hpp"
#include "support/metrics_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using namespace striate::metrics;
using striate::test::TemporaryFolder;

namespace {

constexpr auto blank = ImageProtocol::no_image;

void write_labels(const std::filesystem::path& file, std::array<std::uint64_t, 2> shape,
                  const std::vector<std::int64_t>& ids) {
  auto labels = io::h5::File::create(file);
  io::h5::create_dataset<std::int64_t>(labels, "/stim_ids", shape);
  io::h5::write_rows<std::int64_t>(labels, "/stim_ids", 0, ids);
  labels.close();
}

ImageProtocol two_runs(const std::filesystem::path& folder) {
  return {.runs = {folder / "a", folder / "b"},
          .slots = {.begin_s = 0.25, .width_s = 0.25, .count = 3},
          .images = 2,
          .shown = {0, 1, blank, 1, blank, 0}};
}

}  // namespace

TEST_CASE("the paradigms have the reference's runs and slots, and their own order of images") {
  const auto bo = io::read_paradigm(observatory, nullptr);
  CHECK(images_refusal(bo).empty());
  const auto shown = protocol_of(bo, "B", "plain");
  CHECK(shown.runs.size() == 50);
  CHECK(shown.runs[7] == "B/output_bo_plain/chunk_07");
  CHECK(shown.images == 118);
  REQUIRE(shown.shown.size() == 50 * 119);
  for (std::size_t run = 0; run < 50; ++run)
    for (std::size_t slot = 0; slot < 119; ++slot)
      CHECK(shown.image(run, slot) ==
            (bo.orders[run][slot] == 118 ? blank : static_cast<std::int32_t>(bo.orders[run][slot])));
  CHECK(shown.slots.index(249.9) == std::nullopt);
  CHECK(shown.slots.index(250) == 0u);
  CHECK(shown.slots.index(29999.9) == 118u);
  CHECK(shown.slots.index(30000) == std::nullopt);
  const auto chunks = protocol_of(io::read_paradigm(image_net, nullptr), "B", "naive");
  CHECK(chunks.images == 4800);
  for (std::size_t k = 0; k < 4800; ++k) CHECK(chunks.shown[k] == static_cast<std::int32_t>(k));
  CHECK(chunks.slots.index(0) == 0u);
  CHECK_THAT(images_refusal(io::read_paradigm("8dir_10trials", nullptr)),
             Catch::Contains("lgn.stimulus.order"));
  auto uneven = bo;
  uneven.orders.back().pop_back();
  CHECK_THAT(images_refusal(uneven), Catch::Contains("as many images"));
  uneven = bo;
  uneven.trials.back().stimulus["image_dur"] = 100;
  CHECK_THAT(images_refusal(uneven), Catch::Contains("image_dur"));
}

TEST_CASE("labels say what was shown") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "labels.h5";
  auto protocol = two_runs(folder.path());
  write_labels(file, {2, 3}, {1, -4, 0, 0, 2, 1});
  read_labels(protocol, file, 2);
  CHECK(protocol.shown == std::vector<std::int32_t>{1, blank, 0, 0, blank, 1});
  CHECK_THROWS_WITH(read_labels(protocol, file, 5),
                    Catch::Contains("label 2 of ") && Catch::Contains("/b in "));
  protocol.images = 0;
  read_labels(protocol, file, 5);
  CHECK(protocol.images == 3);
  write_labels(file, {2, 3}, {0, 0, 0, 0, 0, 6});  // six slots cannot show seven images
  protocol.images = 0;
  CHECK_THROWS_WITH(read_labels(protocol, file, 7), Catch::Contains("label 6"));
  protocol.images = 0;
  write_labels(file, {1, 3}, {0, 0, 0});
  CHECK_THROWS_WITH(read_labels(protocol, file, 5), Catch::Contains("1 rows for 2 runs"));
  write_labels(file, {3, 2}, {0, 0, 0, 0, 0, 0});
  CHECK_THROWS_AS(read_labels(protocol, file, 5), core::FormatError);
  write_labels(file, {2, 3}, {-1, -1, -1, 5, 5, 5});
  CHECK_THROWS_WITH(read_labels(protocol, file, 5), Catch::Contains("no image"));
  CHECK_THROWS_AS(read_labels(protocol, folder.path() / "none.h5", 5), core::MissingFileError);
}

TEST_CASE("runs find their rows of the labels by their numbers") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "labels.h5";
  auto protocol = two_runs(folder.path());
  protocol.images = 0;
  write_labels(file, {4, 3}, {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3});
  const auto shown = [&](const std::string& first, const std::string& second) {
    protocol.images = 0;
    protocol.runs = {folder.path() / first, folder.path() / second};
    read_labels(protocol, file, -1);
    return std::vector<std::int32_t>{protocol.image(0, 0), protocol.image(1, 2)};
  };
  CHECK(shown("chunk_01", "chunk_3") == std::vector<std::int32_t>{1, 3});
  CHECK(shown("chunk_3/", "chunk_2/") == std::vector<std::int32_t>{3, 2});
  CHECK_THROWS_AS(shown("chunk_1", "chunk_4"), core::FormatError);
  CHECK_THROWS_AS(shown("chunk_1", "other_1"), core::FormatError);
  CHECK_THROWS_AS(shown("chunk_1", "last"), core::FormatError);
  write_labels(file, {2, 3}, {0, 0, 0, 1, 1, 1});
  CHECK(shown("chunk_1", "chunk_0") == std::vector<std::int32_t>{1, 0});
  CHECK(shown("a", "b") == std::vector<std::int32_t>{0, 1});
  CHECK(shown("run_1", "run_2") == std::vector<std::int32_t>{0, 1});  // counted from 1
  CHECK_THROWS_AS(shown("run_2", "run_1"), core::FormatError);
}

TEST_CASE("spikes are counted by image over all runs, blanks and cells outside the core left out") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb", 300, 0, 0}, {"e4Rorb", 0, 0, 0}, {"i4Sst", 0, 199, 0}});
  test::write_spikes(folder.path() / "a", {100, 250, 499, 500, 600, 750, 999.9, 1000},
                     {1, 1, 1, 1, 0, 1, 2, 1});
  test::write_spikes(folder.path() / "b", {250, 800, 900}, {2, 1, 2});
  const auto core = core_cells(read_cells(folder.path(), {}));
  REQUIRE(core.size() == 2);
  CHECK(core.node_id == std::vector<std::uint64_t>{1, 2});
  CHECK(core.row_of(2) == 1u);
  CHECK_FALSE(core.row_of(0));
  const auto protocol = two_runs(folder.path());
  const auto counts = count_slots(protocol, core, {});
  CHECK(counts.at(0, 0, 0) == 2);
  CHECK(counts.at(0, 2, 1) == 1);
  // image 0: slot 0 of a and slot 2 of b; image 1: slot 1 of a and slot 0 of b
  CHECK(sum_by_image(counts, protocol) == std::vector<Count>{3, 1, 1, 1});
  CHECK(presentations(protocol) == std::vector<std::size_t>{2, 2});
}

TEST_CASE("a run without spikes and a core without cells are refused") {
  const TemporaryFolder folder;
  test::write_network(folder.path(), {{"e4Rorb", 200, 0, 0}});
  test::write_spikes(folder.path() / "a", {300}, {0});
  const auto cells = read_cells(folder.path(), {});
  CHECK_THROWS_WITH(core_cells(cells), Catch::Contains("no core cells"));
  CHECK_THROWS_AS(count_slots(two_runs(folder.path()), cells, {}), core::MissingFileError);
}
