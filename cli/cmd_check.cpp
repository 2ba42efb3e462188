// SPDX-License-Identifier: BSD-3-Clause
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <new>
#include <span>

#include "cli/arguments/command.hpp"
#include "core/log.hpp"
#include "core/machine_resources.hpp"
#include "core/network_paths.hpp"
#include "engine/check/check_simulation.hpp"
#include "engine/network/edges/modfile.hpp"
#include "io/check/check_files.hpp"
#include "io/generation/generation.hpp"
#include "io/generation/run_record.hpp"
#include "io/hdf5/content_hash.hpp"
#include "io/hdf5/h5.hpp"
#include "io/hdf5/probe.hpp"
#include "io/hdf5/probe_limits.hpp"
#include "io/sonata/spikes.hpp"
#include "io/text/atomic_file.hpp"
#include "lgn/check_lgn.hpp"

namespace striate::cli {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;
using core::ExitCode;
using core::Problems;
using engine::CheckResult;

/// Nodes of the network that a file seems to belong to: in its own folder (edges), or in the folder network/
/// beside it or beside its own folder (spikes of a run).
std::vector<io::NodePopulation> nodes_nearby(const fs::path& file) {
  const core::NetworkPaths here{fs::absolute(file).parent_path()}, above{here.base.parent_path()};
  std::vector<io::NodesEntry> entries;
  for (const auto& folder : {here.base, here.network(), above.network()}) {
    if (!entries.empty() || !fs::is_directory(folder)) continue;
    for (const auto& entry : fs::directory_iterator(folder))
      if (entry.path().string().ends_with(core::nodes_ending))
        entries.push_back({entry.path(), std::nullopt});
  }
  std::vector<io::NodePopulation> nodes;
  Problems ignored;  // of files that nobody asked about
  core::attempt(&ignored, [&] { nodes = io::read_node_populations(entries); });
  return nodes;
}

/// The ids of each population are looked up where its nodes are found.
void check_spikes(const fs::path& path, const std::vector<io::NodePopulation>& nodes, Problems& problems) {
  const auto names =
      path.extension() == ".csv" ? io::spike_populations_csv(path) : io::spike_populations(path);
  if (names.empty()) return io::check_spikes_file(path, {}, problems);
  for (const auto& name : names) {
    const auto found = std::ranges::find(nodes, name, &io::NodePopulation::name);
    io::check_spikes_file(path, {.population = name, .nodes = found == nodes.end() ? nullptr : &*found},
                          problems);
  }
}

void check_h5(const fs::path& path, Problems& problems) {
  core::attempt(&problems, [&] {
    const auto file = io::h5::File::open(path);
    const auto has = [&](const char* group) { return io::h5::is_group(file, group); };
    const bool known = has("/nodes") || has("/edges") || has("/spikes") || has("/report");
    if (!known)
      throw core::FormatError("no group /nodes, /edges, /spikes or /report in {} (no SONATA file)", path);
    if (has("/nodes")) io::check_nodes_file(path, std::nullopt, problems);
    const auto nodes =
        has("/edges") || has("/spikes") ? nodes_nearby(path) : std::vector<io::NodePopulation>{};
    if (has("/edges"))
      io::check_edges_file(path, {.populations = &nodes, .nodes = io::KnownNodes::some}, problems);
    if (has("/spikes")) check_spikes(path, nodes, problems);
    if (has("/report")) io::check_report_file(path, problems);
  });
}

/// The columns in a CSV's header tell what it holds.
void check_csv(const fs::path& path, Problems& problems) {
  core::attempt(&problems, [&] {
    const std::string text = io::read_text_file(path, "it is to be checked");
    const std::string_view header = std::string_view(text).substr(0, text.find('\n'));
    const auto has = [&](const char* column) { return header.find(column) != std::string::npos; };
    if (has("src_property"))
      engine::read_modfile(path);
    else if (has("edge_type_id"))
      io::TypeTable::read(path, "edge_type_id", &problems);
    else if (has("node_type_id"))
      io::TypeTable::read(path, "node_type_id", &problems);
    else
      check_spikes(path, nodes_nearby(path), problems);
  });
}

CheckResult check_json(const fs::path& path, const core::Ranks& ranks) {
  CheckResult result;
  bool is_config = false;
  const bool readable = core::attempt(&result.problems, [&] {
    const auto json = io::read_json(path);
    for (const char* key : {"networks", "network", "simulation", "run"})
      is_config = is_config || (json.is_object() && json.contains(key));
  });
  if (!readable) return result;
  if (is_config) {
    result = engine::check_config(path, ranks);
    if (result.for_lgn)
      core::attempt(&result.problems,
                    [&] { lgn::check_config(io::load_sonata_config(path), result.problems); });
    return result;
  }
  engine::check_component(path, result.problems);
  return result;
}

CheckResult check_path(const fs::path& path, const core::Ranks& ranks) {
  if (!fs::exists(path))
    throw core::MissingFileError("no such file or directory {} (it is to be checked) check the path", path);
  if (fs::is_directory(path)) return engine::check_network(path, ranks);
  if (path.extension() == ".json") return check_json(path, ranks);
  CheckResult result;
  if (path.extension() == ".csv")
    check_csv(path, result.problems);
  else
    check_h5(path, result.problems);
  return result;
}

const char* plural(std::size_t count) {
  return count == 1 ? "" : "s";
}

void print(const CheckResult& result, const fs::path& path) {
  const auto& problems = result.problems;
  for (const auto& problem : problems.errors) std::cout << "wrong   " << problem.text << '\n';
  for (const auto& note : problems.notes) std::cout << "note    " << note << '\n';
  if (result.memory)
    std::cout << fmt::format("memory  about {} on each of {} rank{} ({} synapses)\n",
                             core::human_bytes(result.memory->bytes_per_rank), result.memory->ranks.total,
                             plural(static_cast<std::size_t>(result.memory->ranks.total)),
                             result.memory->synapses);
  if (problems.empty() && problems.absent_files != 0)
    std::cout << fmt::format("{}: nothing wrong with what is there; {} file{} to be made before it can run\n",
                             path, problems.absent_files, plural(problems.absent_files));
  else if (problems.empty())
    std::cout << fmt::format("{}: nothing wrong\n", path);
  else
    std::cout << fmt::format("{}: {} problem{}\n", path, problems.errors.size(),
                             plural(problems.errors.size()));
}

/// Records of who made something when and where differ between equal networks and runs.
bool is_hashed(const fs::path& file) {
  if (file.filename() == core::manifest_file_name || file.filename() == io::run_record_name) return false;
  return file.extension() == ".h5" || file.extension() == ".csv" || file.extension() == ".json";
}

void print_hashes(const fs::path& path) {
  if (!fs::exists(path))
    throw core::MissingFileError("no such file or directory {} (it is to be hashed) check the path", path);
  if (!fs::is_directory(path)) {
    std::cout << io::content_hash(path) << "  " << path.filename().string() << '\n';
    return;
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path))
    if (entry.is_regular_file() && is_hashed(entry.path())) files.push_back(entry.path());
  std::ranges::sort(files);
  for (const auto& file : files)
    std::cout << io::content_hash(file) << "  " << fs::relative(file, path).string() << '\n';
}

/// Memory shared with a child, for the name of the file that it reads.
class SharedName {
 public:
  SharedName() {
    void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED) text_ = static_cast<char*>(memory);
  }
  ~SharedName() {
    if (text_ != nullptr) ::munmap(text_, size);
  }
  SharedName(const SharedName&) = delete;
  SharedName& operator=(const SharedName&) = delete;
  std::span<char> place() const { return text_ == nullptr ? std::span<char>() : std::span(text_, size); }
  fs::path name() const { return text_ == nullptr ? "" : text_; }

 private:
  static constexpr std::size_t size = 4096;
  char* text_ = nullptr;
};

constexpr std::uint64_t check_memory = std::uint64_t{8} << 30;  ///< tables of nodes are all that is held

/// What the child does; its exit code.
template <class Work>
ExitCode in_child(const fs::path& path, const SharedName& name, const Work& work) {
  io::h5::probe_here(name.place());
  io::h5::limit_memory(check_memory);
  ExitCode code = ExitCode::internal;
  try {
    code = work();
  } catch (const core::Error& error) {
    core::log::error("{}", error.what());
    code = error.code;
  } catch (const std::bad_alloc&) {
    core::log::error("{} is damaged (checking it takes more than {} of memory)",
                     name.name().empty() ? path : name.name(), core::human_bytes(check_memory));
    code = ExitCode::bad_data;
  } catch (const std::exception& error) {
    core::log::error("internal error ({}) please report it with the command line", error.what());
  }
  std::cout.flush();
  if (!std::cout) {
    core::log::error("cannot write to standard output (is the disk full?)");
    code = ExitCode::io_error;
  }
  return code;
}

/// HDF5 itself may crash on damaged files, or not come to an end. A child that does the reading, with limits
/// of time and memory, turns that into an answer. Not under MPI, which does not bear forking: there other
/// children look at each file first (io/hdf5/probe.hpp).
template <class Work>
ExitCode run_isolated(const fs::path& path, const Work& work) {
  const SharedName name;
  std::cout.flush();
  const pid_t child = ::fork();
  if (child < 0) return work();
  if (child == 0) {
    const auto code = in_child(path, name, work);
    std::fflush(nullptr);
    ::_exit(static_cast<int>(code));
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) return static_cast<ExitCode>(WEXITSTATUS(status));
  const int signal = WTERMSIG(status);
  if (signal == SIGPIPE) ::raise(SIGPIPE);  // who read our output has gone
  if (signal == SIGINT || signal == SIGTERM || signal == SIGKILL)
    throw core::SystemError("checking {} was ended by signal {} ({})", path, signal, ::strsignal(signal));
  const auto file = name.name().empty() ? path : name.name();
  if (signal == SIGXCPU)
    throw core::FormatError("{} is damaged (the HDF5 library does not come to an end with it)", file);
  throw core::FormatError("{} is damaged (the HDF5 library crashed on it: {})", file, ::strsignal(signal));
}

ExitCode probe(const fs::path& path) {
  if (path == "-") {
    io::h5::answer_probes(STDIN_FILENO);
    return ExitCode::done;
  }
  core::require_readable(path, "it is to be looked through");
  return run_isolated(path, [&] {
    io::h5::probe_file(path);
    return ExitCode::done;
  });
}

}  // namespace

ExitCode run_check(const Arguments& arguments, const core::Comm& world) {
  Interface interface {
    .usage = "striate check PATH [options]",
    .description =
        "Lists everything that is wrong with PATH: a config (.json), a network directory, a nodes, edges,\n"
        "spikes or report file (.h5), a table (.csv) or a cell or synapse model (.json). Estimates the "
        "memory\n"
        "of configs and networks for the ranks it is started with. Exit code 0: nothing is wrong.",
    .options = {}, .positional = {
      "path"
    }
  };
  interface.options.add_options()(
      "hash", "print a SHA-256 of each file's contents (HDF5: names, attributes, data) instead")(
      "probe",
      "only walk through what the HDF5 library parses in PATH, as other commands have it done before they "
      "open a file that Striate did not write; -: names come from standard input, which is a socket");
  const auto values = parse(interface, arguments, world);
  if (!values) return ExitCode::done;
  const fs::path path = (*values)["path"].as<std::vector<std::string>>().front();
  const bool hash = values->count("hash") != 0;
  if (values->count("probe") != 0) return probe(path);
  const auto ranks = core::ranks_of(world);
  const auto work = [&] {
    if (hash) {
      print_hashes(path);
      Problems problems;
      if (fs::is_directory(path)) io::check_content_hashes(engine::network_folder_of(path), problems);
      for (const auto& problem : problems.errors) core::log::error("{}", problem.text);
      return problems.code();
    }
    const auto result = check_path(path, ranks);
    print(result, path);
    return result.problems.code();
  };
  if (world.is_null()) return run_isolated(path, work);
  // The root does it; all ranks leave with its code.
  const int code = world.is_root() ? static_cast<int>(work()) : 0;
  return static_cast<ExitCode>(world.sum(std::int64_t{code}));
}

}  // namespace striate::cli
