// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/atomic_file.hpp"

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <set>

#include "core/errors/error.hpp"
#include "core/run/run_token.hpp"

namespace striate::io {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view incomplete_ending = ".incomplete";

fs::path unfinished(fs::path name) {
  name += "." + core::run_token();
  name += incomplete_ending;
  return name;
}

/// Where what becomes `path` is made.
fs::path made_at(const fs::path& path) {
  const auto place = output_place(path);
  if (!place.is_stream) return place.path;
  // Two of them may have the same name in different folders.
  return fs::temp_directory_path() /
         fmt::format("{}.{:x}", path.filename().string(), std::hash<std::string>{}(path.string()));
}

/// Where /dev/shm cannot be written OpenMPI puts files of its own beside one that is open for writing,
/// "<file>.data.RANK" and "<file>.metadata.RANK", and leaves them when it is aborted.
std::string_view without_part_of_library(std::string_view file) {
  for (const std::string_view part : {".data.", ".metadata."})
    if (const auto at = file.rfind(part); at != file.npos && file.substr(0, at).ends_with(incomplete_ending))
      return file.substr(0, at);
  return file;
}

/// "<name>.TOKEN.incomplete" or "<name>.spool0.TOKEN.incomplete" → TOKEN; "" for "<name>.incomplete", which
/// earlier versions wrote.
std::optional<std::string_view> token_in(std::string_view file, std::string_view name) {
  if (!file.starts_with(name) || !file.ends_with(incomplete_ending)) return std::nullopt;
  if (file.size() < name.size() + incomplete_ending.size()) return std::nullopt;
  const auto middle = file.substr(name.size(), file.size() - name.size() - incomplete_ending.size());
  if (middle.empty()) return middle;
  const auto token = middle.substr(middle.rfind('.') + 1);
  return middle.front() == '.' && core::parse_run_token(token) ? std::optional(token) : std::nullopt;
}

void give_names(std::span<const fs::path> paths) {
  std::vector<fs::path> made;
  std::set<fs::path> folders;
  for (const auto& path : paths)
    if (!output_place(path).is_stream) made.push_back(incomplete_name(path));
  sync_files(made);
  for (const auto& path : paths)
    if (const auto place = output_place(path); place.is_stream) {
      const auto whole = incomplete_name(path);
      const GoneAtEnd gone(std::vector{whole});
      copy_into_stream(whole, place.path);
    }
  for (const auto& path : paths) {
    const auto place = output_place(path);
    if (place.is_stream) continue;
    const auto from = incomplete_name(path);
    std::error_code error;
    fs::rename(from, place.path, error);
    if (error) throw core::SystemError("cannot rename {} to {} ({})", from, place.path, error.message());
    folders.insert(place.path.parent_path());
  }
  for (const auto& folder : folders) sync_folder(folder);
}

/// Removes unfinished files and folders of these files, those whose token `is_left_over` says so of.
template <class Predicate>
void remove_unfinished(std::span<const fs::path> paths, Predicate is_left_over) {
  std::set<fs::path> folders;
  std::vector<fs::path> files;
  for (const auto& path : paths) {
    const auto place = output_place(path);
    if (place.is_stream) continue;
    folders.insert(place.path.parent_path());
    files.push_back(place.path);
  }
  std::vector<fs::path> found;
  for (const auto& folder : folders) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder.empty() ? "." : folder, ignored)) {
      const auto whole_name = entry.path().filename().string();
      const auto name = without_part_of_library(whole_name);
      if (!name.ends_with(incomplete_ending)) continue;
      const bool is_folder = entry.is_directory(ignored);
      const auto belongs = [&](const fs::path& file) {
        if (file.parent_path() != folder) return false;
        const auto token = token_in(name, file.filename().string());
        return token && !(token->empty() && is_folder) && is_left_over(*token);
      };
      if (std::ranges::any_of(files, belongs)) found.push_back(entry.path());
    }
  }
  for (const auto& file : found) {
    std::error_code ignored;
    fs::remove_all(file, ignored);
  }
}

}  // namespace

fs::path incomplete_name(const fs::path& path) {
  return unfinished(made_at(path));
}

fs::path incomplete_part(const fs::path& path, std::string_view part) {
  auto name = made_at(path);
  name += fmt::format(".{}", part);
  return unfinished(name);
}

void publish(std::span<const fs::path> paths, const core::Comm& comm) {
  comm.barrier();
  if (comm.is_root()) give_names(paths);
  comm.barrier();
}

void publish(const fs::path& path, const core::Comm& comm) {
  publish(std::span(&path, 1), comm);
}

void remove_leftovers(std::span<const fs::path> paths, std::span<const std::string> kept) {
  remove_unfinished(paths, [&](std::string_view token) {
    return token != core::run_token() && std::ranges::find(kept, token) == kept.end() &&
           !core::is_running_here(token);
  });
}

void remove_dead(const fs::path& path) {
  remove_unfinished(std::span(&path, 1), core::has_died_here);
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

std::vector<fs::path> files_in(const fs::path& folder, const std::string& extension) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension() == extension) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

void make_folder(const fs::path& folder) {
  if (folder.empty()) return;  // of a file in the working directory
  std::vector<fs::path> absent;
  for (auto path = fs::absolute(folder / "").parent_path(); !is_there(path) && path.has_relative_path();
       path = path.parent_path())
    absent.push_back(path);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw core::SystemError("cannot create {} ({})", folder, error.message());
  for (const auto& path : absent) sync_folder(path.parent_path());
}

std::string read_text_file(const fs::path& path, const std::string& why) {
  core::require_readable(path, why);
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad() || !in.is_open()) throw core::SystemError("cannot read {} (the file system refused)", path);
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    throw core::FormatError("{} is UTF-16 (its byte order mark says so) save it as UTF-8", path);
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  return text;
}

void write_incomplete_text(const fs::path& path, std::string_view text) {
  NewFile file(incomplete_name(path));
  file.append(text);
  file.close();
}

void write_text_file(const fs::path& path, std::string_view text) {
  const TextFile file{path, std::string(text)};
  write_text_files(std::span(&file, 1));
}

void write_text_files(std::span<const TextFile> files) {
  std::vector<fs::path> paths, made;
  for (const auto& file : files) {
    paths.push_back(file.path);
    made.push_back(incomplete_name(file.path));
  }
  remove_unfinished(paths, core::has_died_here);
  const GoneAtEnd gone(std::move(made));
  for (const auto& [path, text] : files) write_incomplete_text(path, text);
  publish(paths);
}

void copy_incomplete(const fs::path& source, const fs::path& path) {
  remove_dead(path);
  const auto to = incomplete_name(path);
  std::error_code error;
  fs::remove(to, error);
  fs::copy_file(source, to, error);  // as a new file: a link is not followed
  if (error) throw core::SystemError("cannot copy {} to {} ({})", source, to, error.message());
  fs::permissions(to, fs::perms::owner_write, fs::perm_options::add, error);
}

}  // namespace striate::io
