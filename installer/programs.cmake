# SPDX-License-Identifier: MIT
# The programs, and the documents that strangers need. Each thing belongs to one of two components, which become packages:
# hashira for a desktop, datastore for a server.
foreach(program hashirad hashira hashira-board)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT hashira)
  endif()
endforeach()
foreach(plugin hashira-desktop hashira-tray)
  if(TARGET ${plugin})
    install(TARGETS ${plugin} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/hashira/plugins COMPONENT hashira)
  endif()
endforeach()
# Whoever writes a front end finds the protocol where protoc looks.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/proto/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT hashira
  FILES_MATCHING PATTERN "*.proto")
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${PROJECT_SOURCE_DIR}/LICENSE
  ${PROJECT_SOURCE_DIR}/docs/protocol.md ${PROJECT_SOURCE_DIR}/docs/cli.md ${PROJECT_SOURCE_DIR}/docs/desktop.md
  DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT hashira)

if(TARGET hashira-datastored)
  install(TARGETS hashira-datastored RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT datastore)
  install(FILES ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/docs/operating.md
    DESTINATION ${CMAKE_INSTALL_DOCDIR}-datastore COMPONENT datastore)
endif()
