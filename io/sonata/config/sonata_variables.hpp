// SPDX-License-Identifier: BSD-3-Clause
// Variables in SONATA configs: $NAME and ${NAME} in texts, defined by the section "manifest" and a few that
// are built in. Names are as long as their letters, digits and underscores go, so $A never matches in $AB.
#pragma once

#include <ctime>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "io/text/json.hpp"

namespace striate::io {

using Variables = std::map<std::string, Json, std::less<>>;

/// workingdir, configdir, configfname, time, date, datetime. `file` is absolute.
Variables built_in_variables(const std::filesystem::path& file, std::time_t now);

/// The built-in variables and those of the manifest, which may refer to one another in any order. Throws
/// ConfigError for cycles and unknown variables.
Variables resolve_manifest(const JsonSection& manifest, Variables built_in);

/// Replaces known variables in every text of `value` (not in keys); unknown ones stay. A text that is nothing
/// but one variable becomes its value, of whatever type. `where` names the value in errors.
void expand_variables(Json& value, const Variables& variables, const std::string& where);

/// Name of the first variable that `text` still refers to.
std::optional<std::string> unresolved_variable(std::string_view text);

}  // namespace striate::io
