// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/jobs/site.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "io/text/config_reader.hpp"

namespace striate::slurm {
namespace {

using io::ConfigNode;
using io::ConfigSection;
using io::Diagnostics;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_made_of(const std::string& text, std::string_view marks) {
  return !text.empty() && text.front() != '-' && std::ranges::all_of(text, [&](char c) {
    return is_letter(c) || is_digit(c) || marks.find(c) != std::string_view::npos;
  });
}

bool has_control_character(const std::string& text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

constexpr std::string_view name_marks = "._-+/:@,";
/// Of sbatch: features joined by & | * and in brackets. sbatch reads quotes, blanks, \ and # in a way of its
/// own, so those are out.
constexpr std::string_view expression_marks = "._-+/:@,=%&|!*[]()";

/// Options that every script sets by itself; a second one would win silently.
constexpr std::array own_options{"--array",         "--job-name", "--output",   "--error",
                                 "--chdir",         "--nodes",    "--ntasks",   "--ntasks-per-node",
                                 "--cpus-per-task", "--mem",      "--time",     "--dependency",
                                 "--signal",        "--wrap",     "--parsable", "--export",
                                 "--partition",     "--account",  "--qos",      "--constraint"};

class SiteReader {
 public:
  SiteReader(const ConfigNode& tree, Diagnostics& diagnostics)
      : root_(tree, "", diagnostics), diagnostics_(diagnostics) {}

  Site read() {
    Site site;
    static const std::array<std::string, 2> launchers{"mpirun", "srun"};
    if (needs("description")) root_.text("description");
    if (needs("launcher"))
      site.launcher = root_.choice("launcher", launchers) == "srun" ? Launcher::srun : Launcher::mpirun;
    if (needs("node")) {
      auto node = root_.section("node");
      site.node_cores = static_cast<int>(node.integer("cores", 1, 4096));
      site.node_memory_gb = node.number("memory_gb", {.min = 0.1, .max = 1e5});
    }
    if (needs("longest_hours"))
      site.longest_hours = root_.number("longest_hours", {.min = 0, .max = 10000, .min_open = true});
    if (needs("max_array_size"))
      site.max_array_size = static_cast<int>(root_.integer("max_array_size", 2, 4'000'001));
    if (needs("throttle")) site.throttle = static_cast<int>(root_.integer("throttle", 0, 1'000'000));
    site.partition = word("partition", name_marks);
    site.account = word("account", name_marks);
    site.qos = word("qos", name_marks);
    site.constraint = word("constraint", expression_marks);
    for (const auto* node : list("modules"))
      if (checked(*node, is_made_of(node->text, name_marks), "modules",
                  "the name of a module, such as gcc/12.2"))
        site.modules.push_back(node->text);
    for (const auto* node : list("source"))
      if (checked(*node, is_path(node->text), "source", "a file, absolute"))
        site.sources.push_back(node->text);
    for (const auto* node : list("launcher_options"))
      if (checked(*node, !has_control_character(node->text), "launcher_options", "one word for the launcher"))
        site.launcher_options.push_back(node->text);
    read_sbatch(site);
    read_environment(site);
    if (root_.has("program")) {
      site.program = root_.text("program");
      checked(root_.require("program"), is_path(*site.program), "program", "a file, absolute");
    }
    return site;
  }

 private:
  bool needs(const char* key) {
    if (root_.has(key)) return true;
    diagnostics_.report(root_.position(), "missing key '{}' (a site needs it) begin with 'extends: default'",
                        key);
    return false;
  }

  bool checked(const ConfigNode& node, bool fine, const char* key, const char* wanted) {
    if (!fine) diagnostics_.report(node.position, "invalid {}='{}' (must be {})", key, node.text, wanted);
    return fine;
  }

  static bool is_path(const std::string& text) {
    return text.starts_with('/') && !has_control_character(text);
  }

  std::optional<std::string> word(const char* key, std::string_view marks) {
    if (!root_.has(key)) return std::nullopt;
    auto text = root_.text(key);
    if (!text.empty() && !is_made_of(text, marks))
      diagnostics_.report(root_.require(key).position, "invalid {}='{}' (letters, digits and {} only)", key,
                          text, marks);
    return text;
  }

  /// The scalars of a list that may be absent.
  std::vector<const ConfigNode*> list(const char* key) {
    std::vector<const ConfigNode*> items;
    if (!root_.has(key)) return items;
    const auto& node = root_.require(key);
    if (node.kind != ConfigNode::Kind::list)
      diagnostics_.report(node.position, "invalid {} (must be a list)", key);
    for (const auto& item : node.items)
      if (item.kind == ConfigNode::Kind::scalar && !item.text.empty())
        items.push_back(&item);
      else
        diagnostics_.report(item.position, "invalid value of {} (must be a word)", key);
    return items;
  }

  void read_sbatch(Site& site) {
    for (const auto* node : list("sbatch")) {
      const auto& text = node->text;
      const auto option = text.substr(0, text.find('='));
      if (!text.starts_with("--") || !is_made_of(text.substr(2), expression_marks))
        diagnostics_.report(
            node->position,
            "invalid sbatch='{}' (one long option, --NAME or --NAME=VALUE, of letters, digits and {})", text,
            expression_marks);
      else if (std::ranges::find(own_options, option) != own_options.end())
        diagnostics_.report(node->position, "invalid sbatch='{}' (Striate writes {} itself)", text, option);
      else
        site.sbatch.push_back(text);
    }
  }

  void read_environment(Site& site) {
    if (!root_.has("environment")) return;
    const auto& node = root_.require("environment");
    if (node.kind != ConfigNode::Kind::map)
      diagnostics_.report(node.position, "invalid environment (must be a map of names to values)");
    for (const auto& entry : node.entries) {
      const bool is_name =
          !entry.key.empty() && !is_digit(entry.key.front()) &&
          std::ranges::all_of(entry.key, [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
      if (!is_name)
        diagnostics_.report(entry.position, "invalid environment.{} (letters, digits and _ only)", entry.key);
      else if (entry.value.kind != ConfigNode::Kind::scalar || has_control_character(entry.value.text))
        diagnostics_.report(entry.position, "invalid environment.{} (must be a text of one line)", entry.key);
      else
        site.environment.emplace_back(entry.key, entry.value.text);
    }
  }

  ConfigSection root_;
  Diagnostics& diagnostics_;
};

}  // namespace

Site read_site(const std::string& name_or_path) {
  const auto file = io::find_config(io::site_configs, name_or_path, {});
  Diagnostics diagnostics;
  const auto tree = io::read_config(file, io::site_configs, diagnostics);
  auto site = SiteReader(tree, diagnostics).read();
  diagnostics.throw_if_any();
  site.name = name_or_path;
  return site;
}

}  // namespace striate::slurm
