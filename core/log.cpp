// SPDX-License-Identifier: BSD-3-Clause
#include "core/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <utility>

namespace striate::core::log {
namespace {

/// INFO, WARNING, ERROR in capitals, as Python's logging (and so BMTK) names them.
class PythonLevelName : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    const std::string_view name = message.level == spdlog::level::err     ? "ERROR"
                                  : message.level == spdlog::level::warn  ? "WARNING"
                                  : message.level == spdlog::level::debug ? "DEBUG"
                                                                          : "INFO";
    out.append(name.data(), name.data() + name.size());
  }
  std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
    return std::make_unique<PythonLevelName>();
  }
};

Level current_level = Level::normal;
std::string file_problem;  // of the log file, until it is thrown

/// After each message, so that a log that cannot be written ends the run.
void throw_file_problem() {
  if (file_problem.empty()) return;
  const std::string problem = std::exchange(file_problem, {});
  remove_file();  // so that the error itself can be told
  throw SystemError("{}", problem);
}

spdlog::level::level_enum console_level(Level level) {
  switch (level) {
    case Level::quiet:
      return spdlog::level::warn;
    case Level::normal:
      return spdlog::level::info;
    case Level::verbose:
      return spdlog::level::debug;
  }
  return spdlog::level::info;
}

}  // namespace

void set_up(Level level, int rank) {
  current_level = level;
  auto console = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  console->set_level(rank == 0 ? console_level(level) : spdlog::level::err);
  console->set_pattern(rank == 0 ? "%^%v%$" : fmt::format("[rank {}] %v", rank));
  auto logger = std::make_shared<spdlog::logger>("striate", console);
  logger->set_level(spdlog::level::debug);
  spdlog::set_default_logger(logger);
}

Level level() {
  return current_level;
}

void add_file(const std::string& file, bool console) {
  std::shared_ptr<spdlog::sinks::basic_file_sink_mt> sink;
  try {
    sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);
  } catch (const spdlog::spdlog_ex& error) {
    throw SystemError("cannot write the log file {} ({})", file, error.what());
  }
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<PythonLevelName>('*').set_pattern("%Y-%m-%d %H:%M:%S,%e [%*] %v");
  sink->set_formatter(std::move(formatter));
  sink->set_level(spdlog::level::debug);
  auto logger = spdlog::default_logger();
  logger->sinks().push_back(sink);
  logger->flush_on(spdlog::level::info);
  // spdlog swallows what a handler throws: throw_file_problem() tells it.
  logger->set_error_handler([file](const std::string& reason) {
    file_problem = fmt::format("cannot write the log file {} ({}) is the disk full?", file, reason);
  });
  if (!console) logger->sinks().front()->set_level(spdlog::level::warn);
}

void remove_file() {
  auto& sinks = spdlog::default_logger()->sinks();
  if (sinks.size() < 2) return;
  sinks.pop_back();
  spdlog::default_logger()->set_error_handler(nullptr);
  sinks.front()->set_level(console_level(current_level));
}

void write_info(const std::string& text) {
  spdlog::info("{}", text);
  throw_file_problem();
}
void write_detail(const std::string& text) {
  spdlog::debug("{}", text);
  throw_file_problem();
}
void write_warning(const std::string& text) {
  spdlog::warn("warning: {}", text);
  throw_file_problem();
}
void write_error(const std::string& text) {
  spdlog::error("error: {}", text);
}

}  // namespace striate::core::log
