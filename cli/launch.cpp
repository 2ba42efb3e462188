// SPDX-License-Identifier: BSD-3-Clause
#include "cli/launch.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>

#include "core/errors/error.hpp"
#include "core/mpi_family.hpp"
#include "core/text.hpp"

namespace striate::cli {
namespace {

constexpr int most_ranks = 4096;

bool mentions(const std::vector<std::string>& words, const char* option) {
  for (const auto& word : words)
    if (word == option || word.starts_with(std::string(option) + "=")) return true;
  return false;
}

}  // namespace

void launch_if_asked(const std::vector<std::string>& words) {
  if (words.empty()) return;
  const std::string equals = "--ranks=";
  const bool joined = words.front().starts_with(equals);
  if (!joined && words.front() != "--ranks") return;
  const std::size_t used = joined ? 1 : 2;
  const std::string number = joined ? words.front().substr(equals.size()) : words.size() >= 2 ? words[1] : "";
  const auto ranks = core::parse_number<int>(number);
  if (!ranks || *ranks < 1 || *ranks > most_ranks)
    throw core::UsageError("invalid --ranks '{}' (must be a whole number from 1 to {})", number, most_ranks);
  if (core::launched_under_mpi())
    throw core::UsageError("--ranks {} inside a job of MPI (its launcher has started the ranks) leave it out",
                           *ranks);
  std::vector<std::string> rest(words.begin() + static_cast<std::ptrdiff_t>(used), words.end());
  if (rest.empty())
    throw core::UsageError("no command given (usage: striate --ranks {} COMMAND …) see 'striate --help'",
                           *ranks);
  // Ranks write into a pipe of mpirun; whether that ends in a terminal is seen only here.
  if (::isatty(STDERR_FILENO) != 0 && !mentions(rest, "--progress"))
    rest.insert(rest.end(), {"--progress", "bar"});

  const bool enough = *ranks <= static_cast<int>(std::thread::hardware_concurrency());
  core::prepare_launcher(enough ? core::Cores::own : core::Cores::shared);
  auto call = core::launcher_words(*ranks);
  call.push_back(std::filesystem::read_symlink("/proc/self/exe").string());
  call.insert(call.end(), rest.begin(), rest.end());
  std::vector<char*> pointers;
  for (auto& word : call) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  ::execvp(pointers.front(), pointers.data());
  throw core::SystemError(
      "cannot start {} ({}) install {} (Debian: apt-get install {}), name its launcher in STRIATE_MPIEXEC, "
      "or "
      "leave --ranks out",
      call.front(), std::strerror(errno), core::mpi_family(),
      core::mpi_family() == "OpenMPI" ? "openmpi-bin" : "mpich");
}

}  // namespace striate::cli
