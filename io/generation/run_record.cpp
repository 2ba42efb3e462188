// SPDX-License-Identifier: BSD-3-Clause
#include "io/generation/run_record.hpp"

#include "core/error.hpp"
#include "core/run_facts.hpp"
#include "core/version.hpp"
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

void write(const RunRecord& record, const char* state, const core::Comm& comm) {
  if (!comm.is_root()) return;
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
  write_text_file(record.folder / run_record_name, indented_text(json) + "\n");
}

}  // namespace

void begin_publishing(const RunRecord& record, const core::Comm& comm) {
  comm.barrier();  // all ranks have closed their files
  write(record, unfinished, comm);
}

void finish_publishing(const RunRecord& record, const core::Comm& comm) {
  write(record, complete, comm);
  comm.barrier();
}

void publish_run(const RunRecord& record, const core::Comm& comm) {
  begin_publishing(record, comm);
  publish(record.files, comm);
  finish_publishing(record, comm);
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
