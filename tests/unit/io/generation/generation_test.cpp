// SPDX-License-Identifier: BSD-3-Clause
#include "io/generation/generation.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "io/hdf5/content_hash.hpp"
#include "io/text/atomic_file.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

/// A network directory of files that hold nothing but their run ids.
struct Base {
  test::TemporaryFolder folder;
  fs::path base = folder.path() / "net";
  core::NetworkPaths paths{base};
  io::Manifest manifest;

  Base() { fs::create_directories(paths.network()); }

  void write(const fs::path& file, const std::string& id) const {
    auto h5 = io::h5::File::create(file);
    io::h5::create_group(h5, "/nodes");
    if (!id.empty())
      io::write_run_attributes(h5, {.scheme = "s", .seed = 7, .config_hash = "c", .run_id = id});
    h5.close();
  }
  void add_part(const std::string& part, const std::string& id) {
    for (const auto& file : {paths.nodes(part), paths.edges(part)}) {
      write(file, id);
      manifest.files.push_back({.file = file.lexically_relative(base),
                                .part = part,
                                .bytes = fs::file_size(file),
                                .content_hash = ""});
    }
    manifest.parts[part] = {.attributes = {.scheme = "s", .seed = 7, .config_hash = "c", .run_id = id}};
  }
  void write_manifest() const { io::write_text_file(paths.manifest(), io::manifest_text(manifest)); }
  io::RunAttributes require() const { return io::require_one_generation(base, {}); }
  core::Problems check() const {
    core::Problems problems;
    io::check_generation(paths.network(), problems);
    return problems;
  }
};

}  // namespace

TEST_CASE("run attributes are what they were, and absent ones are absent") {
  const Base base;
  const auto file = base.folder.path() / "x.h5";
  base.write(file, "abc");
  CHECK(io::run_id_of(file) == "abc");
  base.write(file, "");
  CHECK(io::run_id_of(file).empty());
  std::ofstream(file) << "no HDF5";
  CHECK(io::run_id_of(file).empty());
  CHECK(io::run_id_of(base.folder.path() / "absent.h5").empty());
  CHECK(io::short_hash("").size() == 32);
  CHECK(io::short_hash("a") != io::short_hash("b"));
}

TEST_CASE("a manifest is read as it was written") {
  Base base;
  CHECK_FALSE(io::read_manifest(base.paths.network()));
  base.add_part("v1", "one");
  base.add_part("lgn", "one");
  base.manifest.parts["v1"].made = {{"host", "here"}};
  base.manifest.parts["lgn"].complete = false;
  base.manifest.files[0].content_hash = "00ff";
  base.manifest.configurations["c"] = {{"seed", 7}};
  base.write_manifest();
  const auto read = io::read_manifest(base.paths.network());
  REQUIRE(read);
  CHECK(io::manifest_text(*read) == io::manifest_text(base.manifest));
  CHECK(read->parts.at("v1").attributes.seed == 7u);
  CHECK_FALSE(read->complete());
  CHECK(read->is_unfinished("lgn"));
  CHECK_FALSE(read->is_unfinished("v1"));
  CHECK(io::is_unfinished(base.paths.network()));
  CHECK(read->part_of("lgn_v1_edges_bio_trained.h5") == &read->parts.at("lgn"));
  CHECK(read->part_of("v1_nodes.h5") == &read->parts.at("v1"));
  CHECK(read->part_of("other_v1_edges.h5") == nullptr);
  CHECK(read->part_of("v1_node_types.csv") == nullptr);
}

TEST_CASE("another program's manifest.json is none of ours, a damaged one is refused") {
  const Base base;
  io::write_text_file(base.paths.manifest(), R"({"files": 3})");
  CHECK_FALSE(io::read_manifest(base.paths.network()));
  io::write_text_file(base.paths.manifest(),
                      R"({"format": "striate network 1", "parts": {"v1": {}}, "files": {}})");
  CHECK_THROWS_WITH(io::read_manifest(base.paths.network()), Contains("manifest.json:/parts/v1"));
  io::write_text_file(base.paths.manifest(), "{");
  CHECK_THROWS_AS(io::read_manifest(base.paths.network()), core::ConfigError);
}

TEST_CASE("files of one run belong together, with a manifest and without") {
  Base base;
  for (const char* part : {"v1", "lgn", "bkg"}) base.add_part(part, "one");
  CHECK(base.require().run_id == "one");
  base.write_manifest();
  CHECK(base.require().run_id == "one");
  CHECK(base.require().seed == 7u);
  CHECK(base.check().empty());
  CHECK(base.check().notes.empty());
}

TEST_CASE("a file of another run is refused by its name") {
  for (const bool with_manifest : {false, true})
    for (const char* part : {"v1", "lgn", "bkg"}) {
      Base base;
      for (const char* each : {"v1", "lgn", "bkg"}) base.add_part(each, "one");
      if (with_manifest) base.write_manifest();
      base.write(base.paths.edges(part), "two");
      const auto name = core::edges_file_name(part);
      CHECK_THROWS_AS(base.require(), core::FormatError);
      CHECK_THROWS_WITH(base.require(), Contains("two") && Contains("one"));
      CHECK(base.check().code() == core::ExitCode::bad_data);
      const fs::path files[] = {base.paths.nodes("v1"), base.paths.edges(part)};
      CHECK_THROWS_AS(io::require_one_generation(files, {}), core::FormatError);
      CHECK_THROWS_AS(io::require_one_generation(std::span(files, 1), {}), core::FormatError);
    }
}

TEST_CASE("parts that differ on purpose stand in the manifest, and make another network") {
  Base base;
  base.add_part("v1", "one");
  base.add_part("lgn", "two");
  base.write_manifest();
  const auto mixed = base.require().run_id;
  CHECK(mixed != "one");
  CHECK(mixed != "two");
  CHECK(base.check().empty());
  fs::remove(base.paths.manifest());
  CHECK_THROWS_AS(base.require(), core::FormatError);
}

TEST_CASE("copies with trained weights are of the network they were copied from") {
  Base base;
  base.add_part("v1", "one");
  base.write_manifest();
  base.write(base.paths.edges("v1", "bio_trained"), "one");
  CHECK(base.check().empty());
  base.write(base.paths.edges("v1", "adjusted"), "");  // another program's
  CHECK(base.check().empty());
  base.write(base.paths.edges("v1", "adjusted"), "before");
  CHECK(base.check().code() == core::ExitCode::bad_data);
  CHECK_NOTHROW(base.require());  // who does not read it does not mind
  const fs::path files[] = {base.paths.nodes("v1"), base.paths.edges("v1", "adjusted")};
  CHECK_THROWS_WITH(io::require_one_generation(files, {}), Contains("adjusted"));
}

TEST_CASE("an interrupted build is refused, a changed size is told, a file that is gone is an error") {
  Base base;
  base.add_part("v1", "one");
  base.manifest.files[0].bytes += 1;
  base.write_manifest();
  CHECK(base.check().empty());
  REQUIRE(base.check().notes.size() == 1);
  CHECK_THAT(base.check().notes[0], Contains("v1_nodes.h5 has been changed"));
  fs::remove(base.paths.edges("v1"));
  CHECK(base.check().code() == core::ExitCode::missing_input);
  base.manifest.parts["v1"].complete = false;
  base.write_manifest();
  CHECK_THROWS_WITH(base.require(), Contains("interrupted build"));
  CHECK(base.check().code() == core::ExitCode::bad_data);
}

TEST_CASE("networks without run ids are taken as they are") {
  Base base;
  base.add_part("v1", "");
  base.add_part("lgn", "");
  CHECK(base.require().run_id.empty());
  CHECK(base.check().empty());
  CHECK(base.check().notes.size() == 1);
  CHECK(io::require_one_generation(base.folder.path() / "nowhere", {}).run_id.empty());
}

TEST_CASE("contents are compared where their hashes were kept") {
  Base base;
  base.add_part("v1", "one");
  base.manifest.files[0].content_hash = io::content_hash(base.paths.nodes("v1"));
  base.write_manifest();
  core::Problems problems;
  io::check_content_hashes(base.paths.network(), problems);
  CHECK(problems.empty());
  base.write(base.paths.nodes("v1"), "");
  io::check_content_hashes(base.paths.network(), problems);
  CHECK(problems.code() == core::ExitCode::bad_data);
}

TEST_CASE("results of another network are refused where its cells are read") {
  Base base;
  base.add_part("v1", "one");
  const auto spikes = base.folder.path() / "spikes.h5";
  base.write(spikes, "one");
  CHECK(io::network_of(base.paths.network()).run_id == "one");
  CHECK_NOTHROW(io::require_made_with("one", spikes));
  CHECK_NOTHROW(io::require_made_with("", spikes));
  CHECK_THROWS_WITH(io::require_made_with("two", spikes), Contains("made with another network"));
  base.write(spikes, "");
  CHECK_NOTHROW(io::require_made_with("two", spikes));
}

TEST_CASE("files are as recorded until they or their manifest change") {
  Base base;
  base.add_part("v1", "abc");
  const auto file = base.paths.nodes("v1");
  CHECK_FALSE(io::is_as_recorded(file));  // no manifest yet
  base.write_manifest();
  CHECK(io::is_as_recorded(file));
  CHECK(io::is_as_recorded(fs::relative(file)));
  CHECK_FALSE(io::is_as_recorded(base.paths.nodes("lgn")));  // not there
  const auto beside = base.paths.network() / "other.h5";
  fs::copy_file(file, beside);
  fs::last_write_time(beside, fs::last_write_time(file));
  CHECK_FALSE(io::is_as_recorded(beside));

  const auto written = fs::last_write_time(file);
  fs::last_write_time(file, fs::last_write_time(base.paths.manifest()) + std::chrono::seconds(1));
  CHECK_FALSE(io::is_as_recorded(file));
  fs::last_write_time(file, written);
  CHECK(io::is_as_recorded(file));
  std::ofstream(file, std::ios::app) << "x";
  fs::last_write_time(file, written);
  CHECK_FALSE(io::is_as_recorded(file));

  base.manifest.parts["v1"].complete = false;
  base.write_manifest();
  CHECK_FALSE(io::is_as_recorded(base.paths.edges("v1")));
  std::ofstream(base.paths.manifest()) << "{";
  CHECK_FALSE(io::is_as_recorded(base.paths.edges("v1")));
}
