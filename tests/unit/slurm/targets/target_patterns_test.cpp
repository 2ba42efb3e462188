// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/targets/target_patterns.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using Catch::Contains;
using slurm::expanded_braces;
using slurm::fits;
using striate::test::TemporaryFolder;
using Names = std::vector<std::string>;

TEST_CASE("Braces are expanded as in the shell") {
  CHECK(expanded_braces("core_{8..10}/a") == Names{"core_8/a", "core_9/a", "core_10/a"});
  CHECK(expanded_braces("{a,b}{0..1}") == Names{"a0", "a1", "b0", "b1"});
  CHECK(expanded_braces("x{a,{b,c}d}") == Names{"xa", "xbd", "xcd"});
  CHECK(expanded_braces("{,x}y") == Names{"y", "xy"});
  for (const std::string text : {"plain", "{a}", "{2..1}", "{a..b}", "{", "}{", "{0..20000}"})
    CHECK(expanded_braces(text) == Names{text});
}

TEST_CASE("A percent sign is at least one character of one name") {
  CHECK(fits("core_nll_%", "core_nll_7"));
  CHECK_FALSE(fits("core_nll_%", "core_nll_"));
  CHECK(fits("%/a_%.png", "tiny/a_plain.png"));
  CHECK_FALSE(fits("%.png", "tiny/a.png"));
  CHECK(fits("a%a", "aaa"));
  CHECK_FALSE(fits("a%a", "aa"));
  CHECK(fits("%%", "ab"));
  CHECK_FALSE(fits("%%", "a"));
  CHECK_FALSE(fits("plain", "plane"));
}

TEST_CASE("Groups hold targets and other groups") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "groups.yaml";
  const auto read = [&](const std::string& text) {
    std::ofstream(file) << text;
    return slurm::read_target_groups(file);
  };
  const auto groups = read("both: [one, two]\none: [\"n_{0..1}/a.csv\"]\ntwo:\n  - b/%.png\n");
  CHECK(groups.at("both") == Names{"n_0/a.csv", "n_1/a.csv", "b/%.png"});
  CHECK_THROWS_WITH(read("a: [b]\nb: [a]\n"), Contains("holds itself"));
  CHECK_THROWS_WITH(read("a: b\n"), Contains("groups.yaml:1:1") && Contains("must be a list"));
  CHECK_THROWS_WITH(read("a: []\n"), Contains("must be a list"));
  CHECK_THROWS_WITH(read("a: [{b: c}]\n"), Contains("must be a name"));
  CHECK_THROWS_WITH(read("a/b: [c]\n"), Contains("without"));
}

TEST_CASE("Every shipped group leads to networks that can be built") {
  const auto groups = slurm::read_target_groups();
  CHECK(groups.at("core_spikes") == Names{"core/output_adjusted/spikes.h5"});
  CHECK(groups.at("all_cores").size() == 10);
  CHECK(groups.at("all_cores_notf").size() == 60);
  for (const auto& [name, targets] : groups)
    for (const auto& target : targets) {
      INFO(name << ": " << target);
      CHECK((target.starts_with("small/") || target.starts_with("tiny/") || target.starts_with("core") ||
             target.starts_with("aggregate")));  // over networks, beside them
    }
}
