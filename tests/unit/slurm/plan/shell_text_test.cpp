// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/plan/shell_text.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>

#include "core/errors/error.hpp"

using namespace striate;
using namespace striate::slurm;

namespace {

/// What the shell hands to a program for these words, each between < and >.
std::string said_by_shell(const std::string& words) {
  const auto command = "printf '<%s>' " + words;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string text;
  for (std::array<char, 256> piece{}; std::fgets(piece.data(), piece.size(), pipe) != nullptr;)
    text += piece.data();
  ::pclose(pipe);
  return text;
}

}  // namespace

TEST_CASE("each printable character reaches the program as it is") {
  // In front, inside and alone: some mean something in one place only.
  std::vector<std::string> words;
  std::string expected;
  for (int c = 0x20; c < 0x7f; ++c)
    for (const std::string around : {"", "a"}) {
      words.push_back(around + static_cast<char>(c) + around);
      expected += "<" + words.back() + ">";
    }
  for (const std::string word : {"$HOME", "$(echo x)", "`echo x`", "a  b", "~", "~root", "it's", "''", "\\",
                                 "a\\'b", "*", "{1,2}", "#x", "x #y", "a;b", "a&&b", "é", "!!"}) {
    words.push_back(word);
    expected += "<" + word + ">";
  }
  CHECK(said_by_shell(shell_words(words)) == expected);
}

TEST_CASE("words are quoted only where a shell would change them") {
  CHECK(shell_word("run_1/config-a+b,c=d:e@f%g.json") == "run_1/config-a+b,c=d:e@f%g.json");
  CHECK(shell_word("") == "''");
  CHECK(shell_word("$x") == "'$x'");
  CHECK(shell_word("a b") == "'a b'");
  CHECK(shell_word("it's") == "'it'\\''s'");
}

TEST_CASE("control characters are refused") {
  for (const std::string word : {"a\nb", "\t", "a\x7f", "\x1b[0m"})
    CHECK_THROWS_AS(shell_word(word), core::UsageError);
}

TEST_CASE("names of options begin with a letter or digit and hold no path") {
  for (const std::string name : {"bio_trained", "a.b-c+d=e", "0"})
    CHECK_NOTHROW(require_option_name(name, "name"));
  for (const std::string name : {"", "-a", ".a", "a/b", "a b", "a$b", "a:b"})
    CHECK_THROWS_AS(require_option_name(name, "name"), core::UsageError);
}
