// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/analyses/recorded/recordings.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>

#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "core/values/nan.hpp"
#include "io/nwb/nwb_session.hpp"
#include "metrics/analyses/tuning/tuning.hpp"
#include "metrics/recorded/unit_types.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;
using core::nan;
constexpr double ms_per_s = 1000;

/// A column of a table of presentations, and what the model's paradigms call it.
struct NamedColumn {
  const char *column = nullptr, *variable = nullptr;
};
struct PresentationRule {
  const char* set;
  NamedColumn columns[3];
  double seconds = 0;  ///< spikes are counted so long; 0: as long as a presentation lasts
};
constexpr const char* frequency_column = "temporal_frequency";
constexpr PresentationRule rules[] = {
    {"drifting_gratings", {{"orientation", "angle"}, {frequency_column, "temporal_f"}}, 2},
    {"drifting_gratings_75_repeats", {{"orientation", "angle"}, {"contrast", "contrast"}}, 2},
    {"drifting_gratings_contrast", {{"orientation", "angle"}, {"contrast", "contrast"}}},
    {"static_gratings", {{"orientation", "orientation"}, {"spatial_frequency", "cpd"}, {"phase", "phase"}}},
    {"gabors", {{"x_position", "x_position"}, {"y_position", "y_position"}, {"orientation", "orientation"}}},
    {"flashes", {{"color", "color"}}}};
/// The set from which the table's OSI, DSI and rates come: the first of these that a session has.
constexpr std::string_view gratings_sets[] = {"drifting_gratings", "drifting_gratings_75_repeats"};
constexpr const char* spontaneous_set = "spontaneous";
constexpr double least_spontaneous_s = 210, left_out_s = 5;

struct Session {
  fs::path path;
  Cells units;  ///< by ascending id
  std::vector<std::string> areas;
  std::vector<std::vector<double>> spikes;  ///< [unit] ms
};

/// Columns of numbers of all units; what a session lacks is NaN.
class UnitColumns {
 public:
  void begin(std::size_t units) {
    first_ = rows_;
    rows_ += units;
  }
  void add(const std::string& name, const std::vector<double>& values) {
    if (!columns_.contains(name)) order_.push_back(name);
    auto& column = columns_[name];
    column.resize(first_, nan);
    column.insert(column.end(), values.begin(), values.end());
  }
  std::vector<double> column(const std::string& name) const {
    const auto found = columns_.find(name);
    auto values = found == columns_.end() ? std::vector<double>{} : found->second;
    values.resize(rows_, nan);
    return values;
  }
  const std::vector<std::string>& order() const { return order_; }

 private:
  std::size_t first_ = 0, rows_ = 0;
  std::vector<std::string> order_;
  std::map<std::string, std::vector<double>> columns_;
};

std::vector<std::size_t> good_units(const io::NwbUnits& units, const RecordingsRequest& request,
                                    const std::map<std::uint64_t, std::string>& types) {
  const auto& quality = request.quality;
  std::vector<std::size_t> kept;
  for (std::size_t k = 0; k < units.size(); ++k) {
    const bool good = units.columns.at("presence_ratio")[k] > quality.least_presence &&
                      units.columns.at("amplitude_cutoff")[k] < quality.most_cutoff &&
                      units.columns.at("isi_violations")[k] < quality.most_violations;
    const bool in_area =
        request.areas.empty() || std::ranges::find(request.areas, units.area[k]) != request.areas.end();
    if (good && in_area && types.contains(units.id[k])) kept.push_back(k);
  }
  std::ranges::sort(kept, {}, [&](std::size_t k) { return units.id[k]; });
  return kept;
}

Session read_nwb(const io::h5::File& file, const RecordingsRequest& request,
                 const std::map<std::uint64_t, std::string>& types) {
  const auto units = io::read_nwb_units(file, {"presence_ratio", "amplitude_cutoff", "isi_violations"});
  Session session{.path = file.path(), .units = {}, .areas = {}, .spikes = {}};
  auto& cells = session.units;
  cells.nodes_file = file.path();
  for (const auto k : good_units(units, request, types)) {
    const auto& type = types.at(units.id[k]);
    const auto name = std::ranges::find(cells.type_names, type);
    cells.type.push_back(static_cast<std::uint32_t>(name - cells.type_names.begin()));
    if (name == cells.type_names.end()) cells.type_names.push_back(type);
    if (!cells.node_id.empty() && cells.node_id.back() == units.id[k])
      throw core::FormatError("unit {} twice in {}:/units/id", units.id[k], file.path());
    cells.node_id.push_back(units.id[k]);
    session.areas.push_back(units.area[k]);
    session.spikes.push_back(io::read_nwb_spikes(file, units, k));
    for (auto& time : session.spikes.back()) time *= ms_per_s;
  }
  return session;
}

/// A set as conditions; rows without any value are blanks.
ShownConditions conditions_of(const io::h5::File& file, const PresentationRule& rule) {
  ShownConditions shown{.variables = {}, .conditions = {}, .runs = {file.path()}, .presentations = {}};
  std::vector<std::string> columns;
  for (const auto& [column, variable] : rule.columns)
    if (column != nullptr) {
      columns.emplace_back(column);
      shown.variables.emplace_back(variable);
    }
  const auto variables = columns.size();
  const bool drifts = io::has_nwb_column(file, rule.set, frequency_column);
  if (drifts) columns.emplace_back(frequency_column);
  const auto table = io::read_nwb_presentations(file, rule.set, columns);
  auto values = table.values;
  for (auto& row : values) row.resize(variables);
  for (std::size_t row = 0; row < table.size(); ++row) {
    const double begin = table.start_s[row] * ms_per_s;
    const double end = rule.seconds > 0 ? begin + rule.seconds * ms_per_s : table.stop_s[row] * ms_per_s;
    shown.presentations.push_back({.window = {begin, end}});
  }
  sort_conditions(shown, values);
  for (auto& condition : shown.conditions)
    condition.blank = std::ranges::all_of(condition.values, [](const auto& text) { return text.empty(); });
  if (!drifts) return shown;
  std::vector<std::string> frequency(shown.conditions.size(), "?");
  for (std::size_t row = 0; row < table.size(); ++row) {
    auto& own = frequency[shown.presentations[row].condition];
    own = own == "?" || own == table.values[row].back() ? table.values[row].back() : "";
  }
  for (std::size_t c = 0; c < frequency.size(); ++c)
    if (const auto hz = core::parse_number<double>(frequency[c]); hz && *hz > 0)
      shown.conditions[c].frequency_hz = hz;
  return shown;
}

/// The spikes of this rank's units, for presentations that may overlap at their ends.
SpikeSource spikes_of_session(const Session& session, const ShownConditions& shown, const core::Comm& comm) {
  return [&](const VisitRun& visit) {
    const auto share = core::contiguous_share(session.units.size(), comm.rank(), comm.size());
    std::vector<ResponseSpike> spikes;
    for (auto unit = share.first; unit < share.end; ++unit)
      for (std::size_t k = 0; k < shown.presentations.size(); ++k) {
        const auto& window = shown.presentations[k].window;
        const auto& times = session.spikes[unit];
        for (auto time = std::ranges::lower_bound(times, window.begin_ms);
             time != times.end() && *time < window.end_ms; ++time)
          spikes.push_back({static_cast<std::uint32_t>(unit), static_cast<std::uint32_t>(k), *time});
      }
    visit(0, spikes);
    return std::vector<char>{0};
  };
}

/// Of the last grey screen that was long enough, without its ends.
std::vector<double> spontaneous_rates(const io::h5::File& file, const Session& session) {
  const auto table = io::read_nwb_presentations(file, spontaneous_set, {});
  std::optional<core::Window> window;
  for (std::size_t row = 0; row < table.size(); ++row)
    if (table.stop_s[row] - table.start_s[row] > least_spontaneous_s)
      window = {(table.start_s[row] + left_out_s) * ms_per_s, (table.stop_s[row] - left_out_s) * ms_per_s};
  std::vector<double> rates;
  for (const auto& times : session.spikes)
    rates.push_back(window ? static_cast<double>(std::ranges::lower_bound(times, window->end_ms) -
                                                 std::ranges::lower_bound(times, window->begin_ms)) /
                                 window->seconds()
                           : nan);
  return rates;
}

/// The columns of a set under its name, and the table's own of gratings.
void add_set(UnitColumns& columns, const std::string& set, const TuningValues& values, bool is_main) {
  for (std::size_t k = 0; k < values.names.size(); ++k) {
    columns.add(set + "." + values.names[k], values.columns[k]);
    if (!is_main) continue;
    constexpr std::pair<std::string_view, const char*> main_columns[] = {{"OSI", "OSI"},
                                                                         {"DSI", "DSI"},
                                                                         {"pref_angle", "preferred_angle"},
                                                                         {"max_rate", "max_mean_rate(Hz)"},
                                                                         {"mean_rate", "Ave_Rate(Hz)"}};
    for (const auto& [own, theirs] : main_columns)
      if (values.names[k] == own) columns.add(theirs, values.columns[k]);
  }
}

/// Collective.
void add_session(UnitColumns& columns, const io::h5::File& file, const Session& session,
                 const core::Comm& comm) {
  const auto sets = io::nwb_presentation_sets(file);
  const auto has = [&](std::string_view set) { return std::ranges::find(sets, set) != sets.end(); };
  const auto main = std::ranges::find_if(gratings_sets, has);
  columns.begin(session.units.size());
  for (const auto& rule : rules) {
    if (!has(rule.set)) continue;
    const auto shown = conditions_of(file, rule);
    if (shown.presentations.empty()) continue;
    const CellTuning tuning(shown);
    const auto spikes = spikes_of_session(session, shown, comm);
    const auto responses = condition_responses(shown, session.units.size(), spikes, comm);
    const auto values = tuning_values(shown, responses, tuning, session.units.size(), spikes, comm);
    add_set(columns, rule.set, values, main != std::end(gratings_sets) && *main == rule.set);
  }
  if (has(spontaneous_set)) columns.add("Spont_Rate(Hz)", spontaneous_rates(file, session));
}

}  // namespace

std::vector<fs::path> make_recordings(const RecordingsRequest& request, const core::Comm& comm) {
  const auto types = read_unit_types(request.types);
  UnitColumns columns;
  std::vector<std::int64_t> ids;
  std::vector<std::string> sessions, areas, labels;
  Provenance provenance{
      .kind = "recordings",
      .inputs = {request.types.string()},
      .options = {{"presence_ratio above", fmt::format("{}", request.quality.least_presence)},
                  {"amplitude_cutoff below", fmt::format("{}", request.quality.most_cutoff)},
                  {"isi_violations below", fmt::format("{}", request.quality.most_violations)}},
      .command = ""};
  for (const auto& path : request.sessions) {
    core::require_readable(path, "a recorded session");
    const auto file = io::h5::File::open(path);
    const auto session = read_nwb(file, request, types);
    provenance.inputs.push_back(path.string());
    if (session.units.size() == 0) {
      if (comm.is_root())
        core::log::warning("no unit of {} is good enough and has a type in {}", path, request.types);
      continue;
    }
    add_session(columns, file, session, comm);
    for (std::size_t unit = 0; unit < session.units.size(); ++unit) {
      ids.push_back(static_cast<std::int64_t>(session.units.node_id[unit]));
      sessions.push_back(path.stem());
      areas.push_back(session.areas[unit]);
      labels.push_back(session.units.type_of(unit));
    }
  }
  if (ids.empty())
    throw core::UsageError("no unit in {} sessions is good enough and has a type in {} (nothing to analyse)",
                           request.sessions.size(), request.types);
  if (!comm.is_root()) return {request.table};
  Table table{{{"ecephys_unit_id", std::move(ids)},
               {"session", std::move(sessions)},
               {"area", std::move(areas)},
               {"cell_type", std::move(labels)}}};
  constexpr const char* first[] = {"DSI",          "OSI",           "preferred_angle", "max_mean_rate(Hz)",
                                   "Ave_Rate(Hz)", "Spont_Rate(Hz)"};
  for (const char* name : first) table.columns.push_back({name, columns.column(name)});
  for (const auto& name : columns.order())
    if (std::ranges::find(first, name) == std::end(first))
      table.columns.push_back({name, columns.column(name)});
  write_csv(request.table, table, ' ', provenance);
  return {request.table};
}

namespace {

std::vector<fs::path> run_recordings(const core::Call& call, const core::Comm& world) {
  const auto& values = call.values;
  const auto types = path_if(values, "types"), table = path_if(values, "output");
  if (!types || !table)
    throw core::UsageError(
        "missing --types or -o (cell types of the units, and where the table goes) give both");
  require_own_output(call, *table);
  RecordingsRequest request{.sessions = {},
                            .types = *types,
                            .table = *table,
                            .quality = {.least_presence = values.number("presence"),
                                        .most_cutoff = values.number("cutoff"),
                                        .most_violations = values.number("violations")},
                            .areas = values.texts("areas")};
  for (const auto& file : call.arguments.at("FILE")) request.sessions.emplace_back(file);
  return make_recordings(request, world);
}

}  // namespace

const core::Kind& recordings_kind() {
  using Type = core::Option::Type;
  static constexpr UnitQuality usual;
  static constexpr core::Option recordings_options[] = {
      {.name = "output", .value = "FILE", .help = "the table; required", .letter = 'o'},
      {.name = "types", .value = "TABLE", .help = "table with ecephys_unit_id and cell_type; required"},
      {.name = "areas",
       .value = "AREA",
       .help = "only units whose peak channel lies there, such as VISp",
       .takes = core::Option::Takes::several},
      {.name = "presence",
       .type = Type::number,
       .value = "R",
       .help = "only units with a presence_ratio above it",
       .usual = usual.least_presence,
       .low = -1,
       .high = 1},
      {.name = "cutoff",
       .type = Type::number,
       .value = "R",
       .help = "only units with an amplitude_cutoff below it",
       .usual = usual.most_cutoff,
       .high = 1e9},
      {.name = "violations",
       .type = Type::number,
       .value = "R",
       .help = "only units with isi_violations below it",
       .usual = usual.most_violations,
       .high = 1e9}};
  static constexpr core::Kind kind{
      .name = "recordings",
      .arguments = "FILE.nwb…",
      .help = "a table of recorded units from NWB files, by the code that analyses the model",
      .details =
          "Rates, selectivity, preferences and fits of recorded units (NWB files of the Allen Institute's "
          "visual\n"
          "coding sessions), a row for each unit of a known type: what 'striate metrics reference' reads, "
          "with the\n"
          "columns of 'metrics tuning' for each set of stimuli.",
      .options = recordings_options,
      .run = run_recordings};
  return kind;
}

}  // namespace striate::metrics
