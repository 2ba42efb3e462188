// SPDX-License-Identifier: BSD-3-Clause
#include "cli/help/man_pages.hpp"

#include <algorithm>

#include "cli/help/told.hpp"
#include "core/run/version.hpp"
#include "core/text.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::cli {
namespace {

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

/// No date, so that pages of the same program are the same.
std::string head(const std::string& name, std::string help) {
  core::replace_all(help, "-", "\\-");
  return fmt::format(".TH \"{}\" \"1\" \"\" \"striate {}\" \"Striate\"\n.SH NAME\n{} \\- {}\n", upper(name),
                     core::version(), name, help);
}

std::string overview() {
  auto page = head("striate", "builds and simulates the biorealistic model of mouse primary visual cortex");
  page +=
      ".SH SYNOPSIS\n.B striate\n\\fICOMMAND\\fR [options]\n.br\n.B mpirun \\-n \\fIN\\fB striate\n"
      "\\fICOMMAND\\fR [options]\n.br\n.B striate \\-\\-ranks \\fIN\\fB\n\\fICOMMAND\\fR [options]\n"
      ".SH DESCRIPTION\nThe first runs on one rank, the second on N, and so does the third, which starts "
      "mpirun "
      "with what this machine needs (as root, with more ranks than cores, in containers). Results do not "
      "depend "
      "on the number of ranks.\n.SH COMMANDS\n";
  for (const auto& command : commands()) {
    std::string help = command.help;
    core::replace_all(help, "-", "\\-");
    page +=
        fmt::format(".TP\n\\fB{}\\fR\n{}; see \\fBstriate\\-{}\\fR(1)\n", command.name, help, command.name);
  }
  return page +
         ".SH ENVIRONMENT\n.TP\n\\fBSTRIATE_CONFIG_DIR\\fR\nfolder with networks, paradigms, sites, … "
         "instead of "
         "the shipped one\n.TP\n\\fBTMPDIR\\fR, \\fBXDG_CACHE_HOME\\fR\nfor temporary files; for what was "
         "found "
         "sound in HDF5 files (~/.cache)\n.TP\n\\fBHDF5_USE_FILE_LOCKING=FALSE\\fR\non file systems without "
         "locks\n.SH EXIT STATUS\n0 done, 2 command line, 65 damaged data, 66 missing input, 69 something "
         "needed "
         "is not there or MPI failed, 73 another run writes there, 74 disk, 75 a checkpoint was written and "
         "the "
         "run goes on with \\-\\-resume, 78 configuration, 128 + n ended by signal n, 1 a fault of the "
         "program.\n";
}

}  // namespace

std::vector<std::filesystem::path> write_man_pages(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  const auto write = [&](const std::string& name, const std::string& page) {
    files.push_back(folder / (name + ".1"));
    io::write_text_file(files.back(), page);
  };
  write("striate", overview());
  for (const auto& command : commands()) {
    const auto name = fmt::format("striate-{}", command.name);
    write(name,
          head(name, command.help) + told(command, HelpFormat::man) + ".SH SEE ALSO\n\\fBstriate\\fR(1)\n");
  }
  return files;
}

}  // namespace striate::cli
