# SPDX-License-Identifier: MIT
# CPack runs this when the files stand where they are packed from: each kind of package has its own customs.
file(GLOB roots ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/*)
file(CHMOD_RECURSE ${roots} DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
# So that the bytes do not depend on when and by whom they are packed; -n leaves name and time out.
function(compress)
  foreach(file ${ARGN})
    execute_process(COMMAND gzip -9nf ${file} COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
endfunction()

function(debian_customs root)
  file(GLOB docs ${root}/usr/share/doc/*)
  foreach(doc ${docs})
    file(REMOVE ${doc}/LICENSE) # its text is in copyright
    file(RENAME ${doc}/CHANGELOG.md ${doc}/NEWS)
    file(COPY ${CPACK_HASHIRA_SOURCE}/deb/changelog DESTINATION ${doc})
    file(COPY ${CPACK_HASHIRA_SOURCE}/deb/copyright DESTINATION ${doc})
    compress(${doc}/changelog ${doc}/NEWS)
  endforeach()
  if(EXISTS ${root}/usr/share/zsh/site-functions)
    file(RENAME ${root}/usr/share/zsh/site-functions ${root}/usr/share/zsh/vendor-completions)
  endif()
endfunction()

foreach(root ${roots})
  file(GLOB pages ${root}/usr/share/man/man*/*.[1-8])
  compress(${pages})
  file(GLOB_RECURSE programs ${root}/usr/bin/* ${root}/usr/lib/*.so)
  execute_process(COMMAND strip --remove-section=.comment --remove-section=.note ${programs} COMMAND_ERROR_IS_FATAL ANY)
  if(CPACK_GENERATOR STREQUAL "DEB")
    debian_customs(${root})
  endif()
  if(DEFINED ENV{SOURCE_DATE_EPOCH})
    execute_process(COMMAND find ${root} -exec touch -hd @$ENV{SOURCE_DATE_EPOCH} {} + COMMAND_ERROR_IS_FATAL ANY)
  endif()
endforeach()
