// SPDX-License-Identifier: BSD-3-Clause
#include "metrics/figures/panels/gnuplot.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

#include "core/errors/error.hpp"
#include "core/find_program.hpp"
#include "core/text.hpp"
#include "io/text/atomic_file.hpp"

namespace striate::metrics {
namespace {

namespace fs = std::filesystem;

/// Texts have the same size on the page in each format: 4/3 of its units
/// (metrics/figures/panels/text_size.hpp).
std::string terminal(const fs::path& picture, const Canvas& canvas) {
  const auto& [width, height, font, scale] = canvas;
  if (picture.extension() == ".png")
    return fmt::format(
        "set terminal pngcairo size {},{} font 'Sans,{}' fontscale {} linewidth {} pointscale {} "
        "noenhanced\n",
        width * scale, height * scale, font, scale, scale, scale);
  if (picture.extension() == ".svg")
    return fmt::format(
        "set terminal svg size {},{} font 'Sans,{}' fontscale {} background '#ffffff' noenhanced\n", width,
        height, font, 4.0 / 3);
  if (picture.extension() == ".pdf")
    return fmt::format("set terminal pdfcairo size {}in,{}in font 'Sans,{}' fontscale {} noenhanced\n",
                       width / 100.0, height / 100.0, font, 0.72);
  throw core::UsageError("cannot draw {} (pictures end with .png, .svg or .pdf)", picture);
}

/// 'text' for the shell.
std::string shell_quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string read_text(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Sends `script` to gnuplot's input; its complaints go to `log`. Returns the exit status of wait().
int run_gnuplot(const std::string& program, const std::string& script, const fs::path& log) {
  // gnuplot may end before it has read all: that is an error to report, no reason to die of SIGPIPE.
  struct sigaction ignore = {}, previous = {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &previous);
  const std::string command = shell_quoted(program) + " - >" + shell_quoted(log.string()) + " 2>&1";
  FILE* pipe = ::popen(command.c_str(), "w");
  if (pipe == nullptr) throw core::SystemError("cannot start {} ({})", program, std::strerror(errno));
  std::fwrite(script.data(), 1, script.size(), pipe);
  const int status = ::pclose(pipe);
  ::sigaction(SIGPIPE, &previous, nullptr);
  return status;
}

/// What ends a whole picture of each kind; a full disk cuts it off, and gnuplot says nothing.
std::string_view end_of(const fs::path& picture) {
  using namespace std::string_view_literals;
  if (picture.extension() == ".png") return "\0\0\0\0IEND\xae\x42\x60\x82"sv;
  return picture.extension() == ".svg" ? "</svg>" : "%%EOF";
}

/// `file`: where the picture is so far.
bool is_whole(const fs::path& picture, const fs::path& file) {
  constexpr std::streamoff longest = 64;  // end and blanks behind it
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  const auto size = in ? static_cast<std::streamoff>(in.tellg()) : 0;
  std::string end(static_cast<std::size_t>(std::min(size, longest)), '\0');
  in.seekg(-static_cast<std::streamoff>(end.size()), std::ios::end);
  in.read(end.data(), static_cast<std::streamsize>(end.size()));
  if (picture.extension() != ".png") end.erase(end.find_last_not_of(" \r\n") + 1);
  return in.good() && end.ends_with(end_of(picture));
}

}  // namespace

std::string gnuplot_text(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '`') result += '\\';
    result += c == '\n' ? ' ' : c;
  }
  return result + "\"";
}

void add_before_plot(std::string& script, std::string_view text) {
  script.insert(script.rfind("\nplot ") + 1, text);
}

std::string data_block(const std::string& name, std::span<const Column> columns) {
  fmt::memory_buffer text;
  fmt::format_to(std::back_inserter(text), "${} << END_OF_DATA\n", name);
  const std::size_t rows = columns.empty() ? 0 : columns.front().values.size();
  for (std::size_t row = 0; row < rows; ++row) {
    for (const Column& column : columns)
      fmt::format_to(std::back_inserter(text), "{:.9g} ", column.values[row]);
    text.push_back('\n');
  }
  fmt::format_to(std::back_inserter(text), "END_OF_DATA\n");
  return fmt::to_string(text);
}

std::string matrix_block(const std::string& name, std::span<const double> values, std::size_t columns) {
  fmt::memory_buffer text;
  fmt::format_to(std::back_inserter(text), "${} << END_OF_DATA\n", name);
  for (std::size_t k = 0; k < values.size(); ++k)
    fmt::format_to(std::back_inserter(text), "{:.6g}{}", values[k], (k + 1) % columns == 0 ? '\n' : ' ');
  fmt::format_to(std::back_inserter(text), "END_OF_DATA\n");
  return fmt::to_string(text);
}

void draw(const fs::path& picture, const Canvas& canvas, const std::string& script) {
  const std::string setup = terminal(picture, canvas);
  const auto program = core::find_program("gnuplot");
  if (program.empty())
    throw core::SystemError(
        "cannot draw {} (gnuplot is not installed) on Debian: apt-get install gnuplot-nox", picture);
  io::make_folder(picture.parent_path());
  const auto unfinished = io::incomplete_name(picture), log = io::incomplete_part(picture, "log");
  io::remove_dead(picture);  // and logs, which have its name in theirs
  const io::GoneAtEnd gone({unfinished, log});
  for (const auto& file : {unfinished, log}) io::make_new_file(file);
  const int status = run_gnuplot(
      program,
      "set encoding utf8\n" + setup + "set output " + gnuplot_text(unfinished.string()) + "\n" + script, log);
  const auto complaint = read_text(log);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw core::SystemError("gnuplot could not draw {} ({})", picture, core::shortened(complaint, 400));
  if (!is_whole(picture, unfinished))
    throw core::SystemError("{} is cut off (gnuplot has ended{}) is the disk full?", unfinished,
                            complaint.empty() ? "" : ": " + core::shortened(complaint, 400));
  io::publish(picture);
}

}  // namespace striate::metrics
