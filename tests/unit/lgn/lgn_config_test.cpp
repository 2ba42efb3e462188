// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/lgn_config.hpp"

#include <catch2/catch.hpp>
#include <fstream>

#include "core/errors/error.hpp"
#include "io/text/npy.hpp"
#include "lgn/stimuli/synthetic_images.hpp"
#include "support/lgn_network.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using core::ConfigError;

namespace {

struct Fixture {
  test::TemporaryFolder folder;
  io::Json config = test::lgn_config(folder.path());
  Fixture() { test::write_lgn_nodes(folder.path(), 3); }
  io::Json& input() { return config["inputs"]["LGN_spikes"]; }

  lgn::LgnPlan plan(const lgn::LgnOptions& options = {}) const {
    return lgn::make_plan(io::load_sonata_config(test::write_config(folder.path(), config)), options);
  }
  /// The text of the ConfigError, "" when there is none.
  std::string complaint() const {
    try {
      plan();
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  }
  bool refuses(const std::string& part) const {
    const auto text = complaint();
    INFO(text);
    CHECK(text.find(part) != std::string::npos);
    return text.find(part) != std::string::npos;
  }
};

}  // namespace

TEST_CASE("a FilterNet configuration becomes a plan") {
  Fixture f;
  const auto plan = f.plan();
  CHECK(plan.stimulus.frames == 301);
  CHECK(plan.sampling.count == 301);
  CHECK(plan.seed == 0);
  CHECK(plan.trials == std::vector<std::uint64_t>{0});
  CHECK(plan.output.spikes_h5 == "spikes.h5");
  CHECK(plan.output.rates_csv == "rates.csv");
  CHECK(lgn::output_path(plan, 0, "a.h5") == f.folder.path() / "out" / "a.h5");
}

TEST_CASE("module names are free in case, and graiting is the grating") {
  Fixture f;
  const auto condition = f.plan().stimulus.condition;
  for (const char* name : {"graiting", "GRATING", "Graiting"}) {
    f.input()["module"] = name;
    CHECK(f.plan().stimulus.condition == condition);
  }
}

TEST_CASE("trials come from options, the trial key or the directory") {
  Fixture f;
  const auto trial = [&](const lgn::LgnOptions& options = {}) { return f.plan(options).trials.front(); };
  f.input()["trial"] = "trial_TRIALNUM";
  CHECK(trial() == 0);
  f.config["output"]["output_dir"] = (f.folder.path() / "angle45_trial7").string();
  CHECK(trial() == 7);
  f.input()["trial"] = "trial_3";
  CHECK(trial() == 3);
  f.input()["trial"] = 5;
  CHECK(trial() == 5);
  lgn::LgnOptions one;
  one.trial = 9;
  CHECK(trial(one) == 9);
  lgn::LgnOptions several;
  several.trial_count = 3;
  const auto plan = f.plan(several);
  CHECK(plan.trials == std::vector<std::uint64_t>{0, 1, 2});
  CHECK(lgn::output_directory(plan, 2).filename() == "angle45_trial7_trial2");
  f.config["output"]["spikes_h5"] = "../spikes.h5";
  CHECK_THROWS_WITH(f.plan(several), Catch::Contains("outside the output directory"));
  CHECK_NOTHROW(f.plan());
  f.config["output"]["spikes_h5"] = "sub/../spikes.h5";
  CHECK_NOTHROW(f.plan(several));
  f.input()["trial"] = -1;
  CHECK(f.refuses("/inputs/LGN_spikes/trial"));
}

TEST_CASE("the seed comes from --seed, else run.random_seed") {
  Fixture f;
  f.config["run"]["random_seed"] = 11;
  CHECK(f.plan().seed == 11);
  lgn::LgnOptions options;
  options.seed = 12;
  CHECK(f.plan(options).seed == 12);
  f.config["run"]["random_seed"] = -1;
  CHECK(f.refuses("random_seed"));
}

TEST_CASE("option -o redirects every output") {
  Fixture f;
  f.config["output"]["spikes_h5"] = "/somewhere/else/s.h5";
  lgn::LgnOptions options;
  options.output_dir = f.folder.path() / "new";
  const auto plan = f.plan(options);
  CHECK(lgn::output_path(plan, 0, *plan.output.spikes_h5) == f.folder.path() / "new" / "s.h5");
  CHECK(lgn::output_path(plan, 0, *plan.output.log_file) == f.folder.path() / "new" / "log.txt");
}

TEST_CASE("numbers of blanks in an order of images are grey") {
  Fixture f;
  lgn::write_synthetic_images({.count = 3, .rows = 16, .columns = 24}, f.folder.path() / "images.h5");
  f.input() = {{"input_type", "movie"},
               {"module", "images"},
               {"data_file", (f.folder.path() / "images.h5").string()},
               {"image_dur", 100.0},
               {"order", {2, 3, 0}}};
  CHECK(f.refuses("image 3"));
  f.input()["blank"] = 3;
  CHECK(f.complaint().empty());
  const auto plan = f.plan();
  const auto& movie = std::get<lgn::Movie>(plan.stimulus.pattern);
  const auto& runs = movie.runs;
  REQUIRE(runs.size() == 4);
  CHECK(movie.pictures.count == 2);  // image 1 is not shown
  CHECK(runs[0].picture == 1);
  CHECK(runs[1].picture == -1);
  CHECK(runs[2].picture == 0);
  f.input()["order"] = {2, -1, 0};
  CHECK(f.plan().stimulus.condition == plan.stimulus.condition);
  f.input()["order"] = {2, -2, 0};
  CHECK(f.refuses("image -2"));
}

TEST_CASE("inputs that cannot be run are refused with file and key") {
  Fixture f;
  SECTION("two inputs") {
    f.config["inputs"]["other"] = f.input();
    CHECK(f.refuses("several enabled inputs"));
    f.config["inputs"]["other"]["enabled"] = false;
    CHECK(f.complaint().empty());
  }
  SECTION("no input") {
    f.input()["enabled"] = false;
    CHECK(f.refuses("no enabled input"));
  }
  SECTION("unknown module and type") {
    f.input()["module"] = "full_field";
    CHECK(f.refuses("/inputs/LGN_spikes/module = \"full_field\""));
    f.input()["input_type"] = "audio";
    CHECK(f.refuses("/inputs/LGN_spikes/input_type"));
  }
  SECTION("contrast at its limits") {
    f.input()["contrast"] = 0;
    CHECK(f.complaint().empty());
    f.input()["contrast"] = 1;
    CHECK(f.complaint().empty());
    f.input()["contrast"] = 1.0000001;
    CHECK(f.refuses("/inputs/LGN_spikes/contrast"));
    f.input()["contrast"] = -0.0000001;
    CHECK(f.refuses("/inputs/LGN_spikes/contrast"));
  }
  SECTION("frame rate 0") {
    f.input()["frame_rate"] = 0;
    CHECK(f.refuses("/inputs/LGN_spikes/frame_rate = 0"));
  }
  SECTION("y_dir") {
    f.input()["y_dir"] = "left";
    CHECK(f.refuses("/inputs/LGN_spikes/y_dir"));
  }
  SECTION("grey") {
    f.input().erase("gray_screen_dur");
    CHECK(f.refuses("gray_screen_dur"));
    f.input()["gray_screen_dur"] = 300.1;
    CHECK(f.refuses("gray_screen_dur"));
    f.input()["gray_screen_dur"] = 300;
    CHECK(f.complaint().empty());
    f.input()["gray_screen_dur"] = -1;
    CHECK(f.refuses("gray_screen_dur"));
  }
  SECTION("tstop 0") {
    f.config["run"]["tstop"] = 0;
    CHECK(f.refuses("/run/tstop"));
  }
  SECTION("a grating cannot be cut") {
    f.input()["t_min"] = 0.1;
    CHECK(f.refuses("/inputs/LGN_spikes/t_min"));
  }
  SECTION("missing movie") {
    f.input() = {{"input_type", "movie"}, {"module", "movie"}, {"data_file", "no.npy"}, {"frame_rate", 1000}};
    CHECK_THROWS_AS(f.plan(), core::MissingFileError);
  }
  SECTION("flash without a frame rate or with t_off before t_on") {
    f.input() = {{"input_type", "movie"}, {"module", "full_field_flash"},
                 {"row_size", 8},         {"col_size", 8},
                 {"t_on", 100},           {"t_off", 200}};
    CHECK(f.refuses("frame_rate"));
    f.input()["frame_rate"] = 1000;
    CHECK(f.complaint().empty());
    f.input()["t_off"] = 100;
    CHECK(f.refuses("t_off"));
    f.input()["row_size"] = 2.5;
    CHECK(f.refuses("row_size"));
  }
  SECTION("looming beyond memory") {
    f.input() = {{"input_type", "movie"}, {"module", "looming"}, {"row_size", 500}, {"col_size", 501}};
    CHECK(f.refuses("at most 2.5e+08 pixels"));
    f.input()["t_looming"] = 0.01;
    CHECK(f.complaint().empty());
  }
  SECTION("no outputs, two of one name, unknown compression") {
    f.config["output"]["rates_h5"] = "spikes.h5";
    CHECK(f.refuses("same file"));
    f.config["output"]["rates_h5"] = "rates.h5";
    f.config["output"]["compression"] = "zip";
    CHECK(f.refuses("/output/compression"));
    f.config["output"] = {{"output_dir", "x"}};
    CHECK(f.refuses("no output file"));
  }
}

TEST_CASE("evaluation options choose frames, and separable ones may not") {
  Fixture f;
  auto& options = f.input()["evaluation_options"];
  options = {{"separable", true}, {"downsample", 1}};
  CHECK(f.plan().sampling.count == 301);
  options["downsample"] = 2;
  CHECK(f.refuses("evaluation_options"));
  options["separable"] = false;
  const auto halved = f.plan().sampling;
  CHECK(halved.step == 2);
  CHECK(halved.count == 151);
  options["t_min"] = 0.1;
  options["t_max"] = 0.2;
  const auto part = f.plan().sampling;
  CHECK(part.first == 100);
  CHECK(part.count == 51);
  options["t_min"] = 0.31;
  options["t_max"] = 5;
  CHECK(f.refuses("no frames between"));
  options["downsample"] = 0;
  CHECK(f.refuses("downsample"));
}

namespace {

/// One picture of four rows whose top row alone is white, as a picture file has it.
void write_top_heavy(const std::filesystem::path& file) {
  std::ofstream out(file, std::ios::binary);
  std::vector<double> pixels(4 * 3, -1.0);
  std::fill_n(pixels.begin(), 3, 1.0);
  out << io::npy_bytes(pixels, {1, 4, 3});
}

}  // namespace

TEST_CASE("held images stand upright: their first row is the top, where y is largest") {
  Fixture f;
  write_top_heavy(f.folder.path() / "top.npy");
  f.input() = {{"input_type", "movie"},
               {"module", "images"},
               {"data_file", (f.folder.path() / "top.npy").string()},
               {"image_dur", 300.0}};
  const auto column = [](const lgn::Stimulus& stimulus) {
    const auto pixels = lgn::frame_pixels(stimulus, 0);
    return std::vector<double>{pixels[0], pixels[3], pixels[6], pixels[9]};  // by rising y
  };
  CHECK(column(f.plan().stimulus) == std::vector<double>{-1, -1, -1, 1});
  f.input()["flip_y"] = false;
  CHECK(column(f.plan().stimulus) == std::vector<double>{1, -1, -1, -1});
  // BMTK's module keeps BMTK's rule.
  f.input().erase("flip_y");
  f.input().erase("image_dur");
  f.input()["module"] = "movie";
  f.input()["frame_rate"] = 1000;
  CHECK(column(f.plan().stimulus) == std::vector<double>{1, -1, -1, -1});
  f.input()["degrees_per_pixel"] = 0.25;
  CHECK(f.plan().stimulus.screen.row_pitch_deg == 0.25);
  CHECK(f.plan().stimulus.screen.column_pitch_deg == 0.25);
}
