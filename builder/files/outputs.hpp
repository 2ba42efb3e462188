// SPDX-License-Identifier: BSD-3-Clause
// The files of a network directory. All are written under temporary names (io/text/atomic_file.hpp) and
// renamed at the very end, one right after the other, so that an interrupted build leaves nothing that looks
// complete. While they are renamed the manifest says that the network is unfinished (io/generation).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/ranks/comm.hpp"
#include "io/generation/manifest.hpp"

namespace striate::builder {

/// What a build writes, in order of publication. A file belongs to a part of the network ("v1", "lgn",
/// "bkg").
class Outputs {
 public:
  /// Whether the manifest lists a file: what users are meant to change it does not.
  enum class Listed { no, yes };

  explicit Outputs(std::filesystem::path base) : base_(std::move(base)) {}

  /// Text to be written by the root rank at publication.
  void add_text(const std::string& part, std::filesystem::path path, std::string text,
                Listed listed = Listed::yes) {
    files_.push_back({part, std::move(path), std::move(text), listed});
  }
  /// A file that is written under io::incomplete_name(path).
  void add_file(const std::string& part, std::filesystem::path path) {
    files_.push_back({part, std::move(path), std::nullopt, Listed::yes});
  }

  std::vector<std::filesystem::path> paths() const;
  /// Throws ConfigError when one of the files is an input, or none can be written there.
  void check(const std::vector<std::filesystem::path>& inputs) const;
  /// Throws ConfigError when one of the files exists, but for those of parts that an interrupted build left
  /// unfinished.
  void refuse_existing(const std::optional<io::Manifest>& before) const;
  /// Makes the folders and opens every file for writing, so that refusals come before the work. One rank
  /// calls this.
  void prepare() const;

  enum class Hashes { none, keep };
  /// Writes the texts and renames everything; `manifest` knows the parts and gets the files. Collective.
  void publish(io::Manifest manifest, Hashes hashes, const core::Comm& comm) const;

 private:
  struct File {
    std::string part;
    std::filesystem::path path;
    std::optional<std::string> text;
    Listed listed;
  };
  void list_files(io::Manifest& manifest, Hashes hashes) const;

  std::filesystem::path base_;
  std::vector<File> files_;
};

}  // namespace striate::builder
