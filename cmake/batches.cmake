# SPDX-License-Identifier: BSD-3-Clause
# With STRIATE_UNITY the sources of a folder are compiled as one file, so that its headers are read once. A folder, not a
# fixed number of files: names in anonymous namespaces then need to differ only where a reader sees them side by side.
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
    string(REPLACE / _ group ${folder})
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
  endforeach()
endfunction()
