// SPDX-License-Identifier: BSD-3-Clause
// Loss terms alone: values by hand, and derivatives against differences.
#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "training/losses/loss_draws.hpp"
#include "training/losses/loss_targets.hpp"
#include "training/losses/losses.hpp"

namespace striate::training {

TEST_CASE("uniform numbers are those of numpy's RandomState") {
  // numpy.random.RandomState(3000).uniform(0, 1, 5)
  const auto x = numpy_uniform(3000, 5);
  CHECK(x == std::vector<double>{0x1.0586bbd06fb78p-1, 0x1.2bd447c786fbcp-1, 0x1.6c2b8f7811f0ep-1,
                                 0x1.4d71700034c3ap-2, 0x1.0a6674a15c741p-1});
}

TEST_CASE("rate targets are read from the quantile function of recorded rates and a zero") {
  // numpy.sort(numpy.interp(RandomState(3000).uniform(0, 1, 4), linspace(0, 1, 4), [0, 1, 3, 10]))
  const std::vector<double> recorded{1, 3, 10};
  const auto drawn = rate_targets(recorded, 4, 3000);
  const std::vector<double> expected{0.9768841266991996, 2.064761366999983, 2.5136236750012815,
                                     3.936666633173791};
  for (std::size_t i = 0; i < 4; ++i) CHECK(drawn[i] == Approx(expected[i]).epsilon(1e-14));
  CHECK(rate_targets(recorded, 1, 0, TargetDraw::quantiles) == std::vector<double>{2.0});
}

TEST_CASE("rate loss of two cells, by hand") {
  // Sorted rates 0.001 and 0.010 per ms over 1000 steps against targets 0.002 and 0.004; kappa 0.002.
  const std::vector<RateGroup> groups{{.cells = {0, 1}, .targets = {0.002, 0.004}}};
  const std::vector<std::uint32_t> spikes{10, 1}, keys{0, 0};
  std::vector<double> gradient(2, 0.0);
  const double loss = rate_loss(groups, spikes, keys, 1000, {.strength = 10000}, gradient);
  const double slow = 0.5 * 0.001 * 0.001 / 0.004, fast = 1.0 * (0.006 - 0.001);
  CHECK(loss == Approx(10000 * (slow + fast) / 2));
  CHECK(gradient[1] == Approx(10000.0 / 2 * 0.5 * (-0.001 / 0.002) / 1000));
  CHECK(gradient[0] == Approx(10000.0 / 2 * 1.0 / 1000));
}

TEST_CASE("cells of equal rate: in the order of their keys, or with the mean of the slopes") {
  const std::vector<RateGroup> groups{{.cells = {0, 1, 2}, .targets = {0.0, 0.001, 0.009}}};
  const std::vector<std::uint32_t> spikes{5, 5, 5}, keys{2, 1, 3};
  std::vector<double> ordered(3, 0.0), shared(3, 0.0);
  const double a = rate_loss(groups, spikes, keys, 1000, {}, ordered);
  const double b = rate_loss(groups, spikes, keys, 1000, {.ties = Ties::mean}, shared);
  CHECK(a == b);
  CHECK(ordered[1] != ordered[0]);  // cell 1 has the smallest key: the lowest target
  CHECK(shared[0] == shared[1]);
  CHECK(shared[0] + shared[1] + shared[2] == Approx(ordered[0] + ordered[1] + ordered[2]));
}

TEST_CASE("the fastest cell is pulled upwards with middle levels only") {
  const std::vector<RateGroup> groups{{.cells = {0}, .targets = {0.02}}};
  const std::vector<std::uint32_t> spikes{1}, keys{0};
  std::vector<double> upper(1, 0.0), middle(1, 0.0);
  rate_loss(groups, spikes, keys, 1000, {}, upper);
  rate_loss(groups, spikes, keys, 1000, {.levels = QuantileLevels::middle}, middle);
  CHECK(upper[0] == 0);
  CHECK(middle[0] < 0);
}

TEST_CASE("selectivity loss: derivative against differences") {
  SelectivityCells cells{.cells = {0, 1, 2, 4},
                         .kind = {0, 1, 0, 1},
                         .tuning_deg = {10, 100, 200, 300},
                         .targets = {{.osi = 0.4, .dsi = 0.2}, {.osi = 0.1, .dsi = 0.3}}};
  // Large counts, so that one spike is a small change.
  std::vector<std::uint32_t> spikes{4000000, 1000000, 2000000, 3000000, 500000,
                                    2500000, 9,       9,       700000,  800000};
  const std::vector<double> mean_rate{900, 0.0001, 700, 1, 1200}, directions{30, 250};
  const auto loss = [&](std::vector<double>& gradient) {
    gradient.assign(spikes.size(), 0.0);
    return selectivity_loss(cells, spikes, mean_rate, directions, 1000, {}, 0.1, gradient);
  };
  std::vector<double> gradient, ignored;
  loss(gradient);
  CHECK(gradient[6] == 0);  // cell 3 is not among them
  for (const std::size_t i : {0u, 1u, 4u, 5u, 8u, 9u}) {
    const auto saved = spikes[i];
    spikes[i] = saved + 1000;
    const double up = loss(ignored);
    spikes[i] = saved - 1000;
    const double down = loss(ignored);
    spikes[i] = saved;
    CHECK((up - down) / 2000 == Approx(gradient[i]).epsilon(1e-5).margin(1e-18));
  }
}

TEST_CASE("synchrony loss: Fano factors by hand, and derivative against differences") {
  SynchronyOptions options{
      .strength = 2, .widths = {1, 2}, .targets = {0.5, 0.5}, .first_step = 0, .end_step = 5};
  std::vector<std::uint32_t> counts{10, 20, 10, 20, 10, 300000, 500000, 200000, 900000, 100000};
  CHECK(synchrony_loss(1, std::span(counts).first(5), options).fano[0] == Approx(24.0 / 14.0));
  CHECK(synchrony_loss(1, std::span(counts).first(5), options).fano[1] ==
        0);  // 30, 30; the fifth step is left over
  const auto result = synchrony_loss(2, counts, options);
  for (std::size_t i = 5; i < 10; ++i) {
    const auto saved = counts[i];
    counts[i] = saved + 10;
    const double up = synchrony_loss(2, counts, options).loss;
    counts[i] = saved - 10;
    const double down = synchrony_loss(2, counts, options).loss;
    counts[i] = saved;
    CHECK((up - down) / 20 == Approx(result.gradient[i]).epsilon(1e-5));
  }
}

TEST_CASE("groups of the synchrony loss: distinct cells, sizes within limits, all cells in turn") {
  std::vector<std::uint32_t> cells(200);
  for (std::uint32_t i = 0; i < 200; ++i) cells[i] = 1000 + i;
  const Occasion occasion{.seed = 1, .phase = Phase::evoked, .number = 5};
  const auto groups = draw_groups(occasion, cells, 4, {});
  CHECK(groups.size() == 500);
  double mean = 0;
  std::set<std::uint32_t> trials;
  std::multiset<std::uint32_t> members;
  for (const auto& group : groups) {
    CHECK(group.cells.size() >= 15);
    CHECK(group.cells.size() <= 200);
    CHECK(std::set(group.cells.begin(), group.cells.end()).size() == group.cells.size());
    mean += static_cast<double>(group.cells.size()) / 500;
    trials.insert(group.trial);
    members.insert(group.cells.begin(), group.cells.end());
  }
  CHECK(mean > 60);
  CHECK(mean < 80);
  CHECK(trials == std::set<std::uint32_t>{0, 1, 2, 3});
  for (const auto cell : cells) CHECK(members.count(cell) > 100);
  // Cells are dealt from one order until fewer are left than a group needs: no cell twice before.
  std::set<std::uint32_t> dealt;
  std::size_t rounds = 0;
  for (const auto& group : groups) {
    if (dealt.size() + group.cells.size() > 200) dealt.clear(), ++rounds;
    for (const auto cell : group.cells) REQUIRE(dealt.insert(cell).second);
  }
  CHECK(rounds > 100);
  CHECK(draw_groups(occasion, cells, 4, {})[7].cells == groups[7].cells);
  CHECK(draw_groups({.seed = 1, .phase = Phase::evoked, .number = 6}, cells, 4, {})[7].cells !=
        groups[7].cells);
}

TEST_CASE("as many cells as the smallest group") {
  std::vector<std::uint32_t> cells(15);
  for (std::uint32_t i = 0; i < 15; ++i) cells[i] = i;
  for (const auto& group : draw_groups({}, cells, 1, {})) CHECK(group.cells.size() == 15);
}

TEST_CASE("the running mean rate is brought up to date before it is used, by evoked trials only") {
  Objective objective;
  objective.selectivity = {.cells = {0}, .kind = {0}, .tuning_deg = {0}, .targets = {{.osi = 0, .dsi = 0}}};
  for (auto& of : objective.by_activity)
    of.synchrony = {.widths = {}, .targets = {}, .first_step = 0, .end_step = 10};
  Trace<double> trace{
      .trials = 1, .steps = 10, .v = {}, .blocked = {}, .spikes = SpikeTable(0), .voltage_loss = {0.0}};
  for (int step = 0; step < 10; ++step) {
    const std::vector<StepSpikes> spike{{.cell = 0, .trials = 1}};
    trace.spikes.append(step < 2 ? spike : std::vector<StepSpikes>{});
  }
  std::vector<double> mean_rate{0.003};
  RunTrials<double> run{.activity = Activity::spontaneous,
                        .traces = std::span(&trace, 1),
                        .direction_deg = {},
                        .groups = {},
                        .order = {0}};
  activity_losses(objective, run, 1, {}, mean_rate);
  CHECK(mean_rate[0] == 0.003);
  run.activity = Activity::evoked;
  run.direction_deg = {0};
  const auto losses = activity_losses(objective, run, 1, {}, mean_rate);
  CHECK(mean_rate[0] == Approx(0.95 * 0.003 + 0.05 * 0.2));
  // One cell at its preferred direction: OSI and DSI are 1.
  CHECK(losses.terms.selectivity == Approx(20 * 2));
}

TEST_CASE("cells beyond the core count by the outer factor, with targets of their own") {
  Objective objective;
  for (auto& of : objective.by_activity) {
    of.rates = {{.cells = {0}, .targets = {0.0}}};
    of.outer_rates = {{.cells = {1}, .targets = {0.0}}};
    of.synchrony = {.widths = {}, .targets = {}, .first_step = 0, .end_step = 10};
  }
  Trace<double> trace{
      .trials = 1, .steps = 10, .v = {}, .blocked = {}, .spikes = SpikeTable(0), .voltage_loss = {0.0, 0.0}};
  for (int step = 0; step < 10; ++step)
    trace.spikes.append(std::vector<StepSpikes>{{.cell = 0, .trials = 1}, {.cell = 1, .trials = 1}});
  std::vector<double> mean_rate(2, 0.0);
  const RunTrials<double> run{.activity = Activity::spontaneous,
                              .traces = std::span(&trace, 1),
                              .direction_deg = {},
                              .groups = {},
                              .order = {0, 0}};
  const auto losses = activity_losses(objective, run, 2, {}, mean_rate);
  CHECK(losses.terms.outer_rate == Approx(0.1 * losses.terms.rate));
  CHECK(losses.direct[0].spikes[lanes] == Approx(0.1 * losses.direct[0].spikes[0]));
}

TEST_CASE("selectivity beyond the core: a loss of its own, over its own cells, by the outer factor") {
  Objective objective;
  const SelectivityCells pair{
      .cells = {0, 1}, .kind = {0, 0}, .tuning_deg = {0, 90}, .targets = {{.osi = 0.5, .dsi = 0.1}}};
  objective.selectivity = pair;
  objective.outer_selectivity = pair;
  objective.outer_selectivity.cells = {2, 3};
  for (auto& of : objective.by_activity)
    of.synchrony = {.widths = {}, .targets = {}, .first_step = 0, .end_step = 10};
  // Both pairs fire alike: the first of each in every step, the second in every other one.
  Trace<double> trace{.trials = 1,
                      .steps = 10,
                      .v = {},
                      .blocked = {},
                      .spikes = SpikeTable(0),
                      .voltage_loss = std::vector<double>(4, 0.0)};
  for (int step = 0; step < 10; ++step)
    trace.spikes.append(step % 2 == 0
                            ? std::vector<StepSpikes>{{.cell = 0, .trials = 1}, {.cell = 2, .trials = 1}}
                            : std::vector<StepSpikes>{{.cell = 0, .trials = 1},
                                                      {.cell = 1, .trials = 1},
                                                      {.cell = 2, .trials = 1},
                                                      {.cell = 3, .trials = 1}});
  std::vector<double> mean_rate(4, 0.5);
  const RunTrials<double> run{.activity = Activity::evoked,
                              .traces = std::span(&trace, 1),
                              .direction_deg = {0},
                              .groups = {},
                              .order = {0, 0, 0, 0}};
  const auto losses = activity_losses(objective, run, 4, {}, mean_rate);
  // Means over the pair, by running mean rates of 0.525 and 0.5: O = (a - b) / (a + b), G = a / (a + b).
  const double a = 1.0 / 0.525, b = 0.5 / 0.5, o = (a - b) / (a + b) - 0.5, g = a / (a + b) - 0.1;
  CHECK(losses.terms.selectivity == Approx(20 * (o * o + g * g)));
  CHECK(losses.terms.outer_selectivity == Approx(2 * (o * o + g * g)));
  for (const std::size_t cell : {0u, 1u}) {
    CHECK(losses.direct[0].spikes[cell * lanes] != 0);
    CHECK(losses.direct[0].spikes[(cell + 2) * lanes] == Approx(0.1 * losses.direct[0].spikes[cell * lanes]));
  }
}

TEST_CASE("Poisson trains, binned to one spike a step, have the expected rates") {
  std::vector<DriveSpike> constant, varying;
  std::vector<float> rates(500);
  double expected = 0;
  for (std::size_t t = 0; t < 500; ++t) {
    rates[t] = t < 250 ? 2.0f : 400.0f;
    expected += 1 - std::exp(-static_cast<double>(rates[t]) / 1000);
  }
  for (std::uint32_t unit = 0; unit < 2000; ++unit) {
    append_train(400.0f, 500, stream({}, core::Purpose::training_drive, 0, unit), unit, 0, constant);
    append_train(rates, stream({}, core::Purpose::training_drive, 1, unit), unit, 0, varying);
  }
  CHECK(static_cast<double>(constant.size()) / 2000 == Approx(500 * (1 - std::exp(-0.4))).epsilon(0.01));
  CHECK(static_cast<double>(varying.size()) / 2000 == Approx(expected).epsilon(0.01));
  for (std::size_t i = 1; i < varying.size(); ++i)
    if (varying[i].source == varying[i - 1].source) REQUIRE(varying[i].step > varying[i - 1].step);
}

TEST_CASE("noise counts have the Poisson mean and variance") {
  const auto counts = draw_noise({}, 0, 2, 2000, 50, 0.25);
  double sum = 0, squares = 0, n = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (i % lanes >= 2) {
      REQUIRE(counts[i] == 0);
      continue;
    }
    sum += counts[i], squares += counts[i] * counts[i], ++n;
  }
  CHECK(sum / n == Approx(0.25).epsilon(0.01));
  CHECK(squares / n - sum * sum / n / n == Approx(0.25).epsilon(0.02));
}

}  // namespace striate::training
