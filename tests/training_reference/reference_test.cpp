// SPDX-License-Identifier: BSD-3-Clause
// The trainer against the numbers of a plain implementation: all variants of the gradient, term by term, in
// both precisions, and a trail of five updates. An array differs by its largest difference over its largest
// magnitude.
#include <catch2/catch.hpp>
#include <cmath>

#include "training/optimizer.hpp"
#include "training_reference/reference_run.hpp"

namespace striate::test {
namespace {

double difference(const std::vector<double>& a, const std::vector<double>& reference) {
  REQUIRE(a.size() == reference.size());
  double largest = 0, size = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(a[i] - reference[i]));
    size = std::max(size, std::abs(reference[i]));
    if (std::isnan(a[i])) return NAN;
  }
  return size > 0 ? largest / size : largest;
}
double difference(double a, double reference) {
  return std::abs(a - reference) / std::max(std::abs(reference), 1e-300);
}

std::vector<std::string> variants() {
  return {"paper", "head", "exact", "clamp"};
}

/// (trial, step, cell), sorted.
template <class Real>
std::vector<double> spike_list(const training::Trace<Real>& trace) {
  std::vector<double> list;
  for (std::size_t trial = 0; trial < trace.trials; ++trial)
    for (int step = 0; step < static_cast<int>(trace.steps); ++step)
      for (const auto& spike : trace.spikes.at(step))
        if ((spike.trials >> trial & 1) != 0) {
          list.push_back(static_cast<double>(trial));
          list.push_back(step);
          list.push_back(spike.cell);
        }
  return list;
}

template <class Real>
std::vector<double> voltages(const training::Trace<Real>& trace, std::uint32_t cells, std::size_t trial,
                             std::size_t first_step, std::size_t end_step) {
  std::vector<double> v;
  for (std::size_t step = first_step; step < end_step; ++step)
    for (std::uint32_t cell = 0; cell < cells; ++cell)
      v.push_back(static_cast<double>(trace.v_at(step, cells)[cell * trace.trials + trial]));
  return v;
}

struct Tolerances {
  double state, stored, terms, gradient;
};
template <class Real>
constexpr Tolerances tolerances = sizeof(Real) == 8 ? Tolerances{1e-12, 1e-6, 1e-10, 1e-10}
                                                    : Tolerances{1e-4, 1e-4, 1e-4, 1e-4};

struct Term {
  const char* name;
  Only only;
};

template <class Real>
void compare(const std::string& variant) {
  const ReferenceFile file;
  const std::string at = "result/" + variant + "/";
  if (!file.has(at + "grad_w")) return;
  const auto& within = tolerances<Real>;
  ReferenceRun<Real> reference(file);
  const auto result = reference.run(variant);
  REQUIRE(spike_list(result.trace) == file.numbers(at + "spikes"));
  const std::uint32_t cells = file.cells();
  if (file.has(at + "v_last")) {
    std::vector<double> last;
    for (std::size_t trial = 0; trial < file.trials(); ++trial)
      for (const double v : voltages(result.trace, cells, trial, file.steps() - 1, file.steps()))
        last.push_back(v);
    CHECK(difference(last, file.numbers(at + "v_last")) < within.state);
  }
  if (file.has(at + "v_first_trial"))
    CHECK(difference(voltages(result.trace, cells, 0, 0, file.steps()), file.numbers(at + "v_first_trial")) <
          within.stored);
  const auto loss = [&](const char* name) { return file.attribute("result/" + variant, name); };
  CHECK(difference(result.terms.rate, loss("loss_rate")) < within.terms);
  CHECK(difference(result.terms.selectivity, loss("loss_osi")) < within.terms);
  CHECK(difference(result.terms.synchrony, loss("loss_sync")) < within.terms);
  CHECK(difference(result.terms.voltage, loss("loss_voltage")) < within.terms);
  CHECK(difference(result.terms.weights, loss("loss_weights")) < within.terms);
  CHECK(difference(result.terms.total(), loss("loss")) < within.terms);
  CHECK(difference(reference.by_row(result.gradient.recurrent), file.numbers(at + "grad_w")) <
        within.gradient);
  CHECK(difference(reference.noise_by_row(result.gradient.noise), file.numbers(at + "grad_wb")) <
        within.gradient);
  for (const Term& term : {Term{"rate", Only::rate}, Term{"osi", Only::osi}, Term{"sync", Only::sync},
                           Term{"voltage", Only::voltage}, Term{"weights", Only::weights}}) {
    const std::string of = at + "term/" + term.name + "/";
    if (!file.has(of + "grad_w")) continue;
    const auto alone = reference.run(variant, term.only);
    INFO("term " << term.name);
    CHECK(difference(reference.by_row(alone.gradient.recurrent), file.numbers(of + "grad_w")) <
          within.gradient);
    CHECK(difference(reference.noise_by_row(alone.gradient.noise), file.numbers(of + "grad_wb")) <
          within.gradient);
  }
}

}  // namespace

TEST_CASE("reference numbers in float64") {
  const auto variant = GENERATE(from_range(variants()));
  INFO(variant);
  compare<double>(variant);
}

TEST_CASE("reference numbers in float32") {
  const auto variant = GENERATE(from_range(variants()));
  INFO(variant);
  compare<float>(variant);
}

TEST_CASE("derivatives after spikes and voltages, and the voltage loss outside a range") {
  const ReferenceFile file;
  ReferenceRun<double> reference(file);
  const auto result = reference.run("paper");
  const std::size_t trials = file.trials(), steps = file.steps(), cells = file.cells();
  if (file.has("result/paper/dL_dz")) {
    std::vector<double> dz, dv;
    for (std::size_t b = 0; b < trials; ++b)
      for (std::size_t t = 0; t < steps; ++t)
        for (std::size_t cell = 0; cell < cells; ++cell) {
          dz.push_back(result.direct.spikes[cell * training::lanes + b]);
          dv.push_back(result.direct.voltage_factor * (result.trace.v_at(t, cells)[cell * trials + b] - 1));
        }
    const auto& direct = result.direct;
    for (std::size_t row = 0; row < direct.rows.size(); ++row)
      for (std::size_t i = 0; i < direct.steps; ++i)
        dz[(direct.rows[row].trial * steps + direct.first_step + i) * cells + direct.rows[row].cell] +=
            direct.timed[row * direct.steps + i];
    CHECK(difference(dz, file.numbers("result/paper/dL_dz")) < 1e-6);
    CHECK(difference(dv, file.numbers("result/paper/dL_dv")) < 1e-6);
  }
  if (file.has("result/paper/grad_w_range")) {
    const auto range = reference.run("paper", Only::all, training::VoltageLoss::range);
    CHECK(difference(range.terms.voltage, file.attribute("result/paper", "loss_voltage_range")) < 1e-10);
    CHECK(difference(reference.by_row(range.gradient.recurrent), file.numbers("result/paper/grad_w_range")) <
          1e-10);
  }
}

TEST_CASE("five updates by exponentiated Adam") {
  using namespace training;
  const ReferenceFile file;
  ReferenceRun<double> reference(file);
  const OptimizerOptions options;
  auto recurrent = no_moments<double>(reference.weights.recurrent.size(), options.method);
  auto noise = no_moments<double>(reference.weights.noise.size(), options.method);
  const auto losses = file.numbers("result/paper/exp_adam_5_steps/loss");
  for (std::size_t k = 0; k < losses.size(); ++k) {
    const auto result = reference.run("paper");
    CHECK(difference(result.terms.total(), losses[k]) < 1e-10);
    update_weights<double>(options, k + 1, result.gradient.recurrent, {}, recurrent,
                           reference.weights.recurrent);
    update_weights<double>(options, k + 1, result.gradient.noise, {}, noise, reference.weights.noise);
  }
  CHECK(difference(reference.by_row(reference.weights.recurrent),
                   file.numbers("result/paper/exp_adam_5_steps/w")) < 1e-10);
  CHECK(difference(reference.noise_by_row(reference.weights.noise),
                   file.numbers("result/paper/exp_adam_5_steps/wb")) < 1e-10);
}

}  // namespace striate::test
