// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/jobs/job_places.hpp"

namespace striate::slurm {

namespace fs = std::filesystem;

fs::path script_path(const fs::path& base, const std::string& script) {
  return base / "jobs" / (script + ".sh");
}

fs::path state_directory(const fs::path& base, const std::string& work) {
  return base / "jobs/state" / work;
}

fs::path used_directory(const fs::path& base, const std::string& script) {
  return base / "jobs/used" / script;
}

fs::path submitted_file(const fs::path& base) {
  return base / "jobs/submitted";
}

}  // namespace striate::slurm
