// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/jobs/site.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>
#include <string_view>

#include "core/errors/error.hpp"
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
constexpr std::string_view path_marks = "._-+/:@,=~";
constexpr const char* usual_mpi = "pmix";  // of Debian's OpenMPI
/// Of sbatch: features joined by & | * and in brackets. sbatch reads quotes, blanks, \ and # in a way of its
/// own, so those are out.
constexpr std::string_view expression_marks = "._-+/:@,=%&|!*[]()";

constexpr std::array<std::string_view, 5> module_verbs{"purge", "use", "load", "unload", "swap"};

/// Options that every script sets by itself; a second one would win silently.
constexpr std::array own_options{"--array",         "--job-name",   "--output",    "--error",
                                 "--chdir",         "--nodes",      "--ntasks",    "--ntasks-per-node",
                                 "--cpus-per-task", "--mem",        "--time",      "--dependency",
                                 "--signal",        "--wrap",       "--parsable",  "--export",
                                 "--partition",     "--account",    "--qos",       "--constraint",
                                 "--requeue",       "--no-requeue", "--mail-user", "--mail-type"};

bool is_mail_address(const std::string& text) {
  return is_made_of(text, "._-+@=") && text.find('@') != std::string::npos;
}

/// "/local", "$TMPDIR", "${SCRATCH}/striate": the one thing that a shell of the job expands.
bool is_scratch(const std::string& text) {
  if (text.starts_with('/')) return is_made_of(text, path_marks);
  if (!text.starts_with('$')) return false;
  const bool braces = text.starts_with("${");
  const auto begin = text.begin() + (braces ? 2 : 1);
  const auto end =
      std::find_if(begin, text.end(), [](char c) { return !is_letter(c) && !is_digit(c) && c != '_'; });
  if (begin == end || is_digit(*begin) || (braces && (end == text.end() || *end != '}'))) return false;
  const std::string rest(end + (braces ? 1 : 0), text.end());
  return rest.empty() || (rest.starts_with('/') && is_made_of(rest, path_marks));
}

class SiteReader {
 public:
  SiteReader(const ConfigNode& tree, Diagnostics& diagnostics)
      : root_(tree, "", diagnostics), diagnostics_(diagnostics) {}

  Site read() {
    Site site;
    if (needs("description")) root_.text("description");
    if (needs("launcher")) read_launcher(site);
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
    if (root_.has("mail")) read_mail(site);
    if (root_.has("requeue")) site.requeue = root_.boolean("requeue");
    if (root_.has("export")) {
      static const std::array<std::string, 2> choices{"all", "none"};
      site.clean_environment = root_.choice("export", choices) == "none";
    }
    for (const auto* node : list("modules")) read_module(*node, site);
    for (const auto& [key, files] :
         {std::pair{"source_before", &site.sources_before}, {"source", &site.sources}})
      for (const auto* node : list(key))
        if (checked(*node, is_path(node->text), key, "a file, absolute")) files->push_back(node->text);
    if (root_.has("scratch")) {
      site.scratch = root_.text("scratch");
      checked(root_.require("scratch"), is_scratch(*site.scratch), "scratch",
              "an absolute folder or one below a variable of the job, such as $TMPDIR or $SCRATCH/striate");
    }
    for (const auto* node : list("launcher_options"))
      if (checked(*node, !has_control_character(node->text), "launcher_options", "one word for the launcher"))
        site.launcher_options.push_back(node->text);
    read_sbatch(site);
    read_environment(site);
    if (root_.has("program")) read_program(site);
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

  void read_launcher(Site& site) {
    const auto text = root_.text("launcher");
    const std::string with_mpi = "srun --mpi=";
    site.mpi = usual_mpi;
    if (text.starts_with("srun")) site.launcher = Launcher::srun;
    if (text.starts_with(with_mpi)) site.mpi = text.substr(with_mpi.size());
    const bool fine =
        text == "mpirun" || text == "srun" || (text.starts_with(with_mpi) && is_made_of(site.mpi, "_"));
    checked(
        root_.require("launcher"), fine, "launcher",
        "mpirun, srun, or srun --mpi=WORD with a word of 'srun --mpi=list': pmix, pmi2, cray_shasta, none");
    if (!root_.has("cpu_bind")) return;
    site.cpu_bind = root_.text("cpu_bind");
    const auto& node = root_.require("cpu_bind");
    if (checked(node, is_made_of(*site.cpu_bind, "_,:"), "cpu_bind",
                "a word of srun --cpu-bind, such as cores") &&
        site.launcher != Launcher::srun)
      diagnostics_.report(node.position,
                          "cpu_bind with launcher mpirun (it is srun's) give launcher_options: OpenMPI's are "
                          "[--bind-to, core], MPICH's [-bind-to, core]");
  }

  void read_mail(Site& site) {
    auto section = root_.section("mail");
    Mail mail{.to = section.text("to"), .when = {}};
    checked(section.require("to"), is_mail_address(mail.to), "mail.to", "an address of mail");
    const auto& when = section.require("when");
    for (const auto& item : when.items)
      if (checked(item, is_made_of(item.text, "_"), "mail.when", "words of sbatch --mail-type, such as END"))
        mail.when.push_back(item.text);
    if (mail.when.empty())
      diagnostics_.report(when.position, "invalid mail.when (must be a list, such as [END, FAIL])");
    site.mail = std::move(mail);
  }

  /// "purge", "use /opt/modules", "load gcc/12 openmpi" or the name of one to be loaded.
  void read_module(const ConfigNode& node, Site& site) {
    std::istringstream text(node.text);
    std::vector<std::string> words{std::istream_iterator<std::string>(text), {}};
    const bool is_verb =
        !words.empty() && std::ranges::find(module_verbs, words.front()) != module_verbs.end();
    if (!is_verb && words.size() == 1) words.insert(words.begin(), "load");
    const bool fine =
        words.size() >= 2
            ? std::ranges::find(module_verbs, words.front()) != module_verbs.end() && words.front() != "purge"
            : words == std::vector<std::string>{"purge"};
    const bool plain =
        std::ranges::all_of(words, [](const auto& word) { return is_made_of(word, name_marks); });
    if (checked(
            node, fine && plain, "modules",
            "the name of a module, such as gcc/12.2, or one of: purge, use FOLDER, load NAME…, unload NAME…, "
            "swap NAME NAME"))
      site.modules.push_back(std::move(words));
  }

  void read_program(Site& site) {
    const auto& node = root_.require("program");
    if (node.kind != ConfigNode::Kind::list)
      site.program = {root_.text("program")};
    else
      for (const auto* word : list("program"))
        if (checked(*word, !has_control_character(word->text), "program", "a word"))
          site.program.push_back(word->text);
    // A command that the modules bring has no path yet.
    const bool is_command = site.program.size() > 1 && is_made_of(site.program.front(), name_marks) &&
                            site.program.front().find('/') == std::string::npos;
    if (site.program.empty() || (!is_path(site.program.front()) && !is_command))
      diagnostics_.report(
          node.position,
          "invalid program='{}' (must be a file, absolute, or a list of words that end in one, such "
          "as [apptainer, exec, /opt/striate.sif, striate])",
          node.text);
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

void change_site(Site& site, const SiteChanges& changes) {
  const auto change = [](std::optional<std::string>& kept, const auto& given, const char* option) {
    if (!given) return;
    if (!is_made_of(*given, name_marks))
      throw core::UsageError("invalid {} '{}' (letters, digits and {} only)", option, *given, name_marks);
    kept = given;
  };
  change(site.partition, changes.partition, "--partition");
  change(site.account, changes.account, "--account");
  if (changes.requeue) site.requeue = *changes.requeue;
  if (!changes.mail) return;
  if (!is_mail_address(*changes.mail))
    throw core::UsageError("invalid --mail '{}' (must be an address)", *changes.mail);
  if (site.mail)
    site.mail->to = *changes.mail;
  else
    site.mail = Mail{.to = *changes.mail, .when = {"END", "FAIL"}};
}

}  // namespace striate::slurm
