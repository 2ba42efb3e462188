// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/check_lgn.hpp"

#include "io/sonata/nodes.hpp"
#include "lgn/filters/lgn_cells.hpp"
#include "lgn/lgn_config.hpp"

namespace striate::lgn {

void check_config(const io::SonataConfig& config, core::Problems& problems) {
  std::optional<LgnPlan> plan;
  core::attempt(&problems, [&] { plan = make_plan(config, {}); });
  if (!plan) return;
  problems.note(
      fmt::format("stimulus: {}, {:g} ms", plan->stimulus.description, duration_ms(plan->stimulus)));
  core::attempt(&problems, [&] {
    for (const auto& population : io::read_node_populations(plan->nodes))
      core::attempt(&problems, [&] {
        const Cells cells = make_cells(population, plan->filter_models_dir);
        if (const auto view = field_of_view(cells))
          problems.note(describe(cells, *view, plan->stimulus.screen));
      });
  });
}

}  // namespace striate::lgn
