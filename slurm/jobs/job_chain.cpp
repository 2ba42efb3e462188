// SPDX-License-Identifier: BSD-3-Clause
#include "slurm/jobs/job_chain.hpp"

#include <algorithm>

#include "core/errors/error.hpp"
#include "core/machine_resources.hpp"
#include "io/text/atomic_file.hpp"
#include "slurm/jobs/submit.hpp"

namespace striate::slurm {
namespace {

namespace fs = std::filesystem;

bool is_array(Stage stage) {
  return stage == Stage::lgn || stage == Stage::simulate;
}

std::size_t largest_element(const Job& job) {
  std::size_t most = 0;
  for (const auto& element : job.elements) most = std::max(most, element.trials.size());
  return job.elements.empty() ? job.items.items.size() : most;
}

double core_hours(const Job& job) {
  const auto starts = static_cast<double>(std::max<std::size_t>(1, job.elements.size()));
  return (job.cost.start_s * starts + job.cost.item_s * static_cast<double>(job.items.items.size())) *
         job.request.ranks / 3600;
}

/// Background and tables: jobs of one rank. --time and --memory, which are about the simulations, count where
/// they are more than the estimate, so that a job that was too small can be given more.
JobRequest single_request(const Cost& cost, std::size_t items, const Wishes& wishes, const Site& site) {
  const auto estimated = request_for(cost, items, 1, {}, site);
  Wishes more;
  more.minutes = std::max(estimated.minutes, wishes.minutes.value_or(0));
  more.memory_mb = std::max(estimated.memory_mb, wishes.memory_mb.value_or(0));
  return request_for(cost, items, 1, more, site);
}

fs::path options_path(const fs::path& base, const std::string& name) {
  return base / "jobs" / (name + ".json");
}

template <class T>
std::optional<T> optional_integer(const io::JsonSection& section, const char* key, std::int64_t least = 1) {
  const auto value = section.integer(key);
  if (!value) return std::nullopt;
  if (*value < least)
    throw core::ConfigError("invalid {}={} (must be at least {})", section.where(key), *value, least);
  return static_cast<T>(*value);
}

}  // namespace

JobChain make_chain(const std::string& name, std::vector<StageItems> stages, const Workload& work,
                    const Wishes& wishes, const Site& site) {
  JobChain chain{.name = name, .jobs = {}};
  const int ranks = wishes.ranks.value_or(usual_ranks(work, site));
  const auto throttle = wishes.throttle.value_or(site.throttle);
  for (auto& stage : stages) {
    const bool array = is_array(stage.stage);
    Job job{.items = std::move(stage),
            .elements = {},
            .throttle = array ? throttle : 0,
            .request = {},
            .cost = {}};
    job.cost = cost_of(job.items.stage, work, array ? ranks : 1);
    if (array) {
      std::vector<std::size_t> trials;
      for (const auto& item : job.items.items) trials.push_back(item.index);
      const auto usual = usual_trials_per_element(cost_of(Stage::simulate, work, ranks), trials.size());
      const auto per_element =
          wishes.trials_per_job ? static_cast<std::size_t>(*wishes.trials_per_job) : usual;
      job.elements = pack_trials(trials, per_element);
    }
    job.request = array ? request_for(job.cost, largest_element(job), ranks, wishes, site)
                        : single_request(job.cost, largest_element(job), wishes, site);
    chain.jobs.push_back(std::move(job));
  }
  return chain;
}

ChainSums sums_of(const JobChain& chain) {
  ChainSums sums;
  for (const auto& job : chain.jobs) {
    sums.jobs += std::max<std::size_t>(1, job.elements.size());
    sums.core_hours += core_hours(job);
    sums.disk_bytes += job.cost.disk_bytes_per_item * job.items.items.size();
  }
  return sums;
}

std::string chain_table(const JobChain& chain) {
  auto text = fmt::format("{:<12}{:>7}{:>10}{:>7}{:>7}{:>12}{:>10}{:>12}{:>11}\n", "stage", "trials",
                          "elements", "nodes", "ranks", "memory/node", "time", "core-hours", "disk");
  for (const auto& job : chain.jobs) {
    const auto elements = std::max<std::size_t>(1, job.elements.size());
    const auto bytes = job.cost.disk_bytes_per_item * job.items.items.size();
    text += fmt::format("{:<12}{:>7}{:>10}{:>7}{:>7}{:>12}{:>10}{:>12.2f}{:>11}\n", name_of(job.items.stage),
                        job.items.items.size(), elements, job.request.nodes, job.request.ranks,
                        core::human_bytes(job.request.memory_mb * 1'000'000), job_time(job.request.minutes),
                        core_hours(job), core::human_bytes(bytes));
  }
  const auto [jobs, hours, disk] = sums_of(chain);
  text += fmt::format("in all: {} jobs (array elements counted), about {:.2f} core-hours and {} of disk\n",
                      jobs, hours, core::human_bytes(disk));
  return text +
         "time is the limit asked for, three times the expected and five minutes; core-hours are expected\n";
}

std::vector<std::string> short_times(const JobChain& chain) {
  std::vector<std::string> lines;
  for (const auto& job : chain.jobs)
    if (const auto text = short_time_text(job.request, job.cost, largest_element(job)); !text.empty())
      lines.push_back(fmt::format("the time limit of {} jobs is {}", name_of(job.items.stage), text));
  return lines;
}

fs::path write_chain(const JobChain& chain, const Runs& runs, const JobSetting& setting) {
  // All texts first: a name that cannot be used must leave nothing behind.
  std::vector<io::TextFile> scripts;
  const auto add = [&](const std::string& name, std::string text) {
    scripts.push_back({script_path(setting.base, name), std::move(text)});
  };
  for (const auto& job : chain.jobs) add(job.items.script, stage_script(job, runs, setting));
  const auto collector = "collect_" + chain.name, submission = "submit_" + chain.name;
  add(collector, collector_script(collector, runs, setting));
  add(submission, submit_script(chain.jobs, collector, setting));
  io::make_folder(setting.base / "jobs/logs");
  for (const auto& job : chain.jobs) io::make_folder(state_directory(setting.base, job.items.work));
  io::write_text_files(scripts);
  return script_path(setting.base, submission);
}

void write_job_options(const fs::path& base, const std::string& name, const JobOptions& options) {
  const auto& wishes = options.wishes;
  io::Json json{{"only", options.only}, {"stimulus", options.stimulus}, {"site", options.site}};
  if (options.modfile) json["modfile"] = *options.modfile;
  const auto add = [&](const char* key, const auto& value) {
    if (value) json[key] = *value;
  };
  add("partition", options.site_changes.partition);
  add("account", options.site_changes.account);
  add("mail", options.site_changes.mail);
  add("requeue", options.site_changes.requeue);
  add("ranks", wishes.ranks);
  add("nodes", wishes.nodes);
  add("trials_per_job", wishes.trials_per_job);
  add("throttle", wishes.throttle);
  add("minutes", wishes.minutes);
  add("memory_mb", wishes.memory_mb);
  add("jobs", options.jobs);
  if (!options.arguments.empty()) json["arguments"] = options.arguments;
  io::make_folder(base / "jobs");
  io::write_text_file(options_path(base, name), io::indented_text(json) + "\n");
}

std::optional<JobOptions> read_job_options(const fs::path& base, const std::string& name) {
  const auto file = options_path(base, name);
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return std::nullopt;
  const auto document = io::read_json(file);
  const io::JsonSection section(document, file, "");
  JobOptions options{.only = section.strings("only").value_or(std::vector<std::string>{}),
                     .stimulus = section.strings("stimulus").value_or(std::vector<std::string>{}),
                     .site = section.string("site").value_or("default"),
                     .modfile = section.string("modfile"),
                     .wishes = {}};
  options.wishes = {.ranks = optional_integer<int>(section, "ranks"),
                    .nodes = optional_integer<int>(section, "nodes"),
                    .trials_per_job = optional_integer<int>(section, "trials_per_job"),
                    .throttle = optional_integer<int>(section, "throttle", 0),
                    .minutes = optional_integer<int>(section, "minutes"),
                    .memory_mb = optional_integer<std::uint64_t>(section, "memory_mb")};
  options.site_changes = {.partition = section.string("partition"),
                          .account = section.string("account"),
                          .mail = section.string("mail"),
                          .requeue = {}};
  if (document.contains("requeue") && document["requeue"].is_boolean())
    options.site_changes.requeue = document["requeue"].get<bool>();
  options.arguments = section.strings("arguments").value_or(std::vector<std::string>{});
  options.jobs = optional_integer<int>(section, "jobs");
  return options;
}

}  // namespace striate::slurm
