# SPDX-License-Identifier: BSD-3-Clause
# Version and commit for `striate version` and for the files we write.
execute_process(COMMAND git describe --always --dirty --abbrev=10
  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE STRIATE_COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT STRIATE_COMMIT)
  set(STRIATE_COMMIT "unknown")
endif()
# A new commit reconfigures, so that the number never lags behind the sources.
foreach(file .git/HEAD .git/logs/HEAD)
  if(EXISTS ${CMAKE_SOURCE_DIR}/${file})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${file})
  endif()
endforeach()
string(TOUPPER "${CMAKE_BUILD_TYPE}" _type)
string(STRIP "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${_type}}" STRIATE_CXX_FLAGS)
configure_file(${CMAKE_SOURCE_DIR}/cmake/build_info.hpp.in ${CMAKE_BINARY_DIR}/generated/build_info.hpp @ONLY)
