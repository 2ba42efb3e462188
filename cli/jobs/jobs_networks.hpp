// SPDX-License-Identifier: BSD-3-Clause
// What jobs are planned from: the files of a network, or, before it is built, what `striate build` would make
// of the shipped network that has its name.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "builder/build.hpp"
#include "io/paradigm/paradigm.hpp"
#include "slurm/jobs/job_resources.hpp"
#include "slurm/plan/network_directory.hpp"

namespace striate::cli {

/// Each is read once, however many jobs are about it.
class JobNetworks {
 public:
  const slurm::NetworkDirectory& directory(const std::filesystem::path& base);
  /// It is not built, but could be.
  bool is_planned(const std::filesystem::path& base);
  /// The paradigm as it is for this network.
  io::Paradigm paradigm(const std::string& name, const std::filesystem::path& base);
  /// Throws MissingFileError for an option that is not there.
  slurm::Workload workload(const io::Paradigm& paradigm, const std::filesystem::path& base,
                           const std::string& option);
  /// Of a planned one.
  const builder::NetworkSpec& spec(const std::filesystem::path& base);
  const builder::Estimate& estimate(const std::filesystem::path& base);

 private:
  slurm::Workload sizes(const std::filesystem::path& base, const std::string& option);

  std::map<std::filesystem::path, slurm::NetworkDirectory> directories_;
  std::map<std::filesystem::path, builder::NetworkSpec> specs_;
  std::map<std::filesystem::path, builder::Estimate> estimates_;
  std::map<std::filesystem::path, slurm::Workload> sizes_;  ///< by configuration
};

}  // namespace striate::cli
