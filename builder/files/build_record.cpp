// SPDX-License-Identifier: BSD-3-Clause
#include "builder/files/build_record.hpp"

#include <algorithm>

#include "builder/spec/resolved.hpp"
#include "core/errors/error.hpp"
#include "core/network_paths.hpp"
#include "core/run/run_facts.hpp"
#include "core/run/version.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::builder {
namespace {

io::Json made_by(const NetworkSpec& spec, const core::Comm& comm) {
  const auto facts = core::run_facts(comm);
  return {{"name", spec.name},        {"program", core::program_label()},
          {"command", facts.command}, {"host", facts.host},
          {"ranks", facts.ranks},     {"date", facts.date}};
}

/// Run ids of the network's parts as far as they are known.
std::vector<std::pair<std::string, std::string>> known_ids(const std::filesystem::path& base,
                                                           const std::optional<io::Manifest>& before) {
  std::vector<std::pair<std::string, std::string>> ids;
  const core::NetworkPaths paths{base};
  for (const std::string part : {core::v1_population, core::lgn_population, core::background_population}) {
    if (before && before->parts.contains(part))
      ids.emplace_back(part, before->parts.at(part).attributes.run_id);
    else if (!before && io::is_there(paths.nodes(part)))
      ids.emplace_back(part, io::run_id_of(paths.nodes(part)));
  }
  return ids;
}

}  // namespace

io::RunAttributes attributes_of(const NetworkSpec& spec, bool source_index) {
  return {.scheme = generator_scheme(spec),
          .seed = spec.seed,
          .config_hash = spec.resolved.hash,
          .run_id = run_id(spec, source_index)};
}

io::Manifest manifest_with(const std::optional<io::Manifest>& before, const std::vector<std::string>& parts,
                           const NetworkSpec& spec, const io::RunAttributes& attributes,
                           const core::Comm& comm) {
  io::Manifest manifest = before.value_or(io::Manifest{});
  for (const auto& part : parts)
    manifest.parts[part] = {.attributes = attributes, .made = made_by(spec, comm)};
  manifest.configurations[attributes.config_hash] =
      spec.resolved.json.empty() ? io::Json::object() : io::Json::parse(spec.resolved.json);
  std::erase_if(manifest.configurations, [&](const auto& entry) {
    return std::ranges::none_of(
        manifest.parts, [&](const auto& part) { return part.second.attributes.config_hash == entry.first; });
  });
  return manifest;
}

void refuse_mixture(const std::filesystem::path& base, const std::optional<io::Manifest>& before,
                    const std::vector<std::string>& parts, const io::RunAttributes& attributes,
                    Mixture mixture) {
  const auto is_made = [&](const std::string& part) { return std::ranges::find(parts, part) != parts.end(); };
  for (const auto& [part, id] : known_ids(base, before)) {
    if (is_made(part) || id.empty() || id == attributes.run_id) continue;
    const auto text = fmt::format(
        "{} has a part {} of another network (run id {}; with these options, seed {}, it would be {})", base,
        part, id, attributes.seed.value_or(0), attributes.run_id);
    if (is_made(core::v1_population))
      throw core::ConfigError("{} build all parts, as edges of one network do not fit cells of another",
                              text);
    if (mixture == Mixture::refuse)
      throw core::ConfigError(
          "{} give the options that it was built with, build all parts, or let parts differ with --mixed",
          text);
  }
}

}  // namespace striate::builder
