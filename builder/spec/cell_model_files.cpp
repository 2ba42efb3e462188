// SPDX-License-Identifier: BSD-3-Clause
#include "builder/spec/cell_model_files.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/errors/error.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::builder {
namespace {

using nlohmann::json;

bool parse_id(const std::string& text, std::uint64_t& id) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  return error == std::errc{} && end == text.data() + text.size();
}

double number_at(const json& document, const std::string& pointer, const std::filesystem::path& path) {
  const json::json_pointer place(pointer);
  if (!document.contains(place))
    throw core::FormatError("no value {}:{} (a GLIF3 model needs it)", path, pointer);
  const json& value = document.at(place);
  if (!value.is_number() || !std::isfinite(value.get<double>()))
    throw core::FormatError("invalid {}:{} (must be a finite number)", path, pointer);
  return value.get<double>();
}

void check(const GlifModel& glif, const std::filesystem::path& path) {
  if (glif.C_m <= 0 || glif.g <= 0 || glif.t_ref <= 0 || glif.asc_decay[0] <= 0 || glif.asc_decay[1] <= 0)
    throw core::FormatError(
        "invalid cell model {} (capacitance, conductance, refractory time and decay rates must be above 0)",
        path);
  if (glif.V_reset >= glif.V_th)
    throw core::FormatError("invalid cell model {} (V_reset={} must be below V_th={})", path, glif.V_reset,
                            glif.V_th);
}

/// Allen's files are in SI units and relative to El_reference.
GlifModel from_allen(const json& document, const std::filesystem::path& path) {
  const auto at = [&](const std::string& pointer) { return number_at(document, pointer, path); };
  GlifModel glif;
  const double reference_mV = at("/El_reference") * 1e3;
  glif.E_L = at("/El") * 1e3 + reference_mV;
  glif.V_th = at("/coeffs/th_inf") * at("/th_inf") * 1e3 + reference_mV;
  glif.V_reset = reference_mV;
  glif.g = at("/coeffs/G") / at("/R_input") * 1e9;
  glif.C_m = at("/coeffs/C") * at("/C") * 1e12;
  glif.t_ref = at("/spike_cut_length") * at("/dt") * 1e3;
  for (int i = 0; i < 2; ++i) {
    const auto index = "/" + std::to_string(i);
    glif.asc_decay[i] = 1 / at("/asc_tau_array" + index) * 1e-3;
    glif.asc_amps[i] = at("/asc_amp_array" + index) * at("/coeffs/asc_amp_array" + index) * 1e12;
  }
  return glif;
}

GlifModel from_nest(const json& document, const std::filesystem::path& path) {
  const auto at = [&](const std::string& pointer) { return number_at(document, pointer, path); };
  GlifModel glif;
  glif.E_L = at("/E_L");
  glif.V_th = at("/V_th");
  glif.V_reset = at("/V_reset");
  glif.g = at("/g");
  glif.C_m = at("/C_m");
  glif.t_ref = at("/t_ref");
  for (int i = 0; i < 2; ++i) {
    const auto index = "/" + std::to_string(i);
    glif.asc_decay[i] = at("/asc_decay" + index);
    glif.asc_amps[i] = at("/asc_amps" + index);
  }
  return glif;
}

}  // namespace

std::vector<CellModelFile> find_cell_model_files(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::vector<CellModelFile> files;
  if (folder.empty()) return files;
  if (!fs::is_directory(folder))
    throw core::MissingFileError("no folder {} (--cell-models names it) give the folder of your cell models",
                                 folder);
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    std::uint64_t id = 0;
    for (const std::string suffix : {"_glif_lif_asc_config.json", "_neuron_config.json"})
      if (name.ends_with(suffix) && parse_id(name.substr(0, name.size() - suffix.size()), id))
        files.push_back({id, entry.path()});
    if (entry.is_directory() && parse_id(name, id) && fs::exists(entry.path() / "neuron_config.json"))
      files.push_back({id, entry.path() / "neuron_config.json"});
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
    return a.model_id != b.model_id ? a.model_id < b.model_id : a.path < b.path;
  });
  for (std::size_t i = 1; i < files.size(); ++i)
    if (files[i].model_id == files[i - 1].model_id)
      throw core::ConfigError("two files for cell model {} ({} and {}) keep one", files[i].model_id,
                              files[i - 1].path, files[i].path);
  if (files.empty())
    throw core::ConfigError(
        "no cell models in {} (looked for ID_glif_lif_asc_config.json, ID_neuron_config.json and "
        "ID/neuron_config.json)",
        folder);
  return files;
}

GlifModel read_cell_model_file(const std::filesystem::path& path) {
  const json document = json::parse(io::read_text_file(path, "it holds a cell model"), nullptr, false, true);
  if (document.is_discarded() || !document.is_object())
    throw core::FormatError("{} is not a JSON object (a cell model must be one)", path);
  const bool allen = document.contains("El_reference");
  const GlifModel glif = allen ? from_allen(document, path) : from_nest(document, path);
  check(glif, path);
  return glif;
}

}  // namespace striate::builder
