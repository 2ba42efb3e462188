// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/training/training_plan.hpp"

#include <catch2/catch.hpp>

namespace striate::workflows {

TEST_CASE("the estimate of training gives the measured times and memory of tiny and small") {
  const auto preset = read_training_preset("bio_trained", {});
  const TrainingSizes tiny{.cells = 1141, .recurrent = 59147, .lgn = 354289, .background = 4564},
      small{.cells = 16728, .recurrent = 4386024, .lgn = 5228573, .background = 66912};
  const auto of_tiny = estimate_training(tiny, preset), of_small = estimate_training(small, preset);
  CHECK(of_tiny.steps == 1875);
  CHECK(of_tiny.step_s == Approx(0.14).epsilon(0.2));
  CHECK(of_small.step_s == Approx(7).epsilon(0.2));
  CHECK(of_small.core_hours() == Approx(1875 * of_small.step_s / 3600));
  const auto bytes = [](const TrainingEstimate& e) {
    return static_cast<double>(e.shared_bytes + e.bytes_per_rank);
  };
  CHECK(bytes(of_tiny) == Approx(75e6).epsilon(0.2));
  CHECK(bytes(of_small) == Approx(642e6).epsilon(0.2));

  // Twice the trials, twice the time; without recurrent credit about a quarter of it.
  CHECK(estimate_training(small, read_training_preset("bio_trained", {.trials = 10})).step_s ==
        Approx(2 * of_small.step_s));
  CHECK(estimate_training(small, read_training_preset("naive", {.recurrent_credit = 0.0})).step_s <
        0.5 * of_small.step_s);
  CHECK(estimate_training(small, read_training_preset("naive", {.epochs = 2, .steps = 3})).steps == 6);

  // Trained weights of the LGN take 20 bytes an edge.
  auto with_lgn = preset;
  with_lgn.train_lgn = true;
  const auto more = estimate_training(small, with_lgn);
  CHECK(more.shared_bytes - of_small.shared_bytes == 20 * 5228573);
  CHECK(more.step_s > of_small.step_s);
  CHECK(more.step_s < 1.2 * of_small.step_s);
}

TEST_CASE("options of shipped presets can be trained") {
  const auto rule = training_rule();
  CHECK_FALSE(rule.wanted);
  CHECK(rule.is_known("naive"));
  CHECK_FALSE(rule.is_known("plain"));
  CHECK(preset_of_option("naive") == "naive");
  CHECK(preset_of_option("mine") == "bio_trained");
  const auto files = rule.files("net", "naive");
  CHECK(files.edges == std::vector<std::filesystem::path>{"net/network/v1_v1_edges_naive.h5",
                                                          "net/network/bkg_v1_edges_naive.h5"});
  CHECK(files.checkpoint == "net/training/naive/checkpoint.h5");
  auto with_lgn = read_training_preset("naive", {});
  CHECK_FALSE(with_lgn.train_lgn);
  with_lgn.train_lgn = true;
  CHECK(trained_files("net", "mine", with_lgn).edges.back() == "net/network/lgn_v1_edges_mine.h5");
  const auto words = rule.estimate("nowhere/tiny", "tiny", "naive");
  CHECK_THAT(words, Catch::Contains("1875 steps") && Catch::Contains("core-hours") && Catch::Contains("MB"));
}

}  // namespace striate::workflows
