// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/training/training_log.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>

#include "core/errors/error.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::workflows {
namespace {

using training::Activity;
using training::Terms;

constexpr std::array<const char*, 8> term_names{
    "total", "rate", "outer_rate", "selectivity", "outer_selectivity", "synchrony", "voltage", "weights"};
std::array<double, 8> values_of(const Terms& t) {
  return {t.total(),           t.rate,      t.outer_rate, t.selectivity,
          t.outer_selectivity, t.synchrony, t.voltage,    t.weights};
}

/// Largest distance between the distribution of sorted rates and that of sorted recorded ones.
double ks_distance(std::span<const double> rates, std::span<const double> recorded) {
  double largest = 0;
  std::size_t i = 0, j = 0;
  const auto n = static_cast<double>(rates.size()), m = static_cast<double>(recorded.size());
  while (i < rates.size() && j < recorded.size()) {
    const double x = std::min(rates[i], recorded[j]);
    while (i < rates.size() && rates[i] <= x) ++i;
    while (j < recorded.size() && recorded[j] <= x) ++j;
    largest = std::max(largest, std::abs(static_cast<double>(i) / n - static_cast<double>(j) / m));
  }
  return largest;
}

/// Opens a table, with the rows of `file` whose first number is at most `last`.
std::ofstream open_table(const std::filesystem::path& file, const std::string& header, std::uint64_t last) {
  std::string kept;
  if (std::error_code ignored; last > 0 && std::filesystem::is_regular_file(file, ignored)) {
    std::ifstream in(file);
    std::string line;
    if (std::getline(in, line) && line == header)
      while (std::getline(in, line)) {
        std::uint64_t step = 0;
        const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), step);
        if (error == std::errc() && step <= last) kept += line + "\n";
      }
  }
  io::make_folder(file.parent_path());
  io::write_text_file(file, header + "\n" + kept);
  std::ofstream out(file, std::ios::app);
  if (!out) throw core::SystemError("cannot write {}", file);
  return out;
}

std::string number(double value) {
  return fmt::format("{:.9g}", value);
}

}  // namespace

std::vector<TypeActivity> type_activity(const TrainingRun& run, const training::UpdateReport& report,
                                        Activity activity) {
  const auto& objective = run.objective;
  std::vector<std::vector<double>> rates(objective.types.size());
  for (std::uint32_t cell = 0; cell < run.circuit.cells; ++cell)
    if (objective.type_of[cell] >= 0 && run.network.cells.core[cell] != 0)
      rates[static_cast<std::size_t>(objective.type_of[cell])].push_back(
          static_cast<double>(report.spikes[cell]) / report.seconds_of_trials);
  std::vector<TypeActivity> result;
  for (std::size_t type = 0; type < rates.size(); ++type) {
    auto& own = rates[type];
    std::ranges::sort(own);
    TypeActivity of{.cells = static_cast<std::uint32_t>(own.size())};
    for (const double rate : own) {
      of.rate_hz += rate / static_cast<double>(own.size());
      of.silent += rate == 0;
    }
    const auto& recorded =
        activity == Activity::evoked ? objective.evoked_hz[type] : objective.spontaneous_hz[type];
    of.similarity = own.empty() ? NAN : 1 - ks_distance(own, recorded);
    result.push_back(of);
  }
  return result;
}

TrainingLog::TrainingLog(const std::filesystem::path& steps, const std::filesystem::path& held_out,
                         const TrainingRun& run, std::uint64_t steps_done)
    : run_(run) {
  std::string header = "step,epoch,seconds,untouched_share";
  for (const std::string activity : {"evoked", "spontaneous"}) {
    for (const char* term : term_names) header += fmt::format(",{} {}", activity, term);
    for (const char* what : {"rate_hz", "similarity", "silent"})
      for (const auto& type : run.objective.types) header += fmt::format(",{} {} {}", activity, what, type);
  }
  steps_ = open_table(steps, header, steps_done);
  header = "step,best,total,weight_distance";
  for (const std::string activity : {"evoked", "spontaneous"})
    for (const char* term : term_names) header += fmt::format(",{} {}", activity, term);
  held_out_ = open_table(held_out, header, steps_done);
}

void TrainingLog::add(const StepReport& report) {
  std::string row =
      fmt::format("{},{},{:.3f},{}", report.step, (report.step - 1) / run_.preset.steps + 1, report.seconds,
                  number((report.evoked.untouched_share + report.spontaneous.untouched_share) / 2));
  for (const Activity activity : {Activity::evoked, Activity::spontaneous}) {
    const auto& update = activity == Activity::evoked ? report.evoked : report.spontaneous;
    for (const double value : values_of(update.terms)) row += "," + number(value);
    const auto types = type_activity(run_, update, activity);
    for (const auto& type : types) row += "," + number(type.rate_hz);
    for (const auto& type : types) row += "," + number(type.similarity);
    for (const auto& type : types)
      row += "," + number(type.cells > 0 ? static_cast<double>(type.silent) / type.cells : NAN);
  }
  steps_ << row << "\n" << std::flush;
  if (!steps_) throw core::SystemError("cannot write the training log (disk full?)");
}

void TrainingLog::add(std::uint64_t step, const training::Session<float>::Judgement& judgement,
                      double weight_distance, bool best) {
  std::string row =
      fmt::format("{},{},{},{}", step, best ? 1 : 0, number(judgement.total()), number(weight_distance));
  for (const auto* terms : {&judgement.evoked, &judgement.spontaneous})
    for (const double value : values_of(*terms)) row += "," + number(value);
  held_out_ << row << "\n" << std::flush;
  if (!held_out_) throw core::SystemError("cannot write the training log (disk full?)");
}

std::string weight_histograms(const TrainingRun& run, const core::HugeVector<float>& weights,
                              const core::Comm& comm) {
  constexpr std::size_t bins = 60, kinds = 4;
  constexpr double low_log = -2, bin_log = 0.1;  // 0.01 pA … 10 nA, decimal logarithms
  const auto& cells = run.network.cells;
  const auto& recurrent = run.circuit.recurrent;
  std::vector<std::uint8_t> excitatory(cells.size());
  for (std::uint32_t cell = 0; cell < cells.size(); ++cell)
    excitatory[run.ranks.place_by_owner(cell, run.circuit.cells)] = cells.excitatory[cell] != 0;
  std::vector<std::int64_t> counts(2 * kinds * bins, 0);
  for (const auto& segment : recurrent.segments)
    for (std::uint64_t i = segment.first; i < segment.first + segment.count; ++i) {
      const auto target = run.ranks.global(recurrent.slots[recurrent.slot[i]].target);
      const std::size_t kind =
          (excitatory[segment.source] != 0 ? 0u : 2u) + (cells.excitatory[target] != 0 ? 0u : 1u);
      for (const std::size_t when : {0u, 1u}) {
        const double pa =
            std::abs(static_cast<double>(when == 0 ? run.start[i] : weights[i])) * cells.threshold_mv[target];
        if (!(pa > 0)) continue;
        const double bin =
            std::clamp((std::log10(pa) - low_log) / bin_log, 0.0, static_cast<double>(bins - 1));
        ++counts[(when * kinds + kind) * bins + static_cast<std::size_t>(bin)];
      }
    }
  comm.sum_in_place(counts);
  constexpr std::array<const char*, kinds> names{"exc to exc", "exc to inh", "inh to exc", "inh to inh"};
  std::string text = "connection,low_pa,high_pa,before,after\n";
  for (std::size_t kind = 0; kind < kinds; ++kind)
    for (std::size_t bin = 0; bin < bins; ++bin)
      text += fmt::format("{},{:.6g},{:.6g},{},{}\n", names[kind],
                          std::pow(10.0, low_log + bin_log * static_cast<double>(bin)),
                          std::pow(10.0, low_log + bin_log * static_cast<double>(bin + 1)),
                          counts[kind * bins + bin], counts[(kinds + kind) * bins + bin]);
  return text;
}

std::string summary(const TrainingRun& run, const StepReport& report) {
  const auto& e = report.evoked.terms;
  const auto& s = report.spontaneous.terms;
  std::string text = fmt::format(
      "total {:.3f} (evoked: rate {:.3f}, selectivity {:.3f}, synchrony {:.3f}, voltage {:.3f}; gray: rate "
      "{:.3f}, "
      "synchrony {:.3f}, voltage {:.3f}; weights {:.4f})",
      e.total() + s.total(), e.rate + e.outer_rate, e.selectivity + e.outer_selectivity, e.synchrony,
      e.voltage, s.rate + s.outer_rate, s.synchrony, s.voltage, e.weights);
  const auto types = type_activity(run, report.evoked, Activity::evoked);
  text += "; Hz (recorded):";
  for (std::size_t type = 0; type < types.size(); ++type)
    if (types[type].cells >= 10)
      text += fmt::format(" {} {:.1f} ({:.1f})", run.objective.types[type], types[type].rate_hz,
                          run.objective.recorded[type].evoked);
  return text;
}

}  // namespace striate::workflows
