// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/target_names.hpp"

#include <catch2/catch.hpp>

#include "core/errors/error.hpp"

using namespace striate;
using Catch::Contains;

TEST_CASE("Names that make or the shell would read in their own way are refused as targets") {
  for (const std::string name :
       {"a b/x", "a$b", "a#b",  "a:b", "a%b", "a'b", "a\"b", "a\\b", "a\nb", "a\tb", "a;b",
        "a|b",   "a&b", "a(b)", "a*b", "a?b", "~a",  "a!b",  "`a`",  "-a",   "b/-a", ""}) {
    CAPTURE(name);
    CHECK_THROWS_AS(slurm::require_make_name(name, "target"), core::UsageError);
  }
  for (const std::string name : {"tiny/output_plain/spikes.h5", "/a/b-c", "../a+b=c,d@e", "n\xc3\xa4she/x"}) {
    CAPTURE(name);
    CHECK_NOTHROW(slurm::require_make_name(name, "target"));
  }
  CHECK_THROWS_WITH(slurm::require_make_name("a\nb", "target"), Contains("invalid target 'a?b'"));
}

TEST_CASE("Options are found in the names of tables") {
  const std::vector<std::string> options{"bio_trained", "plain"};
  CHECK(slurm::option_in("metrics/x_{option}.csv", "metrics/x_bio_trained.csv", options) == "bio_trained");
  CHECK(slurm::option_in("metrics/x_{option}.csv", "metrics/x_naive.csv", options) == std::nullopt);
  CHECK(slurm::filled_in_option("network/e{appendix}.h5", "plain") == "network/e.h5");
  CHECK(slurm::filled_in_option("network/e{appendix}.h5", "naive") == "network/e_naive.h5");
  CHECK(slurm::filled_in_option("{option}/a_{option}", "naive") == "naive/a_naive");
}

TEST_CASE("A target may be cut after any of its folders") {
  const auto cuts = slurm::cuts_of("/a/tiny/x.h5");
  REQUIRE(cuts.size() == 3);
  CHECK(cuts[0].base == "/a");
  CHECK(cuts[0].rest == "tiny/x.h5");
  CHECK(cuts[1].base == "/a/tiny");
  CHECK(cuts[1].rest == "x.h5");
  CHECK(cuts[2].rest.empty());
  CHECK(slurm::cuts_of("../n/y")[0].base == "..");
}
