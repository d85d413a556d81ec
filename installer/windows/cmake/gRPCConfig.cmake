# SPDX-License-Identifier: MIT
# gRPC of the Windows sysroot, as gRPC's own CMake files would tell it: static, and all that it needs after it. A
# sysroot may have no reflection.
file(GLOB hashira_absl ${HASHIRA_WIN_SYSROOT}/lib/libabsl_*.a)
set(hashira_grpc)
foreach(library grpc++ grpc gpr address_sorting upb protobuf re2 cares ssl crypto)
  list(APPEND hashira_grpc ${HASHIRA_WIN_SYSROOT}/lib/lib${library}.a)
endforeach()
add_library(gRPC::grpc++ INTERFACE IMPORTED)
set_target_properties(gRPC::grpc++ PROPERTIES
  INTERFACE_INCLUDE_DIRECTORIES ${HASHIRA_WIN_SYSROOT}/include
  # Among each other they need what comes before: one group.
  INTERFACE_LINK_LIBRARIES "-Wl,--start-group;${hashira_grpc};${hashira_absl};z;-Wl,--end-group;ws2_32;crypt32;iphlpapi;bcrypt;dbghelp;advapi32;userenv;shlwapi")
# The parts of abseil by their names: they come with the group.
foreach(library ${hashira_absl})
  string(REGEX REPLACE "^.*/libabsl_(.*)\\.a$" "absl::\\1" name ${library})
  if(NOT TARGET ${name})
    add_library(${name} INTERFACE IMPORTED)
    target_link_libraries(${name} INTERFACE gRPC::grpc++)
  endif()
endforeach()
if(EXISTS ${HASHIRA_WIN_SYSROOT}/lib/libgrpc++_reflection.a)
  add_library(gRPC::grpc++_reflection INTERFACE IMPORTED)
  target_link_libraries(gRPC::grpc++_reflection INTERFACE ${HASHIRA_WIN_SYSROOT}/lib/libgrpc++_reflection.a gRPC::grpc++)
endif()
add_executable(gRPC::grpc_cpp_plugin IMPORTED)
find_program(HASHIRA_GRPC_PLUGIN grpc_cpp_plugin REQUIRED)
set_target_properties(gRPC::grpc_cpp_plugin PROPERTIES IMPORTED_LOCATION ${HASHIRA_GRPC_PLUGIN})
set(gRPC_FOUND TRUE)
