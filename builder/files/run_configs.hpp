// SPDX-License-Identifier: BSD-3-Clause
// The SONATA run configurations of a network (PointNet and FilterNet), so that Striate and BMTK run it as it
// is.
#pragma once

#include <string>
#include <vector>

#include "builder/spec/spec.hpp"

namespace striate::builder {

struct RunConfigFile {
  std::string name;  ///< "config_plain.json"
  std::string text;
};

std::vector<RunConfigFile> run_config_files(const NetworkSpec& spec);

}  // namespace striate::builder
