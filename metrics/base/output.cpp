// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/base/output.hpp"

#include <cmath>
#include <iterator>
#include <set>

#include "core/errors/error.hpp"
#include "core/run/version.hpp"
#include "io/generation/run_attributes.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;

void append(std::string& text, double value, char) {
  if (std::isnan(value)) {
    text += "NaN";
    return;
  }
  const auto begin = text.size();
  fmt::format_to(std::back_inserter(text), "{}", value);
  if (text.find_first_not_of("-0123456789", begin) == std::string::npos) text += ".0";
}

void append(std::string& text, std::int64_t value, char) {
  fmt::format_to(std::back_inserter(text), "{}", value);
}

void append(std::string& text, const std::string& value, char separator) {
  if (!value.empty() && value.find_first_of(std::string("\"\n\r") + separator) == std::string::npos) {
    text += value;
    return;
  }
  text += '"';
  for (const char c : value) text += c == '"' ? std::string("\"\"") : std::string(1, c);
  text += '"';
}

io::Json to_json(const Provenance& provenance) {
  io::Json json;
  json["program"] = core::program_label();
  json["command"] = provenance.command + " " + provenance.kind;
  json["inputs"] = provenance.inputs;
  std::set<std::string> networks;
  for (const auto& input : provenance.inputs)
    if (const std::filesystem::path file = input; file.extension() == ".h5" && io::is_there(file))
      if (const auto id = io::run_id_of(file); !id.empty()) networks.insert(id);
  if (!networks.empty()) json["run_ids"] = networks;
  json["options"] = io::Json::object();
  for (const auto& [key, value] : provenance.options) json["options"][key] = value;
  return json;
}

fs::path sidecar(const fs::path& file) {
  return file.string() + ".provenance.json";
}

std::string provenance_text(const Provenance& provenance) {
  return io::indented_text(to_json(provenance)) + "\n";
}

/// Throws ConfigError where a table would replace what it was made of.
void require_own_files(const fs::path& file, const Provenance& provenance) {
  std::vector<io::NamedPath> inputs;
  const auto reader = fmt::format("'{} {}'", provenance.command, provenance.kind);
  for (const auto& input : provenance.inputs) inputs.push_back({input, reader});
  io::check_outputs({{file, "the table"}, {sidecar(file), "its description"}}, inputs);
}

/// The text and its sidecar.
void write_with_provenance(const fs::path& file, const std::string& text, const Provenance& provenance) {
  require_own_files(file, provenance);
  io::make_folder(file.parent_path());
  const io::TextFile files[] = {{file, text}, {sidecar(file), provenance_text(provenance)}};
  io::write_text_files(files);
}

}  // namespace

void write_provenance(const fs::path& file, const Provenance& provenance) {
  io::write_text_file(sidecar(file), provenance_text(provenance));
}

std::size_t Table::rows() const {
  return columns.empty() ? 0
                         : std::visit([](const auto& values) { return values.size(); }, columns[0].values);
}

std::string to_csv(const Table& table, char separator) {
  std::string text;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (c != 0) text += separator;
    append(text, table.columns[c].name, separator);
  }
  text += '\n';
  const std::size_t rows = table.rows();
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      if (c != 0) text += separator;
      std::visit([&](const auto& values) { append(text, values.at(row), separator); },
                 table.columns[c].values);
    }
    text += '\n';
  }
  return text;
}

void write_csv(const fs::path& file, const Table& table, char separator, const Provenance& provenance) {
  write_with_provenance(file, to_csv(table, separator), provenance);
}

void write_json(const fs::path& file, const io::Json& document, const Provenance& provenance) {
  write_with_provenance(file, io::compact_text(document) + "\n", provenance);
}

io::h5::File create_array_file(const fs::path& file, const Provenance& provenance, const core::Comm& comm) {
  require_own_files(file, provenance);
  if (comm.is_root()) {
    io::make_folder(file.parent_path());
    io::remove_dead(file);
  }
  comm.barrier();
  auto array_file = io::h5::File::create(io::incomplete_name(file), comm);
  const auto json = to_json(provenance);
  if (json.contains("run_ids"))
    io::h5::write_attribute(array_file, "/", "run_ids", io::compact_text(json["run_ids"]));
  io::h5::write_attribute(array_file, "/", "program", json["program"].get<std::string>());
  io::h5::write_attribute(array_file, "/", "command", json["command"].get<std::string>());
  io::h5::write_attribute(array_file, "/", "inputs", io::compact_text(json["inputs"]));
  io::h5::write_attribute(array_file, "/", "options", io::compact_text(json["options"]));
  return array_file;
}

void finish_array_file(io::h5::File& array_file, const fs::path& file, const core::Comm& comm) {
  array_file.close();
  io::publish(file, comm);
}

}  // namespace striate::metrics
