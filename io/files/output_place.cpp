// SPDX-License-Identifier: BSD-3-Clause
#include "io/files/output_place.hpp"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "core/errors/error.hpp"

namespace striate::io {
namespace {

namespace fs = std::filesystem;

constexpr int most_links = 40;  ///< as the kernel

bool is_proc(const fs::path& folder) {
  struct statfs system {};
  return ::statfs(folder.c_str(), &system) == 0 && system.f_type == PROC_SUPER_MAGIC;
}

/// Parts of a path, the first at the end.
void push_parts(std::vector<fs::path>& rest, const fs::path& path) {
  const auto middle = rest.size();
  rest.insert(rest.end(), path.begin(), path.end());
  std::reverse(rest.begin() + static_cast<std::ptrdiff_t>(middle), rest.end());
}

/// The file behind a path, whatever it is called: equal also for hard links.
using Identity = std::pair<dev_t, ino_t>;
std::optional<Identity> identity_of(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return Identity{status.st_dev, status.st_ino};
}

/// Why nothing can be written there, or "".
std::string refusal(const fs::path& path, const struct stat& status) {
  if (S_ISDIR(status.st_mode)) return "it is a folder; a file is to be written";
  if (S_ISBLK(status.st_mode)) return "it is a disk; a file would be written over all that it holds";
  if (S_ISSOCK(status.st_mode) && !is_proc(path.parent_path())) return "it is a socket";
  return "";
}

}  // namespace

fs::path resolved(const fs::path& path) {
  fs::path result = "/";
  std::vector<fs::path> rest;
  std::error_code ignored;
  push_parts(rest, fs::absolute(path, ignored));
  for (int links = 0; !rest.empty();) {
    const auto part = std::move(rest.back());
    rest.pop_back();
    if (part.empty() || part == ".") continue;
    if (part.is_absolute() || part == "..") {  // folders before ".." are resolved: it leads where it says
      result = part == ".." ? result.parent_path() : part;
      continue;
    }
    auto next = result / part;
    if (fs::is_symlink(fs::symlink_status(next, ignored)) && !(rest.empty() && is_proc(result))) {
      if (++links > most_links)
        throw core::ConfigError("cannot use {} (its links lead in a circle, or through more than {})", path,
                                most_links);
      push_parts(rest, fs::read_symlink(next, ignored));
      continue;
    }
    result = std::move(next);
  }
  return result;
}

OutputPlace output_place(const fs::path& path) {
  OutputPlace place{.path = resolved(path)};
  struct stat status {};
  if (::stat(place.path.c_str(), &status) != 0) return place;  // new, or whoever makes it says what is wrong
  if (const auto why = refusal(place.path, status); !why.empty())
    throw core::ConfigError("cannot write {} ({}) choose another name", path, why);
  place.is_stream = !S_ISREG(status.st_mode) || is_proc(place.path.parent_path());
  return place;
}

bool would_replace(const fs::path& path) {
  const auto place = output_place(path);
  std::error_code ignored;
  return !place.is_stream && fs::exists(place.path, ignored);
}

void check_outputs(const std::vector<NamedPath>& outputs, const std::vector<NamedPath>& inputs) {
  std::map<fs::path, std::string> taken;
  std::map<Identity, std::string> taken_files;
  for (const auto& output : outputs) {
    const auto place = [&] {
      try {
        return output_place(output.path);
      } catch (const core::ConfigError& error) {
        throw core::ConfigError("invalid {}: {}", output.where, error.what());
      }
    }();
    if (place.is_stream) continue;  // may take several outputs, and loses nothing that was there
    if (const auto file = identity_of(place.path)) taken_files.emplace(*file, output.where);
    const auto [other, is_new] = taken.emplace(place.path, output.where);
    if (!is_new && output.key != shared_output)
      throw core::ConfigError("{} and {} would write the same file {} give one of them another name",
                              other->second, output.where, place.path);
  }
  for (const auto& input : inputs) {
    const auto path = resolved(input.path);
    const auto refuse = [&](const std::string& output) {
      throw core::ConfigError("{} would overwrite {}, which {} reads", output, path, input.where);
    };
    if (const auto output = taken.find(path); output != taken.end()) refuse(output->second);
    if (const auto file = identity_of(path))
      if (const auto output = taken_files.find(*file); output != taken_files.end()) refuse(output->second);
  }
}

}  // namespace striate::io
