# SPDX-License-Identifier: MIT
# Cross-builds for 64-bit Windows with Debian's mingw-w64. The libraries come from a sysroot (installer/windows/sysroot):
# HASHIRA_WIN_SYSROOT names the directory that it was unpacked to.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc-posix)
set(CMAKE_CXX_COMPILER x86_64-w64-mingw32-g++-posix)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)

list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES HASHIRA_WIN_SYSROOT)
if(NOT IS_DIRECTORY "${HASHIRA_WIN_SYSROOT}/qt6")
  message(FATAL_ERROR "HASHIRA_WIN_SYSROOT=\"${HASHIRA_WIN_SYSROOT}\" is no sysroot: see installer/windows/README.md")
endif()
set(CMAKE_FIND_ROOT_PATH /usr/x86_64-w64-mingw32 ${HASHIRA_WIN_SYSROOT} ${HASHIRA_WIN_SYSROOT}/qt6)
set(CMAKE_PREFIX_PATH ${HASHIRA_WIN_SYSROOT}/qt6)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# What the sysroot has no CMake files for; and Qt's own tools run here.
set(gRPC_DIR ${CMAKE_CURRENT_LIST_DIR}/cmake)
set(RapidJSON_DIR ${CMAKE_CURRENT_LIST_DIR}/cmake)
set(QT_HOST_PATH /usr CACHE PATH "Where Qt's tools of this machine are")
if(NOT DEFINED QT_HOST_PATH_CMAKE_DIR)
  file(GLOB found /usr/lib/*/cmake/Qt6HostInfo)
  get_filename_component(found "${found}" DIRECTORY)
  set(QT_HOST_PATH_CMAKE_DIR ${found} CACHE PATH "Where their CMake files are")
endif()

# Windows 10 and newer. No moment of building in the programs, so that they can be built again byte for byte.
add_compile_definitions(_WIN32_WINNT=0x0A00 WINVER=0x0A00 UNICODE _UNICODE NOMINMAX WIN32_LEAN_AND_MEAN)
add_compile_options("-ffile-prefix-map=${HASHIRA_WIN_SYSROOT}=sysroot")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-Wl,--no-insert-timestamp -Wl,--gc-sections")
set(CMAKE_MODULE_LINKER_FLAGS_INIT "-Wl,--no-insert-timestamp -Wl,--gc-sections")
set(CMAKE_SHARED_LINKER_FLAGS_INIT "-Wl,--no-insert-timestamp -Wl,--gc-sections")
