// SPDX-License-Identifier: BSD-3-Clause
#include "builder/base_props/seed_workbook.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/errors/error.hpp"
#include "core/text.hpp"
#include "io/text/delimited_table.hpp"
#include "io/text/shipped_configs.hpp"
#include "io/text/spreadsheet.hpp"

namespace striate::builder {
namespace {

namespace fs = std::filesystem;

constexpr const char* sheet_name = "cell_models";
constexpr const char* name_column = "pop_name";
/// Which cell models a population has follows from these; the models are shipped, not chosen anew.
constexpr const char* criteria[] = {"cre_line", "reporter_status", "me_type"};
/// Counts refer to a cylinder of this radius, as in the builders of both programs.
constexpr double counted_radius_mm = 0.7;

class SeedReader {
 public:
  SeedReader(const io::Sheet& sheet, const NetworkSpec& spec, Edits& edits, io::Diagnostics& diagnostics)
      : sheet_(sheet), spec_(spec), edits_(edits), diagnostics_(diagnostics) {
    for (int column = 1; const auto* cell = sheet.at(1, column); ++column) columns_[cell->text] = column;
    for (const char* column :
         {"pop_id", name_column, "location", "ei", "cre_line", "reporter_status", "me_type", "upper_bound",
          "lower_bound", "pop_combined_count", "nsyn_lognorm_shape", "nsyn_lognorm_scale"})
      if (!columns_.contains(column))
        throw core::FormatError("no column {} in the first row of sheet {} of {} (a seed workbook has one)",
                                column, sheet.name, sheet.file);
  }

  std::set<std::string> read() {
    const auto shipped = io::read_delimited_table(
        io::config_directory() / "reference/base_props_populations.csv", ' ', "it tells what was edited");
    const auto shipped_name = shipped.column(name_column);
    for (int row = 2; sheet_.at(row, columns_.at("pop_id")) != nullptr; ++row) {
      const auto name = text(row, name_column);
      const auto population = std::ranges::find(spec_.populations, name, &Population::name);
      if (population == spec_.populations.end()) {
        diagnostics_.report(place(row, name_column),
                            "population '{}' is none of the network's, whose cell models, types and synapse "
                            "classes are shipped (add it with these in a YAML file)",
                            name);
        continue;
      }
      if (!populations_.insert(name).second)
        diagnostics_.report(place(row, name_column), "population {} has a row already", name);
      read_row(row, *population);
      const auto known =
          std::ranges::find(shipped.rows, name, [&](const auto& each) { return each.cells[shipped_name]; });
      for (const char* column : criteria)
        if (known != shipped.rows.end())
          require_same(
              row, column, known->cells[shipped.column(column)],
              "cell models are shipped, not chosen anew; delete, override or add rows of cell_models in "
              "a YAML file");
    }
    for (const auto& population : spec_.populations)
      if (!populations_.contains(population.name))
        edits_.append({"populations", "delete"}, population.name, place_of(sheet_.file.string()));
    check_radius();
    return populations_;
  }

 private:
  void read_row(int row, const Population& population) {
    require_same(row, "location", population.location, "layers are the network's");
    require_same(row, "ei", population.excitatory ? "e" : "i", "the class is the network's");
    const auto keys = [&](const char* column) {
      return Keys{"populations", "override", population.name, column};
    };
    compare(row, "upper_bound", keys("depth_top_um"), population.depth_top_um);
    compare(row, "lower_bound", keys("depth_bottom_um"), population.depth_bottom_um);
    compare(row, "pop_combined_count", keys("count_radius_700um"), static_cast<double>(population.count));
    compare(row, "nsyn_lognorm_shape", keys("target_size_lognormal_shape"), population.size_shape);
    compare(row, "nsyn_lognorm_scale", keys("target_size_lognormal_scale"), population.size_scale);
  }

  void compare(int row, const char* column, const Keys& keys, double shipped) {
    if (const auto value = number(row, columns_.at(column)))
      edits_.compare(keys, *value, shipped, place(row, column));
  }

  void require_same(int row, const char* column, const std::string& shipped, const char* why) {
    if (const auto found = text(row, column); found != shipped)
      diagnostics_.report(place(row, column), "{} '{}' instead of '{}' cannot be taken over ({})", column,
                          found, shipped, why);
  }

  std::optional<double> number(int row, int column) {
    const auto where = place_of(sheet_.place(row, column));
    const auto* cell = sheet_.at(row, column);
    if (cell == nullptr || cell->has_no_value) {
      diagnostics_.report(where, "no value ({})",
                          cell == nullptr
                              ? "the cell is empty"
                              : "a formula that no spreadsheet program has calculated, or an error: "
                                "open the file in one and save it");
      return std::nullopt;
    }
    const auto value = core::parse_number<double>(cell->text);
    if (!value || !std::isfinite(*value)) {
      diagnostics_.report(where, "'{}' is no number", cell->text);
      return std::nullopt;
    }
    return value;
  }

  std::string text(int row, const char* column) const {
    const auto* cell = sheet_.at(row, columns_.at(column));
    return cell == nullptr ? "" : cell->text;
  }

  io::Position place(int row, const char* column) const {
    return place_of(sheet_.place(row, columns_.at(column)));
  }

  /// The last number beside the label, below the table, is the radius of core and periphery together.
  void check_radius() {
    for (const auto& [position, cell] : sheet_.cells) {
      if (cell.text != "radius (mm)") continue;
      int column = position.second + 1;
      while (sheet_.at(position.first, column + 1) != nullptr) ++column;
      if (const auto radius = number(position.first, column); radius && *radius != counted_radius_mm)
        diagnostics_.report(
            place_of(sheet_.place(position.first, column)),
            "a radius of {} mm instead of {} cannot be taken over (numbers of cells refer to {} "
            "mm; give a YAML file size: {{table_radius_um: …}} where they do not)",
            *radius, counted_radius_mm, counted_radius_mm);
    }
  }

  const io::Sheet& sheet_;
  const NetworkSpec& spec_;
  Edits& edits_;
  io::Diagnostics& diagnostics_;
  std::map<std::string, int> columns_;
  std::set<std::string> populations_;
};

}  // namespace

std::set<std::string> read_seed_workbook(const fs::path& file, const NetworkSpec& spec, Edits& edits,
                                         io::Diagnostics& diagnostics) {
  const auto sheet = io::read_sheet(file, sheet_name);
  return SeedReader(sheet, spec, edits, diagnostics).read();
}

}  // namespace striate::builder
