// SPDX-License-Identifier: BSD-3-Clause
#include "lgn/input_values.hpp"

#include "core/errors/error.hpp"
#include "core/log.hpp"

namespace striate::lgn {

using io::JsonSection;

double checked(const JsonSection& input, std::string_view key, double value, const Bounds& bounds) {
  if (!(value >= bounds.low && value <= bounds.high))
    throw core::ConfigError("invalid {} = {} ({})", input.where(key), value, bounds.text);
  return value;
}

double number(const JsonSection& input, std::string_view key, double fallback, const Bounds& bounds) {
  return checked(input, key, input.number(key).value_or(fallback), bounds);
}

double required(const JsonSection& input, std::string_view key, const Bounds& bounds) {
  return checked(input, key, input.require_number(key), bounds);
}

double milliseconds(const JsonSection& input, std::string_view key, double value_ms) {
  constexpr double shortest_usual_ms = 10;
  if (value_ms > 0 && value_ms < shortest_usual_ms)
    core::log::warning("{} = {} is taken as {} ms (this key is in ms) write {} if seconds are meant",
                       input.where(key), value_ms, value_ms, value_ms * 1000);
  return value_ms / 1000;
}

YDirection y_direction(const JsonSection& input, const char* usual) {
  const auto text = input.string("y_dir").value_or(usual);
  if (text == "up") return YDirection::up;
  if (text == "down") return YDirection::down;
  throw core::ConfigError("invalid {} = \"{}\" (\"up\" or \"down\": where higher rows lie)",
                          input.where("y_dir"), text);
}

}  // namespace striate::lgn
