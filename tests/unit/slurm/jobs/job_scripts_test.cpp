// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include <sstream>

#include "core/errors/error.hpp"
#include "slurm/jobs/job_scripts.hpp"
#include "slurm/jobs/submit.hpp"

using namespace striate;
using namespace striate::slurm;
using Catch::Contains;

namespace {

JobSetting setting_in(const std::string& directory, const std::string& base) {
  JobSetting setting{.directory = directory, .program = "/opt/striate", .base = base, .site = {}};
  setting.site.max_array_size = 1001;
  return setting;
}

StageItem item(Stage stage, std::size_t index, const std::string& config) {
  Step step;
  step.stage = stage;
  step.arguments = {name_of(stage), config};
  return {.index = index, .name = "t", .step = step};
}

/// Two trials in two elements, numbered 0 and 1200.
Job array_job(Stage stage, const std::string& script, const std::string& base) {
  Job job;
  job.items = {.stage = stage, .script = script, .work = script, .items = {}};
  for (const std::size_t index : {0u, 1200u})
    job.items.items.push_back(item(stage, index, base + "/c" + std::to_string(index) + ".json"));
  job.elements = {{.number = 0, .trials = {0}}, {.number = 1200, .trials = {1200}}};
  job.throttle = 5;
  job.request = {.nodes = 2, .ranks = 5, .memory_mb = 700, .minutes = 90};
  return job;
}

}  // namespace

TEST_CASE("job script names its resources and its trials") {
  const auto text = stage_script(array_job(Stage::simulate, "runs_plain", "net"),
                                 {.paradigm = "p", .base = "net", .option = "plain", .modfile = "mod.csv"},
                                 setting_in("/home/me", "net"));
  for (const char* line :
       {"#!/bin/bash\n", "#SBATCH --job-name=net_runs_plain\n", "#SBATCH --array=0%5\n",
        "#SBATCH --nodes=2\n", "#SBATCH --ntasks=5\n", "#SBATCH --ntasks-per-node=3\n",
        "#SBATCH --mem=700M\n", "#SBATCH --time=1:30:00\n", "#SBATCH --output=net/jobs/logs/%x_%A_%a.out\n",
        "\nset -euo pipefail\n", "\ncd -- /home/me\n", "\n  1200) todo=(1200) ;;\n",
        "\n    0) arguments=(net/c0.json) ;;\n", "runs=(p net plain -m mod.csv)",
        "export SRUN_CPUS_PER_TASK=", "export OMP_NUM_THREADS=1 ", "\nstriate=(/opt/striate)\n"})
    CHECK_THAT(text, Contains(line));
  CHECK(text.find("\ntrap 'forward USR1 138' USR1\n") < text.find("\ncd -- "));
}

TEST_CASE("a job of background files is one call, which is not repeated file by file") {
  Job job;
  job.items = {.stage = Stage::background, .script = "bkg_p_plain", .work = "bkg_p", .items = {}};
  for (const std::size_t index : {3u, 7u}) {
    job.items.items.push_back(item(Stage::background, index, "net"));
    job.items.items.back().step.arguments = {"background", "net", "--paradigm", "p",
                                             "--trial=t" + std::to_string(index)};
  }
  const Runs runs{.paradigm = "p", .base = "net", .option = "plain", .modfile = {}};
  const auto text = stage_script(job, runs, setting_in("/home/me", "net"));
  for (const char* line :
       {"\ntodo=(3 7)\n", "\nstate=net/jobs/state/bkg_p\nused=net/jobs/used/bkg_p_plain\n",
        "\ncommand=(background net --paradigm p)\n", "\n    7) arguments=(--trial=t7) ;;\n",
        "\nrun \"${launcher[@]}\" \"${striate[@]}\" \"${command[@]}\" \"${words[@]}\" \"${resume[@]}\" || "
        "rc=$?\nexit \"$rc\"\n"})
    CHECK_THAT(text, Contains(line));
  CHECK_THAT(text, !Contains("for item in $found"));
  // Trials of LGN and simulations have inputs of their own, of which one may be wrong; tables are a call
  // each.
  CHECK_THAT(stage_script(array_job(Stage::lgn, "lgn", "net"), runs, setting_in("/home/me", "net")),
             Contains("for item in $found"));
  job.items.stage = Stage::metrics;
  CHECK_THAT(stage_script(job, runs, setting_in("/home/me", "net")), !Contains("words"));
}

TEST_CASE("simulations that stop with a checkpoint are requeued, other work is not") {
  const Runs runs{.paradigm = "p", .base = "net", .option = "plain", .modfile = {}};
  const auto simulate =
      stage_script(array_job(Stage::simulate, "s", "net"), runs, setting_in("/home", "net"));
  for (const char* line : {"\n#SBATCH --requeue\n", "\nmost_restarts=20\n", "scontrol requeue"})
    CHECK_THAT(simulate, Contains(line));
  CHECK_THAT(simulate, Contains("\ncommand=(simulate --checkpoint-every 10m)\n"));
  auto with_output = array_job(Stage::simulate, "s", "net");
  with_output.items.items[1].step.outputs = {"net/out 1/spikes.h5"};
  CHECK_THAT(stage_script(with_output, runs, setting_in("/home", "net")),
             Contains("    1200) arguments=(net/c1200.json) output='net/out 1' ;;\n"));
  CHECK(simulate.find("\ngo_on() {") < simulate.find("\ntrap note_end EXIT"));
  const auto lgn = stage_script(array_job(Stage::lgn, "l", "net"), runs, setting_in("/home", "net"));
  CHECK_THAT(lgn, Contains("\n#SBATCH --requeue\n") && !Contains("scontrol"));
}

TEST_CASE("names in job scripts are quoted for the shell and for sbatch") {
  const std::string base = "a b'\"$(touch x)%j#\\";
  const auto text = stage_script(array_job(Stage::lgn, "lgn", base),
                                 {.paradigm = "p", .base = base, .option = "plain", .modfile = {}},
                                 setting_in("/home/a b", base));
  CHECK_THAT(text, Contains("#SBATCH --chdir=\"/home/a b\"\n"));
  CHECK_THAT(text, Contains(R"(#SBATCH --output="a b\'\"$(touch x)%%j\#\\/jobs/logs"/%x_%A_%a.out)"));
  CHECK_THAT(text, Contains(R"(arguments=('a b'\''"$(touch x)%j#\/c0.json') ;;)"));
  CHECK_THAT(text, Contains("cd -- '/home/a b'\n"));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.find("touch") != std::string::npos && !line.starts_with("#SBATCH"))
      CHECK_THAT(line, Contains(R"('a b'\''"$(touch x))"));
  CHECK_THROWS_AS(stage_script(array_job(Stage::lgn, "lgn", "a\nb"),
                               {.paradigm = "p", .base = "a\nb", .option = "plain", .modfile = {}},
                               setting_in("/home", "a\nb")),
                  core::UsageError);
}

TEST_CASE("values of a site stand in scripts as they are, quoted where a shell reads them") {
  auto setting = setting_in("/home", "net");
  setting.site.launcher = Launcher::srun;
  setting.site.mpi = "pmi2";
  setting.site.cpu_bind = "cores";
  setting.site.launcher_options = {"--distribution=block", "a b"};
  setting.site.partition = "cpu";
  setting.site.mail = Mail{.to = "me@x.org", .when = {"END", "FAIL"}};
  setting.site.requeue = false;
  setting.site.clean_environment = true;
  setting.site.sbatch = {"--exclusive"};
  setting.site.modules = {{"purge"}, {"use", "/opt/m"}, {"load", "gcc/12"}};
  setting.site.sources_before = {"/etc/first.sh"};
  setting.site.sources = {"/opt/my env.sh"};
  setting.site.environment = {{"NOTE", "$(touch x)"}};
  setting.site.program = {"apptainer", "exec", "/a b.sif", "striate"};
  const auto text = single_script("build_net", {.nodes = 1, .ranks = 4, .memory_mb = 100, .minutes = 5},
                                  {"build", "net", "-o", "a b"}, setting,
                                  std::vector<std::vector<std::string>>{{"trials", "p", "a b"}});
  for (const char* line :
       {"#SBATCH --partition=cpu\n", "#SBATCH --exclusive\n", "#SBATCH --no-requeue\n",
        "#SBATCH --export=NONE\n", "#SBATCH --mail-user=me@x.org\n#SBATCH --mail-type=END,FAIL\n",
        "\nexport SLURM_EXPORT_ENV=ALL",
        "module purge || exit 69\nmodule use /opt/m || exit 69\nmodule load gcc/12 || exit 69\n",
        "source '/opt/my env.sh' ", "export NOTE='$(touch x)'\n",
        "\nstriate=(apptainer exec '/a b.sif' striate)\n",
        "launcher=(srun --mpi=pmi2 --kill-on-bad-exit=1 --cpu-bind=cores --distribution=block 'a b')",
        "build net -o 'a b' || rc=$?\n((rc)) || run \"${striate[@]}\" trials p 'a b' || rc=$?\nexit "
        "\"$rc\"\n"})
    CHECK_THAT(text, Contains(line));
  CHECK(text.find("source /etc/first.sh ") < text.find("module purge"));
  CHECK(text.find("module load") < text.find("source '/opt/my env.sh'"));
}

TEST_CASE("jobs are called by network, paradigm and option") {
  CHECK(job_name("/a/core_nll_0/", "8dir_10trials_plain") == "core_nll_0_8dir_10trials_plain");
  CHECK(job_name("a b;c", "x") == "a_b_c_x");
  CHECK(job_name(".", "x") == job_name(std::filesystem::current_path(), "x"));
}

TEST_CASE("a chain is submitted with dependencies, corresponding elements after each other") {
  Job background = array_job(Stage::background, "bkg", "net");
  background.elements.clear();
  Job metrics = background;
  metrics.items.stage = Stage::metrics;
  metrics.items.script = metrics.items.work = "metrics";
  const auto text = submit_script(
      {background, array_job(Stage::lgn, "lgn", "net"), array_job(Stage::simulate, "sim", "net"), metrics},
      "collect", setting_in("/home", "net"));
  for (const char* line :
       {"\nnetwork=\"$(earlier network)\"",
        "same=\"$(earlier bkg)\"\nsubmit bkg bkg \"${network:+,afterok$network}${same:+,afterany$same}\" "
        "net/jobs/bkg.sh\nbackground=\"$id\"\n",
        "submit lgn lgn \"${network:+,afterok$network}${same:+,afterany$same}\" --array=0%5 "
        "net/jobs/lgn.sh\n",
        "--array=199%5 net/jobs/lgn.sh 1001\nlgn_1=\"$id\"\n",
        "submit sim sim "
        "\",afterok:$background,aftercorr:$lgn_0${network:+,afterok$network}${same:+,afterany$same}\" "
        "--array=0%5 net/jobs/sim.sh\n",
        "submit sim sim "
        "\",afterok:$background,aftercorr:$lgn_1${network:+,afterok$network}${same:+,afterany$same}\" "
        "--array=199%5 net/jobs/sim.sh 1001\n",
        "submit metrics metrics \",afterok:$simulate_0:$simulate_1${network",
        "submit collect collect \",afterany:$background:$lgn_0:$lgn_1:$simulate_0:$simulate_1:$metrics\" ",
        "sbatch --parsable --kill-on-invalid-dep=yes"})
    CHECK_THAT(text, Contains(line));
}
