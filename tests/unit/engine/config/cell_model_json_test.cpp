// SPDX-License-Identifier: BSD-3-Clause
#include "engine/config/cell_model_json.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <functional>
#include <limits>

#include "core/errors/error.hpp"
#include "engine/config/allen_glif.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace striate;
using engine::GlifParameters;
using engine::parse_glif_parameters;
using io::Json;

namespace {

void check_refused(const std::function<void(GlifParameters&)>& damage) {
  GlifParameters parameters;
  damage(parameters);
  CHECK_THROWS_AS(engine::validate(parameters, "cell.json"), core::ConfigError);
}

void check_accepted(const std::function<void(GlifParameters&)>& change) {
  GlifParameters parameters;
  change(parameters);
  CHECK_NOTHROW(engine::validate(parameters, "cell.json"));
}

Json allen_cell() {
  return Json::parse(R"({
    "type": "GLIF", "El": 0.002, "El_reference": -0.075, "th_inf": 0.025, "R_input": 2e8, "C": 6e-11,
    "spike_cut_length": 40, "dt": 5e-05, "init_voltage": 0.0,
    "coeffs": {"th_inf": 1.2, "G": 1.5, "C": 0.5, "a": 2.0, "b": 3.0, "asc_amp_array": [1.0, 0.5]},
    "asc_tau_array": [0.01, 0.1], "asc_amp_array": [-1e-11, -2e-10], "init_AScurrents": [0.0, 0.0],
    "threshold_dynamics_method": {"name": "three_components_exact",
      "params": {"a_spike": 0.004, "b_spike": 90.0, "a_voltage": 5.0, "b_voltage": 40.0}},
    "voltage_reset_method": {"name": "v_before", "params": {"a": 0.3, "b": 0.018}}
  })");
}

}  // namespace

TEST_CASE("an empty object keeps NEST's defaults") {
  const auto p = parse_glif_parameters(Json::object(), "cell.json");
  CHECK(p == GlifParameters{});
  CHECK(p.V_m == -78.85);
  CHECK(p.tau_syn_fast == std::vector<double>{2.0});
}

TEST_CASE("every key reaches its place") {
  const auto json = Json::parse(R"({
    "V_m": -71.5, "V_th": -50.5, "g": 8.5, "E_L": -70.5, "C_m": 54.5, "t_ref": 1.5, "V_reset": -72.5,
    "asc_init": [1.0, 2.0], "asc_decay": [0.2, 0.3], "asc_amps": [-11.0, 24], "asc_r": [0.5, 0.25],
    "ASCurrents": [3.0, 4.0],
    "spike_dependent_threshold": true, "after_spike_currents": true, "adapting_threshold": true,
    "th_spike_add": 0.5, "th_spike_decay": 0.01, "voltage_reset_fraction": 0.4, "voltage_reset_add": 17.0,
    "th_voltage_index": 0.006, "th_voltage_decay": 0.08,
    "tau_syn_fast": [1.5, 1.0], "tau_syn_slow": [3.5, 5.0], "amp_slow": [0.5, 0.25]})");
  const auto p = parse_glif_parameters(json, "cell.json");
  CHECK(p.V_m == -71.5);
  CHECK(p.V_th == -50.5);
  CHECK(p.g == 8.5);
  CHECK(p.E_L == -70.5);
  CHECK(p.C_m == 54.5);
  CHECK(p.t_ref == 1.5);
  CHECK(p.V_reset == -72.5);
  CHECK(p.asc_decay == std::vector{0.2, 0.3});
  CHECK(p.asc_amps == std::vector{-11.0, 24.0});
  CHECK(p.asc_r == std::vector{0.5, 0.25});
  CHECK(p.asc_initial == std::vector{3.0, 4.0});
  CHECK((p.spike_dependent_threshold && p.after_spike_currents && p.adapting_threshold));
  CHECK(p.th_spike_add == 0.5);
  CHECK(p.th_spike_decay == 0.01);
  CHECK(p.voltage_reset_fraction == 0.4);
  CHECK(p.voltage_reset_add == 17.0);
  CHECK(p.th_voltage_index == 0.006);
  CHECK(p.th_voltage_decay == 0.08);
  CHECK(p.tau_syn_fast == std::vector{1.5, 1.0});
  CHECK(p.tau_syn_slow == std::vector{3.5, 5.0});
  CHECK(p.amp_slow == std::vector{0.5, 0.25});
}

TEST_CASE("a resting potential alone leaves the initial potential at its absolute default") {
  const auto p = parse_glif_parameters(Json{{"E_L", -70.0}}, "cell.json");
  CHECK(p.E_L == -70.0);
  CHECK(p.V_m == -78.85);
}

TEST_CASE("asc_init is accepted and never used") {
  const auto p = parse_glif_parameters(Json{{"asc_init", {5.0, 6.0}}}, "cell.json");
  CHECK(p.asc_initial.empty());
}

TEST_CASE("keys that the model lacks, and values of the wrong type, are refused") {
  for (const auto* text : {R"({"tau_syn": [2.0]})", R"({"g": "9.4"})", R"({"g": null})", R"({"g": [9.4]})",
                           R"({"asc_decay": 0.1})", R"({"asc_decay": [0.1, "x"]})", R"({"asc_init": 0.0})",
                           R"({"after_spike_currents": 1})", R"([1, 2])", R"({"amp_slow": [-0.1]})",
                           R"({"amp_slow": [-1e-300]})"}) {
    INFO(text);
    CHECK_THROWS_AS(parse_glif_parameters(Json::parse(text), "cell.json"), core::ConfigError);
  }
  CHECK_THROWS_WITH(parse_glif_parameters(Json{{"tau_syn", 2.0}}, "cell.json"),
                    Catch::Contains("cell.json:/tau_syn"));
  CHECK_THROWS_WITH(parse_glif_parameters(allen_cell(), "cell.json"), Catch::Contains("raw Allen"));
}

TEST_CASE("an exact zero of amp_slow is a single alpha function") {
  CHECK(parse_glif_parameters(Json{{"amp_slow", {0.0}}}, "cell.json").amp_slow == std::vector{0.0});
}

TEST_CASE("glif_psc has one time constant per receptor, and the other keys of the double model") {
  using engine::NestModel;
  const auto parse = [](const Json& json) {
    return parse_glif_parameters(json, "cell.json", NestModel::glif_psc);
  };
  const auto p = parse({{"tau_syn", {2.5, 0.5}}, {"g", 5.0}, {"after_spike_currents", true}});
  CHECK(p.tau_syn_fast == std::vector{2.5, 0.5});
  CHECK(p.tau_syn_slow == p.tau_syn_fast);
  CHECK(p.amp_slow == std::vector{0.0, 0.0});
  CHECK(p.g == 5.0);
  CHECK(p.after_spike_currents);
  CHECK(parse(Json::object()).tau_syn_fast == std::vector{2.0});
  CHECK(parse(Json::object()).amp_slow == std::vector{0.0});
  CHECK(engine::read_glif_parameters("", "nest:glif_psc", "type 1") == parse(Json::object()));
  CHECK(engine::glif_parameters({{"tau_syn", {2.5}}}, "nest:glif_psc", "cell.json").tau_syn_fast ==
        std::vector{2.5});

  for (const char* key : {"tau_syn_fast", "tau_syn_slow", "amp_slow"})
    CHECK_THROWS_WITH(parse({{key, {2.0}}}), Catch::Contains("cell.json:/" + std::string(key)) &&
                                                 Catch::Contains("glif_psc_double_alpha has"));
  CHECK_THROWS_WITH(parse_glif_parameters({{"tau_syn", {2.0}}}, "cell.json"),
                    Catch::Contains("glif_psc has") && Catch::Contains("model_template"));
  for (const Json& bad : {Json(2.0), Json{0.0}, Json{-1.0}, Json{"2"}, Json::array()})
    CHECK_THROWS_AS(parse({{"tau_syn", bad}}), core::ConfigError);
}

TEST_CASE("five combinations of mechanisms are legal") {
  for (int bits = 0; bits < 8; ++bits) {
    GlifParameters p;
    p.spike_dependent_threshold = (bits & 1) != 0;
    p.after_spike_currents = (bits & 2) != 0;
    p.adapting_threshold = (bits & 4) != 0;
    INFO(bits);
    const bool legal = bits < 4 || bits == 7;
    if (legal)
      CHECK_NOTHROW(engine::validate(p, "cell.json"));
    else
      CHECK_THROWS_AS(engine::validate(p, "cell.json"), core::ConfigError);
  }
}

TEST_CASE("membrane parameters are checked at their limits") {
  check_refused([](auto& p) { p.V_reset = p.V_th; });
  check_accepted([](auto& p) { p.V_reset = std::nextafter(p.V_th, -100.0); });
  check_refused([](auto& p) { p.C_m = 0.0; });
  check_refused([](auto& p) { p.g = 0.0; });
  check_refused([](auto& p) { p.t_ref = 0.0; });
  check_accepted([](auto& p) { p.t_ref = 1e-9; });
  check_refused([](auto& p) { p.C_m = 1e300, p.g = 1e-300; });
  check_refused([](auto& p) { p.C_m = 1e-310; });
}

TEST_CASE("numbers that are not finite are refused everywhere") {
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    for (auto member : {&GlifParameters::C_m, &GlifParameters::g, &GlifParameters::E_L, &GlifParameters::V_th,
                        &GlifParameters::V_reset, &GlifParameters::t_ref, &GlifParameters::V_m,
                        &GlifParameters::th_spike_add, &GlifParameters::th_spike_decay,
                        &GlifParameters::voltage_reset_fraction, &GlifParameters::voltage_reset_add,
                        &GlifParameters::th_voltage_index, &GlifParameters::th_voltage_decay})
      check_refused([&](auto& p) { p.*member = bad; });
    for (auto member :
         {&GlifParameters::asc_decay, &GlifParameters::asc_amps, &GlifParameters::asc_r,
          &GlifParameters::tau_syn_fast, &GlifParameters::tau_syn_slow, &GlifParameters::amp_slow})
      check_refused([&](auto& p) { (p.*member).back() = bad; });
    check_refused([&](auto& p) { p.asc_initial = {0.0, bad}; });
  }
}

TEST_CASE("synapse arrays have one positive value per receptor") {
  check_refused([](auto& p) { p.tau_syn_fast = {1.0, 2.0}; });
  check_refused([](auto& p) { p.tau_syn_slow = {1.0, 2.0}; });
  check_refused([](auto& p) { p.amp_slow = {1.0, 2.0}; });
  check_refused([](auto& p) { p.tau_syn_fast = p.tau_syn_slow = p.amp_slow = {}; });
  check_refused([](auto& p) { p.tau_syn_fast = {0.0}; });
  check_refused([](auto& p) { p.tau_syn_slow = {0.0}; });
  check_refused([](auto& p) { p.amp_slow = {-0.1}; });
  check_refused([](auto& p) { p.tau_syn_fast = p.tau_syn_slow = p.amp_slow = std::vector(65536, 1.0); });
  check_accepted([](auto& p) { p.tau_syn_fast = p.tau_syn_slow = p.amp_slow = std::vector(65535, 1.0); });
  check_accepted([](auto& p) { p.tau_syn_fast = p.tau_syn_slow = p.amp_slow = std::vector(10, 1.0); });
}

TEST_CASE("after-spike currents are checked when they are on") {
  const auto with = [](auto change) {
    return [change](GlifParameters& p) {
      p.after_spike_currents = true;
      change(p);
    };
  };
  const auto resize = [](GlifParameters& p, std::size_t count) {
    p.asc_decay = p.asc_amps = p.asc_r = std::vector(count, 0.5);
  };
  check_accepted(with([&](auto& p) { resize(p, 1); }));
  check_accepted(with([&](auto& p) { resize(p, 2); }));
  check_refused(with([&](auto& p) { resize(p, 0); }));
  check_refused(with([&](auto& p) { resize(p, 3); }));
  check_refused(with([](auto& p) { p.asc_r = {1.0}; }));
  check_refused(with([](auto& p) { p.asc_amps = {1.0}; }));
  check_refused(with([](auto& p) { p.asc_decay = {0.1, 0.0}; }));
  check_refused(with([](auto& p) { p.asc_r = {1.0, std::nextafter(1.0, 2.0)}; }));
  check_refused(with([](auto& p) { p.asc_r = {-1e-300, 1.0}; }));
  check_accepted(with([](auto& p) { p.asc_r = {0.0, 1.0}; }));
  check_refused(with([](auto& p) { p.asc_initial = {1.0}; }));
  check_accepted(with([](auto& p) { p.asc_initial = {1.0, 2.0}; }));
  check_accepted([](auto& p) { p.asc_r = {2.0}; });  // off: not looked at, as in NEST
}

TEST_CASE("threshold parameters are checked when they are on") {
  check_refused([](auto& p) { p.spike_dependent_threshold = true, p.th_spike_decay = 0.0; });
  check_refused([](auto& p) { p.spike_dependent_threshold = true, p.voltage_reset_fraction = 1.0000001; });
  check_refused([](auto& p) { p.spike_dependent_threshold = true, p.voltage_reset_fraction = -1e-9; });
  check_accepted([](auto& p) { p.spike_dependent_threshold = true, p.voltage_reset_fraction = 1.0; });
  check_accepted([](auto& p) { p.th_spike_decay = 0.0; });
  const auto all_on = [](GlifParameters& p) {
    p.spike_dependent_threshold = p.after_spike_currents = p.adapting_threshold = true;
  };
  check_refused([&](auto& p) { all_on(p), p.th_voltage_decay = 0.0; });
  check_refused([&](auto& p) { all_on(p), p.th_voltage_decay = p.g / p.C_m; });
  check_accepted([&](auto& p) { all_on(p), p.th_voltage_decay = 2.0 * p.g / p.C_m; });
}

TEST_CASE("raw Allen files are converted to NEST's units") {
  const auto variant = engine::allen_variant("glif_lif_r_asc_a_psc");
  REQUIRE(variant);
  const auto p = engine::convert_allen_glif(allen_cell(), *variant, "cell.json");
  CHECK((p.spike_dependent_threshold && p.after_spike_currents && p.adapting_threshold));
  CHECK(p.E_L == Approx(-73.0));
  CHECK(p.V_m == p.E_L);
  CHECK(p.V_reset == Approx(-75.0));
  CHECK(p.V_th == Approx(-45.0));
  CHECK(p.g == Approx(7.5));
  CHECK(p.C_m == Approx(30.0));
  CHECK(p.t_ref == Approx(2.0));
  CHECK(p.asc_decay[0] == Approx(0.1));
  CHECK(p.asc_decay[1] == Approx(0.01));
  CHECK(p.asc_amps[0] == Approx(-10.0));
  CHECK(p.asc_amps[1] == Approx(-100.0));
  CHECK(p.asc_r == std::vector{1.0, 1.0});
  CHECK(p.th_spike_add == Approx(4.0));
  CHECK(p.th_spike_decay == Approx(0.09));
  CHECK(p.voltage_reset_fraction == 0.3);
  CHECK(p.voltage_reset_add == Approx(18.0));
  CHECK(p.th_voltage_index == Approx(0.01));
  CHECK(p.th_voltage_decay == Approx(0.12));
  CHECK(p.tau_syn_fast == std::vector{5.5, 8.5, 2.8, 5.8});
  CHECK(p.amp_slow == std::vector(4, 0.0));
}

TEST_CASE("a converted file needs only what its variant uses") {
  auto json = allen_cell();
  json.erase("asc_tau_array");
  json.erase("voltage_reset_method");
  const auto plain = engine::convert_allen_glif(json, *engine::allen_variant("glif_lif_psc"), "cell.json");
  CHECK_FALSE(plain.after_spike_currents);
  CHECK_THROWS_WITH(engine::convert_allen_glif(json, *engine::allen_variant("glif_lif_asc_psc"), "cell.json"),
                    Catch::Contains("cell.json:/asc_tau"));
  CHECK_THROWS_WITH(engine::convert_allen_glif(json, *engine::allen_variant("glif_lif_r_psc"), "cell.json"),
                    Catch::Contains("voltage_reset_method"));
  CHECK_FALSE(engine::allen_variant("glif_lif_a_psc"));
  CHECK_FALSE(engine::allen_variant("glif_psc_double_alpha"));
}

TEST_CASE("damaged raw Allen files are refused") {
  const auto refuse = [](const std::function<void(Json&)>& damage) {
    auto json = allen_cell();
    damage(json);
    CHECK_THROWS_AS(engine::convert_allen_glif(json, {true, true, true}, "cell.json"), core::ConfigError);
  };
  refuse([](auto& j) { j["type"] = "LIF"; });
  refuse([](auto& j) { j.erase("type"); });
  refuse([](auto& j) { j["R_input"] = 0.0; });
  refuse([](auto& j) { j["coeffs"] = 1; });
  refuse([](auto& j) { j["coeffs"]["asc_amp_array"] = {1.0}; });
  refuse([](auto& j) { j["asc_tau_array"] = {0.01}; });
  refuse([](auto& j) { j["asc_tau_array"] = {0.01, 0.0}; });
  refuse([](auto& j) { j["asc_tau_array"] = {0.01, "x"}; });
  refuse([](auto& j) { j["dt"] = "fast"; });
  refuse([](auto& j) { j = Json::array(); });
}

TEST_CASE("the model template decides how a file is read") {
  const test::TemporaryFolder folder;
  const auto raw = folder.path() / "raw.json", nest = folder.path() / "nest.json";
  std::ofstream(raw) << allen_cell();
  std::ofstream(nest) << R"({"g": 5.0})";
  CHECK(engine::read_glif_parameters(nest, "nest:glif_psc_double_alpha", "type 1").g == 5.0);
  CHECK(engine::read_glif_parameters(raw, "nest:glif_lif_asc_psc", "type 1").g == Approx(7.5));
  CHECK(engine::read_glif_parameters("", "nest:glif_psc_double_alpha", "type 1") == GlifParameters{});
  CHECK_THROWS_AS(engine::read_glif_parameters("", "nest:glif_lif_psc", "type 1"), core::ConfigError);
  CHECK_THROWS_AS(engine::read_glif_parameters(raw, "nest:glif_psc_double_alpha", "type 1"),
                  core::ConfigError);
  CHECK_THROWS_AS(engine::read_glif_parameters(nest, "nest:glif_lif_psc", "type 1"), core::ConfigError);
  for (const char* other : {"nest:iaf_psc_alpha", "nest:glif_cond", "nest:glif_psc_", "glif"})
    CHECK_THROWS_WITH(engine::read_glif_parameters(nest, other, "type 1"),
                      Catch::Contains("nest:glif_psc_double_alpha or nest:glif_psc,") &&
                          Catch::Contains("nest:glif_lif[_r][_asc][_a]_psc"));
  CHECK_THROWS_WITH(engine::read_glif_parameters(nest, "", "type 1"), Catch::Contains("type 1"));
  CHECK_THROWS_AS(engine::read_glif_parameters(folder.path() / "no.json", "nest:glif_lif_psc", "type 1"),
                  core::MissingFileError);
}
