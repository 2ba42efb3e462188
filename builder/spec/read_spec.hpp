// SPDX-License-Identifier: BSD-3-Clause
// From a network's YAML, its tables and what the command line changes to one checked NetworkSpec.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "builder/spec/spec.hpp"
#include "io/text/config_tree.hpp"

namespace striate::builder {

/// A value set on the command line, over the file's: {"lgn", "tiles"} -> "[3, 2]" (YAML text).
struct Override {
  std::vector<std::string> keys;
  std::string yaml;
};

/// Reads and checks a shipped network's name or a YAML file. All problems are reported in one ConfigError.
/// `cell_models_dir` holds users' own cell model files ("" for none); `changes` are merged over the file's
/// values as those of a file that extends it.
NetworkSpec read_network_spec(const std::string& name_or_path, const std::vector<Override>& overrides = {},
                              const std::filesystem::path& cell_models_dir = {},
                              const io::ConfigNode* changes = nullptr);

/// Descriptions, tables and users' cell models that were read.
std::vector<std::filesystem::path> files_read(const NetworkSpec& spec);

/// How many cell models are not what a reader expects: "25 on another model's parameters".
std::string describe_models(const NetworkSpec& spec);
/// A line for each of those; "" where there is none.
std::string list_stand_ins(const NetworkSpec& spec);

}  // namespace striate::builder
