// SPDX-License-Identifier: BSD-3-Clause
#include "io/generation/run_record.hpp"

#include "core/errors/error.hpp"
#include "core/run/run_facts.hpp"
#include "core/run/version.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/json.hpp"

namespace striate::io {
namespace {

namespace fs = std::filesystem;

constexpr const char *complete = "complete", *unfinished = "unfinished";

/// As it is told from the output directory.
std::string name_in(const fs::path& folder, const fs::path& file) {
  return fs::absolute(file).lexically_relative(fs::absolute(folder)).string();
}

std::string text_of(const RunRecord& record, const char* state, const core::Comm& comm) {
  const auto facts = core::run_facts(comm);
  Json json{{"state", state},           {"program", core::program_label()},
            {"command", facts.command}, {"host", facts.host},
            {"ranks", facts.ranks},     {"date", facts.date}};
  const auto& attributes = record.attributes;
  if (!attributes.run_id.empty()) json["network"] = attributes.run_id;
  if (attributes.seed) json["seed"] = *attributes.seed;
  json["configuration"] = attributes.config_hash;
  json["files"] = Json::array();
  for (const auto& file : record.files) json["files"].push_back(name_in(record.folder, file));
  return indented_text(json) + "\n";
}

fs::path path_of(const RunRecord& record) {
  return record.folder / run_record_name;
}

}  // namespace

void begin_publishing(const RunRecord& record, const core::Comm& comm) {
  comm.barrier();  // all ranks have closed their files
  if (comm.is_root()) write_text_file(path_of(record), text_of(record, unfinished, comm));
}

void publish_runs(std::span<const RunRecord> records, std::span<const fs::path> others,
                  const core::Comm& comm) {
  std::vector<fs::path> files, last;
  for (const auto& record : records) {
    begin_publishing(record, comm);
    // Before the first result has its name: a disk that is full now has no results on it.
    if (comm.is_root()) write_incomplete_text(path_of(record), text_of(record, complete, comm));
    files.insert(files.end(), record.files.begin(), record.files.end());
    last.push_back(path_of(record));
  }
  files.insert(files.end(), others.begin(), others.end());
  files.insert(files.end(), last.begin(), last.end());
  publish(files, comm);
}

void publish_run(const RunRecord& record, const core::Comm& comm) {
  publish_runs(std::span(&record, 1), {}, comm);
}

bool is_interrupted_run(const fs::path& folder) {
  const auto record = folder / run_record_name;
  if (!is_there(record)) return false;
  try {
    const auto json = read_json(record);
    return json.is_object() && json.value("state", Json()) == Json(unfinished);
  } catch (const core::Error&) {
    return false;
  }
}

}  // namespace striate::io
