// SPDX-License-Identifier: BSD-3-Clause
#include "io/nwb/nwb_file.hpp"

#include "core/errors/error.hpp"
#include "io/hdf5/content_hash.hpp"
#include "io/hdf5/h5_texts.hpp"

namespace striate::io {
namespace {

constexpr const char *common = "hdmf-common", *core_types = "core", *format_version = "2.5.0",
                     *arbitrary_moment = "2000-01-01T00:00:00+00:00";

/// A UUID (version 8: by the maker's own rule).
std::string object_id(const std::string& identifier, const std::string& path) {
  const auto hash = sha256(identifier + ":" + path);
  return hash.substr(0, 8) + "-" + hash.substr(8, 4) + "-8" + hash.substr(13, 3) + "-a" + hash.substr(17, 3) +
         "-" + hash.substr(20, 12);
}

void declare(const h5::File& file, const std::string& identifier, const std::string& path,
             const char* name_space, const char* type) {
  h5::write_attribute(file, path, "namespace", name_space);
  h5::write_attribute(file, path, "neurodata_type", type);
  h5::write_attribute(file, path, "object_id", object_id(identifier, path));
}

void write_column(const h5::File& file, const std::string& identifier, const std::string& group,
                  const NwbColumn& column) {
  const auto path = group + "/" + column.name;
  if (const auto* numbers = std::get_if<std::vector<double>>(&column.values))
    h5::write<double>(file, path, *numbers);
  else if (const auto* whole = std::get_if<std::vector<std::int64_t>>(&column.values))
    h5::write<std::int64_t>(file, path, *whole);
  else
    h5::write_texts(file, path, std::get<std::vector<std::string>>(column.values));
  declare(file, identifier, path, common, "VectorData");
  h5::write_attribute(file, path, "description", column.description);
  if (column.ends.empty()) return;
  const auto index = path + "_index";
  h5::write<std::uint64_t>(file, index, column.ends);
  declare(file, identifier, index, common, "VectorIndex");
  h5::write_attribute(file, index, "description", "where the values of each row of " + column.name + " end");
  h5::write_reference_attribute(file, index, "target", path);
}

}  // namespace

h5::File create_nwb(const std::filesystem::path& path, const std::string& identifier,
                    const std::string& description) {
  auto file = h5::File::create(path);
  declare(file, identifier, "/", core_types, "NWBFile");
  h5::write_attribute(file, "/", "nwb_version", format_version);
  const std::string dates[] = {arbitrary_moment};
  h5::write_texts(file, "/file_create_date", dates);
  h5::write_text(file, "/identifier", identifier);
  h5::write_text(file, "/session_description", description);
  h5::write_text(file, "/session_start_time", arbitrary_moment);
  h5::write_text(file, "/timestamps_reference_time", arbitrary_moment);
  for (const char* group : {"/acquisition", "/analysis", "/general", "/intervals", "/processing",
                            "/stimulus/presentation", "/stimulus/templates"})
    h5::create_group(file, group);
  return file;
}

void write_nwb_table(const h5::File& file, const std::string& identifier, const NwbTable& table) {
  h5::create_group(file, table.path);
  declare(file, identifier, table.path, core_types,
          table.type == NwbTableType::units ? "Units" : "TimeIntervals");
  h5::write_attribute(file, table.path, "description", table.description);
  std::vector<std::string> names;
  for (const auto& column : table.columns) names.push_back(column.name);
  h5::write_text_list_attribute(file, table.path, "colnames", names);
  h5::write<std::int64_t>(file, table.path + "/id", table.ids);
  declare(file, identifier, table.path + "/id", common, "ElementIdentifiers");
  for (const auto& column : table.columns) write_column(file, identifier, table.path, column);
}

}  // namespace striate::io
