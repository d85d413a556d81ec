# SPDX-License-Identifier: MIT
# Hashira.app: the daemon is the program that opens it, the others lie beside it. What it needs of Qt and other libraries is
# put in by deploy.sh, when CPack makes the disk image.
set(contents Hashira.app/Contents)
foreach(program hashirad hashira hashira-board)
  if(TARGET ${program})
    set_target_properties(${program} PROPERTIES MACOSX_BUNDLE OFF) # they are of this one
    install(TARGETS ${program} RUNTIME DESTINATION ${contents}/MacOS COMPONENT hashira)
  endif()
endforeach()
install(TARGETS hashira-tray LIBRARY DESTINATION ${contents}/PlugIns/hashira COMPONENT hashira)

set(PLIST_COPYRIGHT "© 2026 The Hashira authors, MIT licence")
configure_file(macos/Info.plist.in ${CMAKE_CURRENT_BINARY_DIR}/macos/Info.plist @ONLY)
configure_file(macos/org.hashira.hashirad.plist.in ${CMAKE_CURRENT_BINARY_DIR}/macos/org.hashira.hashirad.plist @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/macos/Info.plist DESTINATION ${contents} COMPONENT hashira)
install(FILES macos/hashira.icns ${CMAKE_CURRENT_BINARY_DIR}/macos/org.hashira.hashirad.plist
  ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${PROJECT_SOURCE_DIR}/LICENSE
  ${PROJECT_SOURCE_DIR}/docs/protocol.md ${PROJECT_SOURCE_DIR}/docs/cli.md ${PROJECT_SOURCE_DIR}/docs/desktop.md
  DESTINATION ${contents}/Resources COMPONENT hashira)
install(PROGRAMS macos/uninstall.sh DESTINATION ${contents}/Resources COMPONENT hashira)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/proto/ DESTINATION ${contents}/Resources/proto COMPONENT hashira
  FILES_MATCHING PATTERN "*.proto")
