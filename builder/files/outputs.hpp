// SPDX-License-Identifier: BSD-3-Clause
// The files of a network directory. All are written under temporary names (io/text/atomic_file.hpp) and
// renamed at the very end, so that an interrupted build leaves nothing that looks complete.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/comm.hpp"

namespace striate::builder {

/// What a build writes, in order of publication.
class Outputs {
 public:
  /// Text to be written by the root rank at publication.
  void add_text(std::filesystem::path path, std::string text) {
    texts_.push_back({std::move(path), std::move(text)});
  }
  /// A file that is written under io::incomplete_name(path).
  void add_file(std::filesystem::path path) { files_.push_back(std::move(path)); }

  std::vector<std::filesystem::path> paths() const;
  /// Throws ConfigError when one of the files is an input, or none can be written there.
  void check(const std::vector<std::filesystem::path>& inputs) const;
  /// Throws ConfigError when one of the files exists.
  void refuse_existing() const;
  /// Makes the folders and opens every file for writing, so that refusals come before the work. One rank
  /// calls this.
  void prepare() const;
  /// Writes the texts and renames everything. Collective.
  void publish(const core::Comm& comm) const;

 private:
  struct Text {
    std::filesystem::path path;
    std::string text;
  };
  std::vector<Text> texts_;
  std::vector<std::filesystem::path> files_;
};

}  // namespace striate::builder
