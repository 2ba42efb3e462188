// SPDX-License-Identifier: BSD-3-Clause
#include "core/options.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>

#include "core/errors/error.hpp"
#include "core/kinds.hpp"

using namespace striate::core;
using Type = Option::Type;
using Catch::Contains;

namespace {

constexpr Option table[] = {
    {.name = "radius", .type = Type::number, .value = "UM", .usual = 200, .high = 1000},
    {.name = "draws", .type = Type::whole, .value = "N", .usual = 10, .low = 1, .high = 100},
    {.name = "edge", .type = Type::word, .value = "strict|inclusive"},
    {.name = "window", .value = "NAME", .fallback = "evoked", .excludes = "from|to"},
    {.name = "from", .type = Type::number, .value = "MS", .high = 1e9, .needs = "to"},
    {.name = "to", .type = Type::number, .value = "MS", .high = 1e9, .needs = "from"},
    {.name = "floor", .type = Type::number, .value = "X", .usual = 0, .high = 1, .needs = "edge=inclusive"},
    {.name = "sizes",
     .type = Type::whole,
     .value = "N",
     .low = 1,
     .high = 9,
     .takes = Option::Takes::several},
    {.name = "flag", .type = Type::flag}};

OptionValues values(OptionValues::Given given) {
  return {table, std::move(given)};
}

}  // namespace

TEST_CASE("options have defaults, and values of their kind") {
  const auto none = values({});
  CHECK(none.number("radius") == 200);
  CHECK(none.whole("draws") == 10);
  CHECK(none.is("edge", "strict"));
  CHECK(none.text("window") == "evoked");
  CHECK_FALSE(none.number_if("from"));
  CHECK_FALSE(none.given("flag"));
  CHECK(none.wholes("sizes").empty());
  const auto some =
      values({{"radius", {"1e2"}}, {"edge", {"inclusive"}}, {"sizes", {"3", "4"}}, {"flag", {}}});
  CHECK(some.number("radius") == 100);
  CHECK(some.is("edge", "inclusive"));
  CHECK(some.wholes("sizes") == std::vector<std::int64_t>{3, 4});
  CHECK(some.given("flag"));
  CHECK(default_text(table[0]) == "200");
  CHECK(default_text(table[2]) == "strict");
  CHECK(default_text(table[4]).empty());
}

TEST_CASE("values at and beyond the bounds of an option") {
  for (const char* good : {"0", "1000", "0.5"}) CHECK_NOTHROW(values({{"radius", {good}}}));
  for (const char* bad : {"-1e-9", "1000.1", "nan", "inf", "", "5um", "0x10"})
    CHECK_THROWS_AS(values({{"radius", {bad}}}), UsageError);
  for (const char* good : {"1", "100"}) CHECK_NOTHROW(values({{"draws", {good}}}));
  for (const char* bad : {"0", "101", "1.5", "1e1", "99999999999999999999"})
    CHECK_THROWS_AS(values({{"draws", {bad}}}), UsageError);
  CHECK_THROWS_WITH(values({{"edge", {"inclusiv"}}}),
                    Contains("--edge inclusiv") && Contains("did you mean inclusive?"));
  CHECK_THROWS_AS(values({{"sizes", {"3", "0"}}}), UsageError);
}

TEST_CASE("an option that would change nothing is refused") {
  CHECK_THROWS_WITH(values({{"from", {"1"}}}), Contains("--from without --to"));
  CHECK_NOTHROW(values({{"from", {"1"}}, {"to", {"2"}}}));
  CHECK_THROWS_WITH(values({{"window", {"fano"}}, {"from", {"1"}}, {"to", {"2"}}}),
                    Contains("exclude each other"));
  CHECK_THROWS_WITH(values({{"floor", {"0.5"}}}), Contains("--floor without --edge inclusive"));
  CHECK_NOTHROW(values({{"floor", {"0.5"}}, {"edge", {"inclusive"}}}));
}

TEST_CASE("asking for what is no option, or is another kind of one, is our mistake") {
  const auto none = values({});
  CHECK_THROWS_AS(none.number("raduis"), std::logic_error);
  CHECK_THROWS_AS(none.number("draws"), std::logic_error);
  CHECK_THROWS_AS(none.is("edge", "open"), std::logic_error);
  CHECK_THROWS_AS(values({{"other", {"1"}}}), std::logic_error);
}

TEST_CASE("arguments of a kind") {
  const Kind kind{.arguments = "STAGE PARADIGM|FILE.yaml CONFIG.json [OPT] INDEX…"};
  const auto list = arguments_of(kind);
  REQUIRE(list.size() == 5);
  const char* names[] = {"STAGE", "PARADIGM", "CONFIG", "OPT", "INDEX"};
  for (std::size_t k = 0; k < 5; ++k) {
    CHECK(list[k].name == names[k]);
    CHECK(list[k].optional == (k == 3));
    CHECK(list[k].many == (k == 4));
  }
  Call call;
  CHECK(call.option() == "plain");
  for (const char* bad : {"", "a/b"}) {
    call.arguments["OPT"] = {bad};
    CHECK_THROWS_WITH(call.option(), Contains("network option"));
  }
}
