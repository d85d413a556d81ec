# SPDX-License-Identifier: MIT
# What a Linux desktop or server has beside the programs.

# hashira_install_filled(component file.in directory [name]): @WORDS@ are filled in when it is installed, since only then
# the prefix is known. A directory below etc is the system's own where the prefix is /usr.
function(hashira_install_filled component source directory)
  get_filename_component(name ${source} NAME)
  string(REGEX REPLACE "\\.in$" "" name ${name})
  if(ARGC GREATER 3)
    set(name ${ARGV3})
  endif()
  install(CODE "
    set(prefix \"\${CMAKE_INSTALL_PREFIX}\")
    set(SYSCONFDIR \"\${prefix}/etc\")
    if(prefix STREQUAL \"/usr\")
      set(SYSCONFDIR /etc)
    endif()
    set(BINDIR \"\${prefix}/${CMAKE_INSTALL_BINDIR}\")
    set(HASHIRAD \"\${BINDIR}/hashirad\")
    set(HASHIRA_DATASTORED \"\${BINDIR}/hashira-datastored\")
    set(SYSTEM_SERVICE @system-service) # systemd's own names for sets of calls
    set(SYSTEM_REFUSED \"@privileged @resources\")
    set(MENU_PROGRAM ${HASHIRA_MENU_PROGRAM})
    set(PROJECT_VERSION ${PROJECT_VERSION})
    set(RELEASE_DATE ${HASHIRA_RELEASE_DATE})
    set(directory \"\${prefix}/${directory}\")
    string(REGEX REPLACE \"^\${prefix}/etc\" \"\${SYSCONFDIR}\" directory \"\${directory}\")
    configure_file(\"${CMAKE_CURRENT_SOURCE_DIR}/linux/${source}\" \"${CMAKE_CURRENT_BINARY_DIR}/filled/${component}/${name}\" @ONLY)
    file(INSTALL DESTINATION \"\${directory}\" TYPE FILE
      FILES \"${CMAKE_CURRENT_BINARY_DIR}/filled/${component}/${name}\")"
    COMPONENT ${component})
endfunction()

# With a sanitizer the programs are for tests alone: they are not run by the build, and their pages are not made.
# hashira_man_page(component program section): made from the template and the program's own help.
function(hashira_man_page component program section)
  if(HASHIRA_SANITIZE)
    return()
  endif()
  set(page ${CMAKE_CURRENT_BINARY_DIR}/man/${program}.${section})
  set(template ${CMAKE_CURRENT_SOURCE_DIR}/linux/man/${program}.${section}.in)
  set(script ${CMAKE_CURRENT_SOURCE_DIR}/linux/man/man_page.cmake)
  add_custom_command(OUTPUT ${page} DEPENDS ${program} ${template} ${script} VERBATIM
    COMMAND ${CMAKE_COMMAND} -DPROGRAM=${program} -DBINARY=$<TARGET_FILE:${program}> -DTEMPLATE=${template}
      -DOUTPUT=${page} -DVERSION=${PROJECT_VERSION} -DDATE=${HASHIRA_RELEASE_DATE} -P ${script})
  set_property(GLOBAL APPEND PROPERTY HASHIRA_MADE_FILES ${page})
  install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section} COMPONENT ${component})
endfunction()

function(hashira_completion shell directory name)
  if(HASHIRA_SANITIZE)
    return()
  endif()
  set(file ${CMAKE_CURRENT_BINARY_DIR}/completion/${shell}/${name})
  add_custom_command(OUTPUT ${file} DEPENDS hashira VERBATIM
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/completion/${shell}
    COMMAND hashira completion ${shell} > ${file})
  set_property(GLOBAL APPEND PROPERTY HASHIRA_MADE_FILES ${file})
  install(FILES ${file} DESTINATION ${CMAKE_INSTALL_DATADIR}/${directory} COMPONENT hashira)
endfunction()

# What the menu of the desktop starts: the board, which starts the daemon where it does not run. Its windows name this file.
set(HASHIRA_MENU_PROGRAM hashirad)
if(TARGET hashira-board)
  set(HASHIRA_MENU_PROGRAM hashira-board)
endif()

# --- the desktop ---
hashira_install_filled(hashira hashirad.service lib/systemd/user)
hashira_install_filled(hashira hashira.desktop.in ${CMAKE_INSTALL_DATADIR}/applications ${HASHIRA_MENU_PROGRAM}.desktop)
hashira_install_filled(hashira hashira-autostart.desktop etc/xdg/autostart hashira.desktop)
hashira_install_filled(hashira org.hashira.Hashira.metainfo.xml.in ${CMAKE_INSTALL_DATADIR}/metainfo)
set(icons ${PROJECT_SOURCE_DIR}/resources/icons)
foreach(size ${HASHIRA_ICON_SIZES})
  install(FILES ${icons}/hashira-${size}.png RENAME hashira.png COMPONENT hashira
    DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/${size}x${size}/apps)
endforeach()
install(FILES ${icons}/hashira.svg DESTINATION ${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps COMPONENT hashira)
hashira_man_page(hashira hashirad 1)
hashira_man_page(hashira hashira 1)
if(TARGET hashira-board)
  hashira_man_page(hashira hashira-board 1)
endif()
hashira_completion(bash bash-completion/completions hashira)
hashira_completion(zsh zsh/site-functions _hashira)
hashira_completion(fish fish/vendor_completions.d hashira.fish)

# --- the datastore ---
if(TARGET hashira-datastored)
  hashira_install_filled(datastore hashira-datastored.service lib/systemd/system)
  hashira_install_filled(datastore hashira-datastored.default etc/default hashira-datastored)
  install(FILES linux/hashira-datastore.sysusers.conf DESTINATION lib/sysusers.d RENAME hashira-datastore.conf
    COMPONENT datastore)
  hashira_man_page(datastore hashira-datastored 8)
endif()

# What the programs tell of themselves. `all` makes it too, since `cmake --install` needs it.
get_property(files GLOBAL PROPERTY HASHIRA_MADE_FILES)
add_custom_target(installed_files ALL DEPENDS ${files})
foreach(program hashirad hashira hashira-board hashira-desktop hashira-tray hashira-datastored)
  if(TARGET ${program})
    add_dependencies(installed_files ${program})
  endif()
endforeach()
