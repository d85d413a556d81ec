# SPDX-License-Identifier: MIT
# RapidJSON is headers alone, so this machine's fit; the rest of its directory does not.
if(NOT EXISTS /usr/include/rapidjson/document.h)
  set(RapidJSON_FOUND FALSE)
  return()
endif()
set(RAPIDJSON_INCLUDE_DIRS ${CMAKE_BINARY_DIR}/host-include)
file(MAKE_DIRECTORY ${RAPIDJSON_INCLUDE_DIRS})
file(CREATE_LINK /usr/include/rapidjson ${RAPIDJSON_INCLUDE_DIRS}/rapidjson SYMBOLIC)
set(RapidJSON_FOUND TRUE)
