// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/checkpoint_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/values/mixed_bits.hpp"
#include "io/files/descriptor.hpp"
#include "io/files/new_file.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::io {
namespace {

namespace fs = std::filesystem;

/// The last bytes of a file.
struct Seal {
  char name[8] = {'S', 'T', 'R', 'S', 'E', 'A', 'L', '1'};
  std::uint64_t size = 0;  ///< of what it seals, bytes
  std::uint64_t checksum = 0;
};
static_assert(sizeof(Seal) == 24);

Descriptor open_file(const fs::path& file, int flags) {
  const int number = ::open(file.c_str(), flags | O_CLOEXEC);
  if (number < 0) throw core::SystemError("cannot open {} ({})", file, std::strerror(errno));
  return Descriptor(number);
}

/// As many bytes as are there, up to `size`.
std::size_t read_at(const Descriptor& from, std::uint64_t offset, void* bytes, std::size_t size,
                    const fs::path& file) {
  std::size_t done = 0;
  while (done < size) {
    const auto got = ::pread(from.number, static_cast<char*>(bytes) + done, size - done,
                             static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw core::SystemError("cannot read {} ({})", file, std::strerror(errno));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

/// Of the first `size` bytes, as words of eight (the last filled up with zeros); each rank reads its share.
std::uint64_t checksum(const Descriptor& from, std::uint64_t size, const fs::path& file,
                       const core::Comm& comm) {
  constexpr std::size_t block_words = 1u << 17;
  const auto share = core::contiguous_share((size + 7) / 8, comm.rank(), comm.size());
  std::vector<std::uint64_t> words(std::min<std::uint64_t>(block_words, share.count()));
  std::uint64_t sum = 0;
  for (std::uint64_t word = share.first; word < share.end;) {
    const auto count = std::min<std::uint64_t>(words.size(), share.end - word);
    std::ranges::fill(words, 0);
    read_at(from, word * 8, words.data(), std::min<std::uint64_t>(count * 8, size - word * 8), file);
    for (std::uint64_t i = 0; i < count; ++i) sum += core::mixed_bits(word + i, words[i]);
    word += count;
  }
  return static_cast<std::uint64_t>(comm.sum(static_cast<std::int64_t>(sum)));
}

std::uint64_t size_at_root(const fs::path& file, const core::Comm& comm) {
  std::error_code ignored;
  const auto size = comm.is_root() ? fs::file_size(file, ignored) : 0;
  return static_cast<std::uint64_t>(
      comm.max(comm.is_root() && !ignored ? static_cast<std::int64_t>(size) : std::int64_t{0}));
}

bool is_there_at_root(const fs::path& file, const core::Comm& comm) {
  return comm.max(std::int64_t{comm.is_root() && is_there(file)}) != 0;
}

void seal(const fs::path& file, const core::Comm& comm) {
  const std::uint64_t size = size_at_root(file, comm);
  Seal seal{.size = size, .checksum = checksum(open_file(file, O_RDONLY), size, file, comm)};
  if (comm.is_root()) {
    const auto opened = open_file(file, O_WRONLY);
    if (::pwrite(opened.number, &seal, sizeof seal, static_cast<off_t>(size)) != sizeof seal)
      throw core::SystemError("cannot write {} ({}) is the disk full?", file, std::strerror(errno));
  }
  const fs::path files[] = {file};
  if (comm.is_root()) sync_files(files);
  comm.barrier();
}

void give_name(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) throw core::SystemError("cannot rename {} to {} ({})", from, to, error.message());
}

/// By a second name first, so that there is a newest one at any moment; not all file systems know them.
void make_earlier(const fs::path& file) {
  const auto earlier = earlier_checkpoint(file);
  std::error_code error;
  fs::remove(earlier, error);
  fs::create_hard_link(file, earlier, error);
  if (error) give_name(file, earlier);
}

}  // namespace

fs::path earlier_checkpoint(const fs::path& file) {
  auto name = file.stem();
  name += "_before";
  name += file.extension();
  return file.parent_path() / name;
}

void publish_checkpoint(const fs::path& file, const core::Comm& comm) {
  const auto unfinished = incomplete_name(file);
  seal(unfinished, comm);
  if (comm.is_root()) {
    if (is_there(file)) make_earlier(file);
    give_name(unfinished, file);
    sync_folder(file.parent_path());
  }
  comm.barrier();
}

std::string seal_problem(const fs::path& file, const core::Comm& comm) {
  const std::uint64_t size = size_at_root(file, comm);
  const std::string truncated = "its end is missing, or an older version wrote it";
  Seal seal{};
  if (size < sizeof seal) return truncated;
  const auto opened = open_file(file, O_RDONLY);
  const bool whole = read_at(opened, size - sizeof seal, &seal, sizeof seal, file) == sizeof seal &&
                     std::memcmp(seal.name, Seal{}.name, sizeof seal.name) == 0 &&
                     seal.size == size - sizeof seal;
  if (comm.min(std::int64_t{whole}) == 0) return truncated;
  return checksum(opened, seal.size, file, comm) == seal.checksum ? "" : "its checksum is another";
}

fs::path intact_checkpoint(const fs::path& file, const core::Comm& comm) {
  const auto earlier = earlier_checkpoint(file);
  std::string problems;
  for (const auto& candidate : {file, earlier}) {
    if (!is_there_at_root(candidate, comm)) continue;
    const auto problem = seal_problem(candidate, comm);
    if (problem.empty()) {
      if (candidate != file)
        core::log::warning("{}; going on from the one before it, {}",
                           problems.empty() ? fmt::format("{} is not there", file) : problems, candidate);
      return candidate;
    }
    problems += fmt::format("{}{} is damaged ({})", problems.empty() ? "" : ", and ", candidate, problem);
  }
  if (problems.empty())
    throw core::MissingFileError("no {} to go on from (no checkpoint was written yet) start without --resume",
                                 file);
  throw core::FormatError("{} start without --resume", problems);
}

void keep_only(const fs::path& file, const fs::path& used, const core::Comm& comm) {
  comm.barrier();  // nobody reads any more
  if (comm.is_root() && used != file) {
    give_name(used, file);
    sync_folder(file.parent_path());
  }
  comm.barrier();
}

bool any_checkpoint(const fs::path& file, const core::Comm& comm) {
  return is_there_at_root(file, comm) || is_there_at_root(earlier_checkpoint(file), comm);
}

void remove_checkpoints(const fs::path& file, const core::Comm& comm) {
  comm.barrier();  // nobody reads any more
  if (comm.is_root())
    for (const auto& name : {earlier_checkpoint(file), file}) {
      std::error_code error;
      fs::remove(name, error);
      if (error) throw core::SystemError("cannot remove {} ({})", name, error.message());
    }
  comm.barrier();
}

}  // namespace striate::io
