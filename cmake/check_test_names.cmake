# SPDX-License-Identifier: BSD-3-Clause
# Catch and CMake read some names of test cases as patterns, options or lists, and would then silently run nothing.
file(GLOB_RECURSE files ${SOURCE_DIR}/tests/*.cpp)
foreach(file ${files})
  file(READ ${file} text)
  # The name may stand on the line below.
  string(REGEX MATCH "TEST_CASE[A-Z_]*\\([^\"]*\"(-|~|[^\"]*[];*[])[^\"]*" bad "${text}")
  if(bad)
    message(SEND_ERROR "${file}: a test's name begins with '-' or '~' or holds one of [ ] ; * (it would not be run)\n  ${bad}")
  endif()
endforeach()
