// SPDX-License-Identifier: BSD-3-Clause
// Whatever words are put into a script or a rule, /bin/sh and make hand over the same words.
#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "core/errors/error.hpp"
#include "fuzzers/memory_file.hpp"
#include "slurm/make/make_rules.hpp"
#include "slurm/plan/shell_text.hpp"

using namespace striate;
namespace fs = std::filesystem;

namespace {

const fs::path& folder() {
  static const fs::path made = [] {
    std::string name = "/dev/shm/striate_quoting_XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    return fs::path(name);
  }();
  return made;
}

std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) std::abort();
  std::array<char, 4096> block;
  // libFuzzer's alarm clock interrupts what reads just then.
  do {
    std::clearerr(pipe);
    errno = 0;
    for (std::size_t count; (count = std::fread(block.data(), 1, block.size(), pipe)) != 0;)
      text.append(block.data(), count);
  } while (std::ferror(pipe) != 0 && errno == EINTR);
  ::pclose(pipe);
  return text;
}

/// Words as printf prints them, each on a line; none of ours holds a newline.
std::string lines_of(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += word + "\n";
  return text;
}

void through_make(const std::vector<std::string>& words, const std::string& label) {
  slurm::MadeStep made;
  made.step.label = label;
  made.step.outputs = {"out"};
  made.step.arguments = {"%s\\n"};
  made.step.arguments.insert(made.step.arguments.end(), words.begin(), words.end());
  const auto rules = folder() / "rules.mk";
  const slurm::MakeFile make{.file = rules, .logs = "logs", .program = "/usr/bin/printf", .launch = ""};
  std::ofstream(rules) << slurm::make_text(std::span(&made, 1), make);
  output_of("cd " + folder().string() + " && rm -rf logs && make -s -f rules.mk 2>&1");
  std::ifstream log(folder() / slurm::log_files(std::span(&made, 1), "logs").front(), std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(log), std::istreambuf_iterator<char>()};
  fuzzers::require(text == lines_of(words));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 512) return 0;
  // Words are separated by a byte that text has not.
  std::vector<std::string> words(1);
  for (const auto byte : std::span(data, size).subspan(1))
    if (byte == 0xff)
      words.emplace_back();
    else
      words.back() += static_cast<char>(byte);
  try {
    const auto text = slurm::shell_words(words);
    fuzzers::require(output_of("printf '%s\\n' " + text) == lines_of(words));
    if (data[0] % 8 == 0) through_make(words, words.front());
  } catch (const core::Error&) {
  }
  return 0;
}
