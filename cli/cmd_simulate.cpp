// SPDX-License-Identifier: BSD-3-Clause
#include "cli/arguments/command.hpp"
#include "cli/arguments/network_options.hpp"
#include "cli/arguments/watchdog_options.hpp"
#include "core/durations.hpp"
#include "core/errors/error.hpp"
#include "core/log.hpp"
#include "engine/run/simulate.hpp"
#include "io/sonata/probe_inputs.hpp"
#include "workflows/network_in_memory.hpp"

namespace striate::cli {
namespace po = boost::program_options;

namespace {

engine::Ports parse_ports(const std::string& ports, const std::string& state) {
  if (state != "double" && state != "single")
    throw core::UsageError("unknown --state {} (must be double or single)", state);
  if (ports == "merged") return state == "single" ? engine::Ports::merged_single : engine::Ports::merged;
  if (ports != "reference") throw core::UsageError("unknown --ports {} (must be merged or reference)", ports);
  if (state == "single")
    throw core::UsageError(
        "--state single with --ports reference (which is NEST's arithmetic, in double) leave out one of "
        "them");
  return engine::Ports::reference;
}

engine::CheckpointOptions parse_checkpoints(const po::variables_map& values) {
  const auto length = [&](const char* option) {
    return values.count(option) == 0 ? core::RunLength{}
                                     : core::parse_run_length(values[option].as<std::string>(), option);
  };
  engine::CheckpointOptions options{.every = length("checkpoint-every"),
                                    .stop_after = length("stop-after"),
                                    .file = {},
                                    .resume = values.count("resume") != 0,
                                    .keep = values.count("keep-checkpoint") != 0};
  if (values.count("checkpoint") != 0) options.file = values["checkpoint"].as<std::string>();
  return options;
}

}  // namespace

core::ExitCode run_simulate(const Arguments& arguments, const core::Comm& world) {
  Interface interface {
    .usage = "striate simulate [--network NAME|FILE.yaml] CONFIG.json… [options]",
    .description =
        "Simulates a SONATA network of GLIF point neurons as BMTK PointNet on NEST does, with the same\n"
        "spikes. Start it with mpirun or srun to share the work between ranks; the result is the same.\n"
        "Several configs that share their network run one after the other; it is loaded once.\n"
        "With --network the network of `striate build` is made in memory instead of being read from files.",
    .options = {}, .positional = {
      "config*"
    }
  };
  interface.options.add_options()  //
      ("output_dir,o", po::value<std::string>()->value_name("DIR"),
       "write everything to DIR instead of the config's output_dir (one config only)")  //
      ("modfile,m", po::value<std::string>()->value_name("FILE"), "scale weights by a modulation file")  //
      ("n_thread,n", po::value<int>()->value_name("N"),
       "accepted for run_pointnet.py's sake; use mpirun -n N")  //
      ("ports", po::value<std::string>()->value_name("merged|reference")->default_value("merged"),
       "merged: receptors with equal time courses share their state (fast); reference: NEST's order of "
       "operations")  //
      ("exchange", po::value<std::string>()->value_name("FORM")->default_value("alltoallv"),
       "how spikes travel between ranks, with the same result: alltoallv, packed (few bytes, many ranks), "
       "neighbor, nodes (gathered on each node); docs/scaling.md says which to try")  //
      ("state", po::value<std::string>()->value_name("double|single")->default_value("double"),
       "single: the state of synapses is rounded to single precision and takes half the bytes: faster where "
       "ranks have tens of thousands of neurons, and not exact")  //
      ("config", po::value<std::vector<std::string>>()->value_name("CONFIG.json"),
       "the same as without --config")  //
      ("checkpoint-every", po::value<std::string>()->value_name("TIME"),
       "write checkpoints: 600s, 10m, 2h by the clock, 500ms of simulated time. Two are kept. With this or "
       "one of "
       "the next four, USR1 writes one and ends with code 75, TERM and INT write one and end")  //
      ("checkpoint", po::value<std::string>()->value_name("FILE"),
       "where; default: checkpoint.h5 in the output directory")  //
      ("keep-checkpoint",
       "keep the last one when the run is complete: it can be extended by --resume then")  //
      ("stop-after", po::value<std::string>()->value_name("TIME"),
       "write a checkpoint after so long (2h50m, 500ms), end with code 75; so does the end of a job of "
       "SLURM")  //
      ("resume",
       "go on from the checkpoint, on any number of ranks, with the same bits as without interruption; tstop "
       "may have grown")  //
      ("dry-run", "check all inputs, print sizes and memory, write nothing")  //
      ("network-copies", po::value<std::string>()->value_name("DIR"),
       "read the network's files from DIR, a folder on each node with copies of them (cp -p)")  //
      ("timings", po::value<std::string>()->value_name("FILE.json"), "write times and sizes for machines")  //
      ("network", po::value<std::string>()->value_name("NAME|FILE.yaml"),
       "make this network in memory; of the config's networks only the file names count, as names of parts. "
       "The options of 'striate build' that change a network:");
  add_network_options(interface.options);
  add_watchdog_options(interface.options);
  const auto values = parse(interface, arguments, world);
  if (!values) return core::ExitCode::done;

  const auto path = [&](const char* key) -> std::optional<std::filesystem::path> {
    if (values->count(key) == 0) return std::nullopt;
    return (*values)[key].as<std::string>();
  };
  if (values->count("n_thread") != 0 && (*values)["n_thread"].as<int>() > 1)
    core::log::warning(
        "-n {0} is ignored (Striate runs ranks, not threads) start it with 'mpirun -n {0} striate simulate "
        "…'",
        (*values)["n_thread"].as<int>());
  const auto& configs = (*values)["config"].as<std::vector<std::string>>();
  if (configs.size() > 1 && values->count("output_dir") != 0)
    throw core::UsageError(
        "-o with {} configs (their results would have the same names) give each an output_dir of its own",
        configs.size());
  if (const auto option = given_network_option(given_network_options(*values));
      !option.empty() && values->count("network") == 0)
    throw core::UsageError("--{} without --network (it changes a network that is made in memory)", option);
  if (values->count("network-copies") != 0 && values->count("network") != 0)
    throw core::UsageError(
        "--network-copies with --network (which reads no files of a network) leave one out");
  const auto ports = parse_ports((*values)["ports"].as<std::string>(), (*values)["state"].as<std::string>());
  const auto checkpoints = parse_checkpoints(*values);
  const auto exchange = core::parse_exchange_form((*values)["exchange"].as<std::string>());
  const core::Watchdog watchdog(
      watchdog_options(*values, {std::filesystem::path(configs.front()).parent_path()}), world);
  const auto start = core::Clock::now();
  const std::vector<std::filesystem::path> files(configs.begin(), configs.end());
  io::probe_inputs(files, io::RunKind::simulation, world);
  std::optional<engine::MadeNetwork> network;
  std::vector<io::NamedPath> network_files;
  if (values->count("network") != 0) {
    const auto spec =
        read_network_spec((*values)["network"].as<std::string>(), given_network_options(*values));
    for (const auto& file : builder::files_read(spec)) network_files.push_back({file, "--network"});
    log_network(spec);
    network = workflows::make_network(spec, world);
  }
  return engine::simulate({.configs = files,
                           .output_dir = path("output_dir"),
                           .modfile = path("modfile"),
                           .timings_file = path("timings"),
                           .other_inputs = std::move(network_files),
                           .ports = ports,
                           .exchange = exchange,
                           .checkpoints = checkpoints,
                           .dry_run = values->count("dry-run") != 0,
                           .network_copies = path("network-copies"),
                           .network = network ? &*network : nullptr,
                           .start = start},
                          world);
}

}  // namespace striate::cli
