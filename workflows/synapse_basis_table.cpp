// SPDX-License-Identifier: BSD-3-Clause
#include "workflows/synapse_basis_table.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "engine/network/edges/receptor_ports.hpp"
#include "interventions/background_tuning.hpp"
#include "io/sonata/type_table.hpp"
#include "io/text/atomic_file.hpp"
#include "io/text/npy.hpp"
#include "metrics/base/output.hpp"
#include "training/model/synapse_basis.hpp"
#include "workflows/cell_models.hpp"

namespace striate::workflows {
namespace {

namespace fs = std::filesystem;

struct DoubleAlpha {
  double tau_fast_ms = 0, tau_slow_ms = 0, amp_slow = 0;
  auto operator<=>(const DoubleAlpha&) const = default;
};
/// By the name of their parameter file: "e23_to_pv".
using Synapses = std::map<std::string, DoubleAlpha>;

Synapses read_synapses(const fs::path& base) {
  const core::NetworkPaths paths{base};
  std::map<std::uint64_t, engine::GlifParameters> models;
  for (auto& model : read_cell_models(base, paths.cell_models()))
    models.emplace(model.id, std::move(model.parameters));
  engine::ReceptorPorts ports(paths.synaptic_models());
  Synapses synapses;
  for (const char* source : {core::v1_population, core::lgn_population, core::background_population}) {
    const auto types = io::TypeTable::read(paths.edge_types(source), "edge_type_id");
    for (std::size_t row = 0; row < types.size(); ++row) {
      const auto where = fmt::format("edge_type_id {} in {}", types.ids()[row], types.path());
      const auto file = types.text(row, "dynamics_params");
      if (!file) throw core::FormatError("no dynamics_params of {} (the synapse's name is wanted)", where);
      const auto target = interventions::target_type(types, row);
      const auto model = models.find(target);
      if (model == models.end())
        throw core::FormatError("{} ends at node_type_id {} (which {} does not have)", where, target,
                                paths.node_types(core::v1_population));
      const auto port = ports.find(std::string(*file), where);
      const auto& cell = model->second;
      if (port >= cell.tau_syn_fast.size())
        throw core::FormatError("{} ends at receptor {} (node_type_id {} has {})", where, port + 1, target,
                                cell.tau_syn_fast.size());
      const DoubleAlpha shape{cell.tau_syn_fast[port], cell.tau_syn_slow[port], cell.amp_slow[port]};
      const auto name = fs::path(*file).stem().string();
      if (const auto [known, is_new] = synapses.emplace(name, shape); !is_new && known->second != shape)
        throw core::FormatError("synapses {} differ between cell models ({} and another) rename one kind",
                                name, target);
    }
  }
  return synapses;
}

metrics::Table shapes_table(const std::vector<DoubleAlpha>& shapes) {
  std::vector<double> fast, slow, amplitude;
  for (const auto& shape : shapes) {
    fast.push_back(shape.tau_fast_ms);
    slow.push_back(shape.tau_slow_ms);
    amplitude.push_back(shape.amp_slow);
  }
  return {{{"tau_syn_fast", std::move(fast)},
           {"tau_syn_slow", std::move(slow)},
           {"amp_slow", std::move(amplitude)}}};
}

metrics::Table weights_table(const std::vector<DoubleAlpha>& shapes) {
  std::array<std::vector<double>, training::basis_count> weights;
  for (const auto& shape : shapes) {
    const auto fit = training::fit_basis(shape.tau_fast_ms, shape.tau_slow_ms, shape.amp_slow);
    for (std::size_t k = 0; k < fit.size(); ++k) weights[k].push_back(fit[k]);
  }
  metrics::Table table;
  for (std::size_t k = 0; k < weights.size(); ++k)
    table.columns.push_back({fmt::format("w{}", k), std::move(weights[k])});
  return table;
}

metrics::Table named(metrics::Table table, std::vector<std::string> names) {
  table.columns.insert(table.columns.begin(), {"synapse", std::move(names)});
  return table;
}

}  // namespace

std::vector<fs::path> run_synapse_basis(const core::Call& call, const core::Comm& world) {
  const auto base = call.base();
  const auto folder = metrics::path_if(call.values, "output_dir").value_or(base / "tf_props");
  std::vector<fs::path> files;
  for (const fs::path name : synapse_basis_files) files.push_back(folder / name.filename());
  if (!world.is_root()) return files;
  std::vector<std::string> names;
  std::vector<DoubleAlpha> all, distinct;
  for (const auto& [name, shape] : read_synapses(base)) {
    names.push_back(name);
    all.push_back(shape);
    if (std::ranges::find(distinct, shape) == distinct.end()) distinct.push_back(shape);
  }
  metrics::Provenance provenance{.kind = "synapse-basis", .inputs = {}, .options = {}};
  for (const auto* file : synapse_basis_reads) provenance.inputs.push_back((base / file).string());
  metrics::write_csv(files[0], shapes_table(distinct), ' ', provenance);
  metrics::write_csv(files[1], named(shapes_table(all), names), ' ', provenance);
  metrics::write_csv(files[2], named(weights_table(all), names), ',', provenance);
  io::write_text_file(
      files[3], io::npy_bytes(std::span<const double>(training::basis_tau_ms), {training::basis_count}));
  metrics::write_provenance(files[3], provenance);
  return files;
}

}  // namespace striate::workflows
