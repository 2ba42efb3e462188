// SPDX-License-Identifier: BSD-3-Clause
#include "core/run/version.hpp"

#include <fmt/format.h>

#include "build_info.hpp"

namespace striate::core {

std::string version() {
  return build_info::version;
}
std::string commit() {
  return build_info::commit;
}
std::string program_label() {
  return fmt::format("striate {} ({})", version(), commit());
}
std::string compiler() {
  return build_info::compiler;
}
std::string compiler_flags() {
  return build_info::compiler_flags;
}
std::string build_type() {
  return build_info::build_type;
}

}  // namespace striate::core
