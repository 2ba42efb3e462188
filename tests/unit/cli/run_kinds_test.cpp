// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/run_kinds.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "cli/jobs/jobs_kinds.hpp"
#include "core/log.hpp"
#include "metrics/analyses/recorded/nwb_export.hpp"
#include "metrics/analyses/recorded/recordings.hpp"
#include "workflows/adjust.hpp"
#include "workflows/fit_connectivity.hpp"
#include "workflows/node_set_kinds.hpp"
#include "workflows/report_kind.hpp"
#include "workflows/tables.hpp"
#include "workflows/tune_background.hpp"

using namespace striate;
using Catch::Contains;

namespace {

std::vector<core::Kind> all_kinds() {
  std::vector<core::Kind> kinds;
  const auto add = [&](const auto& table) { kinds.insert(kinds.end(), table.begin(), table.end()); };
  add(workflows::metric_kinds());
  add(workflows::figure_kinds());
  add(workflows::node_set_kinds());
  add(workflows::tune_kinds());
  add(workflows::fit_kinds());
  add(cli::job_kinds());
  add(metrics::export_kinds());
  kinds.push_back(metrics::recordings_kind());
  kinds.push_back(workflows::report_kind());
  kinds.push_back(workflows::adjust_kind());
  return kinds;
}

/// A value that the option takes.
std::string good_value(const core::Option& option) {
  if (option.type == core::Option::Type::word) return core::alternatives(option.value).back();
  if (option.type == core::Option::Type::whole || option.type == core::Option::Type::number)
    return fmt::format("{}", option.low);
  return "x";
}

cli::Arguments call_of(const core::Kind& kind, const core::Option& option) {
  cli::Arguments words{kind.name};
  for (std::size_t k = 0; k < core::arguments_of(kind).size(); ++k) words.push_back("word");
  words.push_back("--" + std::string(option.name));
  if (option.type != core::Option::Type::flag) words.push_back(good_value(option));
  return words;
}

bool takes(const core::Kind& kind, std::string_view option) {
  return std::ranges::find(kind.options, option, &core::Option::name) != kind.options.end();
}

/// Parses and checks, and does nothing else.
core::ExitCode run_one(core::Kind kind, const cli::Arguments& words) {
  kind.run = [](const core::Call&, const core::Comm&) { return std::vector<std::filesystem::path>{}; };
  return cli::run_kinds({.command = "test", .description = "", .noun = "kind"}, std::span(&kind, 1), words,
                        {});
}

}  // namespace

TEST_CASE("an option that is another kind's is refused by every kind") {
  core::log::set_up(core::log::Level::quiet, 0);
  const auto kinds = all_kinds();
  std::map<std::string, core::Option> options;
  for (const auto& kind : kinds)
    for (const auto& option : kind.options) options.emplace(option.name, option);
  REQUIRE(options.size() > 40);
  std::size_t refused = 0;
  for (const auto& kind : kinds)
    for (const auto& [name, option] : options) {
      if (takes(kind, name)) continue;
      INFO(kind.name << " --" << name);
      CHECK_THROWS_WITH(run_one(kind, call_of(kind, option)), Contains("unknown option --" + name));
      ++refused;
    }
  CHECK(refused > 1000);
}

TEST_CASE("an option of a kind is taken, alone or with what it needs") {
  core::log::set_up(core::log::Level::quiet, 0);
  for (const auto& kind : all_kinds())
    for (const auto& option : kind.options) {
      auto words = call_of(kind, option);
      std::set<std::string> given{option.name};
      for (const auto* needing = &option; needing != nullptr && needing->needs != nullptr;) {
        const auto needed = core::alternatives(needing->needs).front();
        const auto name = needed.substr(0, needed.find('='));
        needing = nullptr;
        if (!given.insert(name).second) continue;
        const auto other = std::ranges::find(kind.options, std::string_view(name), &core::Option::name);
        INFO(kind.name << " --" << option.name << " needs --" << name);
        REQUIRE(other != kind.options.end());
        words.push_back("--" + name);
        words.push_back(needed.find('=') == std::string::npos ? good_value(*other)
                                                              : needed.substr(needed.find('=') + 1));
        needing = &*other;
      }
      INFO(kind.name << " --" << option.name);
      CHECK_NOTHROW(run_one(kind, words));
    }
}

TEST_CASE("rows of tables are complete: names once, words for --help, options that exist") {
  for (const auto* table : {&workflows::metric_kinds(), &workflows::figure_kinds()}) {
    std::set<std::string> names;
    for (const auto& kind : *table) {
      INFO(kind.name);
      CHECK(names.insert(kind.name).second);
      CHECK(kind.run != nullptr);
      CHECK(std::string_view(kind.help).size() > 10);
    }
  }
  for (const auto& kind : all_kinds()) {
    std::set<std::string> names;
    for (const auto& option : kind.options) {
      INFO(kind.name << " --" << option.name);
      CHECK(names.insert(option.name).second);
      CHECK(std::string_view(option.help).size() > 2);
      const bool is_number =
          option.type == core::Option::Type::number || option.type == core::Option::Type::whole;
      CHECK((!is_number || option.high > option.low));
      CHECK((std::isnan(option.usual) || (option.usual >= option.low && option.usual <= option.high)));
      for (const auto* others : {option.needs, option.excludes})
        if (others != nullptr)
          for (const auto& other : core::alternatives(others))
            CHECK(takes(kind, other.substr(0, other.find('='))));
    }
  }
}

TEST_CASE("the same option says the same in all tables and figures") {
  // Where a name means something else, as --from does, it is another option.
  const std::set<std::string> different{
      "from",     "to",         "bin",        "window",      "min-rate",  "weights", "run",
      "output",   "output_dir", "seed",       "networks",    "reference", "tables",  "targets",
      "contrast", "paradigm",   "limit",      "limits",      "draws",     "em",      "cells",
      "types",    "resamples",  "iterations", "core-radius", "duration",  "bins",    "layout"};
  std::map<std::string, core::Option> known;
  for (const auto& kind : all_kinds())
    for (const auto& option : kind.options) {
      if (different.contains(option.name)) continue;
      const auto [first, is_new] = known.emplace(option.name, option);
      INFO(kind.name << " --" << option.name);
      CHECK(std::string_view(first->second.help) == option.help);
      CHECK(core::default_text(first->second) == core::default_text(option));
      CHECK(first->second.high == option.high);
    }
}

TEST_CASE("what is given twice, too much or too little is refused") {
  const auto& odsi = workflows::metric_kinds().front();
  CHECK_THROWS_WITH(run_one(odsi, {"odsi", "b", "o", "--silent", "nan", "--silent", "zero"}),
                    Contains("given twice"));
  CHECK_THROWS_WITH(run_one(odsi, {"odsi", "b", "o", "p"}), Contains("too many arguments"));
  CHECK_THROWS_WITH(run_one(odsi, {"odsi", "b"}), Contains("missing argument"));
  CHECK_THROWS_WITH(run_one(odsi, {"odsi", "b", "o", "--draws", "1"}),
                    Contains("see 'striate test odsi --help'"));
  CHECK_THROWS_WITH(run_one(odsi, {"odsi", "b", "o/p"}), Contains("network option"));
  CHECK_THROWS_WITH(run_one(odsi, {"odzi"}), Contains("did you mean odsi?"));
}
