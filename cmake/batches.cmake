# SPDX-License-Identifier: BSD-3-Clause
# With STRIATE_UNITY whole builds take a third of the time: sources are compiled in batches, with headers that are read once.

# Those of others that nearly all sources read. Only g++: clang++ wants the same macros of all that share them.
set(STRIATE_SHARE_HEADERS OFF)
if(STRIATE_UNITY AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  set(STRIATE_SHARE_HEADERS ON)
endif()
set(STRIATE_COMMON_HEADERS <algorithm> <array> <cmath> <filesystem> <fmt/format.h> <fmt/ranges.h> <fstream> <functional> <map> <memory>
  <nlohmann/json.hpp> <numeric> <optional> <set> <span> <string> <unordered_map> <variant> <vector>)
# striate_read_headers_once(NAME "OPTION…" TARGET…): by these TARGETs, which are compiled with those options. They must be the
# same: g++ takes --param of a reader from what it has read.
function(striate_read_headers_once name options)
  if(NOT STRIATE_SHARE_HEADERS)
    return()
  endif()
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/${name}.cpp CONTENT "")
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/generated/${name}.cpp)
  target_link_libraries(${name} PRIVATE striate_options fmt::fmt nlohmann_json::nlohmann_json)
  target_compile_options(${name} PRIVATE ${options})
  target_precompile_headers(${name} PRIVATE ${STRIATE_COMMON_HEADERS})
  foreach(target ${ARGN})
    target_precompile_headers(${target} REUSE_FROM ${name})
  endforeach()
endfunction()

# With STRIATE_UNITY the sources of a folder are compiled as one file, so that its headers are read once. A folder, not a
# fixed number of files: names in anonymous namespaces then need to differ only where a reader sees them side by side. Rooms
# of few sources are compiled with the folder around them.
set(STRIATE_FEWEST_IN_BATCH 4)
function(striate_compile_in_batches target)
  if(NOT STRIATE_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources EXCLUDE REGEX "/main.cpp$")
  foreach(source ${sources})
    get_filename_component(folder ${source} DIRECTORY)
    file(RELATIVE_PATH folder ${CMAKE_SOURCE_DIR} ${folder})
    list(APPEND sources_of_${folder} ${source})
    list(APPEND folders ${folder})
  endforeach()
  list(REMOVE_DUPLICATES folders)
  foreach(folder ${folders})
    list(LENGTH sources_of_${folder} count)
    get_filename_component(around ${folder} DIRECTORY)
    if(count LESS STRIATE_FEWEST_IN_BATCH AND around)
      set(batch ${around})
    else()
      set(batch ${folder})
    endif()
    string(REPLACE / _ group ${batch})
    set_source_files_properties(${sources_of_${folder}} PROPERTIES UNITY_GROUP ${group})
  endforeach()
endfunction()
