// SPDX-License-Identifier: BSD-3-Clause
#include <catch2/catch.hpp>

#include <fstream>

#include "core/errors/error.hpp"
#include "io/text/shipped_configs.hpp"
#include "slurm/jobs/site.hpp"
#include "support/temporary_folder.hpp"

using namespace striate;
using Catch::Contains;

namespace {

slurm::Site site_of(const std::string& text) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "mine.yaml";
  std::ofstream(file) << "extends: default\n" << text;
  return slurm::read_site(file.string());
}

void check_refused(const std::string& text, const std::string& message) {
  INFO(text);
  CHECK_THROWS_WITH(site_of(text), Contains(message));
}

}  // namespace

TEST_CASE("every shipped site can be read") {
  const auto names = io::shipped_names(io::site_configs);
  CHECK(names.size() >= 4);
  for (const auto& name : names) CHECK(slurm::read_site(name).node_cores >= 1);
  CHECK(slurm::read_site("example").partition == "cpu");
  CHECK(slurm::read_site("local_srun").launcher == slurm::Launcher::srun);
  CHECK(slurm::read_site("local_srun").mpi == "pmix");
  const auto container = slurm::read_site("example_container");
  CHECK(container.program.size() == 4);
  CHECK(container.mpi == "pmi2");
  CHECK_FALSE(container.requeue);
}

TEST_CASE("modules, launchers and programs are read as they are meant") {
  using Words = std::vector<std::string>;
  const auto site = site_of(
      "modules: [purge, use /opt/m, gcc/12, load a b, unload c]\nlauncher: srun --mpi=cray_shasta\n"
      "cpu_bind: cores\nprogram: /opt/striate\nexport: none\n"
      "mail: {to: a@b.c, when: [END]}\nsource_before: [/a.sh]\n");
  CHECK(site.modules ==
        std::vector<Words>{
            {"purge"}, {"use", "/opt/m"}, {"load", "gcc/12"}, {"load", "a", "b"}, {"unload", "c"}});
  CHECK(site.mpi == "cray_shasta");
  CHECK(site.cpu_bind == "cores");
  CHECK(site.program == Words{"/opt/striate"});
  CHECK(site.clean_environment);
  CHECK(site.requeue);
  CHECK(site.sources_before == Words{"/a.sh"});
  for (const char* launcher :
       {"srun --mpi=", "srun --mpi=a;b", "srun -n 4", "srunx", "mpiexec", "\"srun --mpi=a\\nb\""})
    check_refused(std::string("launcher: ") + launcher + "\n", "invalid launcher");
  for (const char* module : {"use", "load", "purge all", "a b", "\"load $(x)\"", "-x"})
    check_refused(std::string("modules: [") + module + "]\n", "invalid modules");
  check_refused("cpu_bind: cores\n", "it is srun's");
  check_refused("launcher: srun\ncpu_bind: \"a b\"\n", "invalid cpu_bind");
  check_refused("program: striate\n", "invalid program");
  check_refused("program: [striate]\n", "invalid program");
  check_refused("program: [\"a;b\", c]\n", "invalid program");
  check_refused("mail: {to: \"a@b c\", when: [END]}\n", "invalid mail.to");
  check_refused("mail: {to: a@b, when: []}\n", "invalid mail.when");
  check_refused("sbatch: [--no-requeue]\n", "Striate writes --no-requeue itself");
}

TEST_CASE("what is said on the command line counts more than the profile") {
  auto site = slurm::read_site("example");
  slurm::change_site(site, {.partition = "big", .account = {}, .mail = "you@y", .requeue = false});
  CHECK(site.partition == "big");
  CHECK(site.account == "neuro-123");
  CHECK(site.mail->to == "you@y");
  CHECK(site.mail->when.size() == 2);
  CHECK_FALSE(site.requeue);
  for (const char* text : {"a b", "", "a;b", "a\n#SBATCH --wrap=x", "-x"}) {
    CHECK_THROWS_AS(slurm::change_site(site, {.partition = text, .account = {}, .mail = {}, .requeue = {}}),
                    core::UsageError);
    CHECK_THROWS_AS(slurm::change_site(site, {.partition = {}, .account = text, .mail = {}, .requeue = {}}),
                    core::UsageError);
    CHECK_THROWS_AS(slurm::change_site(site, {.partition = {}, .account = {}, .mail = text, .requeue = {}}),
                    core::UsageError);
  }
}

TEST_CASE("a site's values that could become directives are refused") {
  for (const char* key : {"partition", "account", "qos", "constraint"})
    for (const char* value : {"\"a\\n#SBATCH --wrap=x\"", "\"a b\"", "\"$(touch x)\"", "\"`x`\"", "\"a'b\"",
                              "\"-x\"", "\"a;b\"", "'a\"b'", "\"a#b\"", "\"a\\\\b\""})
      check_refused(std::string(key) + ": " + value + "\n", std::string("invalid ") + key);
  check_refused("sbatch: [\"--mail-user=a\\n#SBATCH --uid=0\"]\n", "invalid sbatch");
  check_refused("sbatch: [\"--comment=a b\"]\n", "invalid sbatch");
  check_refused("sbatch: [\"-x\"]\n", "invalid sbatch");
  check_refused("sbatch: [\"--array=0-9\"]\n", "Striate writes --array itself");
  check_refused("modules: [\"gcc; touch x\"]\n", "invalid modules");
  check_refused("source: [relative.sh]\n", "invalid source");
  check_refused("environment: {\"A B\": x}\n", "invalid environment.A B");
  check_refused("environment: {A: \"x\\ny\"}\n", "must be a text of one line");
  check_refused("program: \"/bin/x\\ny\"\n", "invalid program");
  CHECK(site_of("constraint: \"[a|b]&c*2\"\n").constraint == "[a|b]&c*2");
}

TEST_CASE("all problems of a site are reported at once") {
  try {
    site_of("launcher: pmi2\nmax_array_size: 1\nthrotle: 3\nnode: {cores: 0, memory_gb: 4}\n");
    FAIL("must be refused");
  } catch (const core::ConfigError& error) {
    for (const char* part :
         {"launcher='pmi2'", "max_array_size=1", "did you mean 'throttle'?", "node.cores=0"})
      CHECK_THAT(error.what(), Contains(part));
  }
}

TEST_CASE("a site without its base says what to extend") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "alone.yaml";
  std::ofstream(file) << "launcher: srun\n";
  CHECK_THROWS_WITH(slurm::read_site(file.string()),
                    Contains("missing key 'node'") && Contains("extends: default"));
}
