// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/json.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <limits>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using Catch::Contains;
using striate::io::Json;
using striate::io::JsonSection;
using striate::test::TemporaryFolder;

namespace {

Json parse(const std::string& text) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "run.json";
  std::ofstream(path, std::ios::binary) << text;
  return io::read_json(path);
}

}  // namespace

TEST_CASE("JSON files keep the order of keys, types and escapes") {
  const Json json = parse("\xEF\xBB\xBF{\"b\": [1, -2, 2.5e1, true, null], \"a\": {\"\": \"\\u00e9\\n\"}}");
  CHECK(json.dump() == R"({"b":[1,-2,25.0,true,null],"a":{"":"é\n"}})");
  CHECK(parse("3").dump() == "3");
  CHECK(parse("18446744073709551615").get<std::uint64_t>() == std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("bytes that are not UTF-8 are carried through JSON") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "latin1.json";
  std::ofstream(file) << "{\"na\xefve\": \"b\xfcld \xc3\xbc\"}";
  const auto json = io::read_json(file);
  CHECK(json["na\xefve"] == "b\xfcld \xc3\xbc");
  CHECK(io::compact_text(json) == "{\"na\xefve\":\"b\xfcld \xc3\xbc\"}");
  std::ofstream(file) << io::indented_text(json);
  CHECK(io::read_json(file) == json);
  CHECK(io::compact_text(io::Json("\x01\xff\"")) == "\"\\u0001\xff\\\"\"");
}

TEST_CASE("JSON syntax errors name line and column") {
  CHECK_THROWS_WITH(parse("{\n  \"dt\": 0.1,\n  \"x\": ]\n}"),
                    Contains("run.json:3:8") && Contains("not valid"));
  CHECK_THROWS_WITH(parse("\xEF\xBB\xBF?"), Contains("run.json:1:1 "));
  CHECK_THROWS_WITH(parse(""), Contains("run.json:1:1 "));
  CHECK_THROWS_WITH(parse("{\"a\": 1"), Contains("run.json:1:8 "));
  CHECK_THROWS_WITH(parse("{\"a\": NaN}"), Contains("run.json:1:"));
  CHECK_THROWS_AS(parse("{\"a\": 1e999}"), core::ConfigError);
  CHECK_THROWS_AS(parse("{} {}"), core::ConfigError);
  CHECK_THROWS_AS(io::read_json("/no/such/file.json"), core::MissingFileError);
}

TEST_CASE("a key that occurs twice in one object is refused with its pointer") {
  CHECK_THROWS_WITH(parse(R"({"run": [0, {"dt": 1, "t/x": 2, "t/x": 3}]})"),
                    Contains("run.json:/run/1/t~1x") && Contains("twice"));
  CHECK_THROWS_WITH(parse(R"({"a": 1, "b": 2, "a": 1})"), Contains("run.json:/a "));
  CHECK_NOTHROW(parse(R"({"a": {"a": 1}, "b": {"a": 2}})"));
}

TEST_CASE("JSON nesting is limited at 200 levels") {
  CHECK_NOTHROW(parse(std::string(200, '[') + std::string(200, ']')));
  CHECK_THROWS_WITH(parse(std::string(201, '[') + std::string(201, ']')), Contains("nested too deeply"));
  CHECK_THROWS_WITH(parse(std::string(100000, '[')), Contains("nested too deeply"));
}

TEST_CASE("a JSON section gives typed values and names file and key when it cannot") {
  const Json json =
      Json::parse(R"({"dt": 0.25, "n": 8, "whole": 3.0, "list": [1, 2.5], "flag": false, "text": "a",
    "texts": ["a", "b"], "none": null, "sub": {"deep": {"x": "y"}}, "mixed": [1, "b"],
    "large": 9223372036854775808, "most": 9223372036854775807, "half": 0.5})");
  const JsonSection section(json, "run.json", "/run");
  CHECK(section.require_number("dt") == 0.25);
  CHECK(section.number("n") == 8.0);
  CHECK(section.integer("n") == 8);
  CHECK(section.integer("whole") == 3);
  CHECK(section.integer("most") == std::numeric_limits<std::int64_t>::max());
  CHECK(section.boolean("flag") == false);
  CHECK(section.string("text") == "a");
  CHECK(section.numbers("list") == std::vector<double>{1, 2.5});
  CHECK(section.numbers("dt") == std::vector<double>{0.25});
  CHECK(section.strings("texts") == std::vector<std::string>{"a", "b"});
  CHECK(section.strings("text") == std::vector<std::string>{"a"});
  CHECK(section.require_section("sub").require_section("deep").where("x") == "run.json:/run/sub/deep/x");

  CHECK_FALSE(section.has("none"));
  CHECK_FALSE(section.number("none").has_value());
  CHECK_FALSE(section.section("absent").has_value());
  CHECK_FALSE(section.strings("absent").has_value());
  CHECK_THROWS_WITH(section.require("none"), Contains("run.json:/run/none"));

  CHECK_THROWS_WITH(section.number("text"),
                    Contains("run.json:/run/text is a string") && Contains("a number"));
  CHECK_THROWS_WITH(section.integer("large"), Contains("too large"));
  CHECK_THROWS_WITH(section.integer("half"), Contains("not an integer"));
  CHECK_THROWS_WITH(section.boolean("n"), Contains("true or false"));
  CHECK_THROWS_WITH(section.string("n"), Contains("a string"));
  CHECK_THROWS_WITH(section.section("n"), Contains("run.json:/run/n") && Contains("an object"));
  CHECK_THROWS_WITH(section.numbers("mixed"), Contains("run.json:/run/mixed/1"));
  CHECK_THROWS_WITH(section.strings("mixed"), Contains("run.json:/run/mixed/0"));
  CHECK_THROWS_AS(JsonSection(json["list"], "run.json", "/run/list"), core::ConfigError);
}

TEST_CASE("numbers made in memory must be finite too") {
  Json json = Json::object();
  json["dt"] = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH(JsonSection(json, "f", "").number("dt"), Contains("not finite"));
}

TEST_CASE("keys nobody asked for are reported in file order, missing ones with the nearest present") {
  const Json json = Json::parse(R"({"zeta": 1, "durations": 2, "dt": 3, "skipped": 4})");
  const JsonSection section(json, "run.json", "");
  section.number("dt");
  section.number("duration");
  section.accept({"skipped"});
  CHECK(section.unknown_keys() == std::vector<std::string>{"zeta", "durations"});
  CHECK_THROWS_WITH(section.require("duration"), Contains("did you mean durations?"));
}

TEST_CASE("the nearest word is only suggested when it is near") {
  const std::vector<std::string> words{"duration", "dt", "block_run"};
  CHECK(core::nearest("duratoin", words) == "duration");
  CHECK(core::nearest("blockrun", words) == "block_run");
  CHECK(core::nearest("xyzxyz", words).empty());
  CHECK(core::nearest("qq", words).empty());
  CHECK(core::nearest(std::string(100000, 'a'), words).empty());
  CHECK(core::edit_distance("kitten", "sitting") == 3);
  CHECK(core::did_you_mean("dtt", words) == " did you mean dt?");
}

TEST_CASE("a number must fill its text") {
  CHECK(core::parse_number<double>("+1.5e3") == 1500.0);
  CHECK(core::parse_number<std::uint64_t>("18446744073709551615").has_value());
  for (const char* text : {"", " 1", "1 ", "1x", "+-1", "++1", "1e999"})
    CHECK_FALSE(core::parse_number<double>(text).has_value());
  CHECK_FALSE(core::parse_number<std::uint64_t>("18446744073709551616").has_value());
  CHECK_FALSE(core::parse_number<std::uint64_t>("-1").has_value());
}
