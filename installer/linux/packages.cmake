# SPDX-License-Identifier: MIT
# A package for each component: hashira and hashira-datastore, as .deb and as .rpm.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON) # some files go to /etc
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/staging.cmake)
set(CPACK_HASHIRA_SOURCE ${CMAKE_CURRENT_LIST_DIR})

set(HASHIRA_DESCRIPTION "Hashira manages the tasks of the day on a kanban of four places: backlog,
todo, doing, done. A daemon on the desktop keeps the tasks and works the
same with and without a network; any number of front ends talk to it over
local gRPC.")
set(HASHIRA_DATASTORE_DESCRIPTION "Hashira manages the tasks of the day on a kanban. Its datastore keeps the
tasks of accounts and lets the devices of each share them, from an embedded
database (SQLite) or from PostgreSQL.")
set(HASHIRA_DATASTORE_SUMMARY "lets devices share the tasks of the Hashira task manager")

# The scripts say where our program is and how running daemons are found.
file(READ ${CMAKE_CURRENT_LIST_DIR}/running_daemons.sh RUNNING_DAEMONS)
string(REGEX REPLACE "^#[^\n]*\n#[^\n]*\n" "" RUNNING_DAEMONS "${RUNNING_DAEMONS}")
set(HASHIRA_SCRIPTS ${CMAKE_CURRENT_BINARY_DIR}/scripts)
function(hashira_scripts kind component)
  set(files "")
  foreach(name ${ARGN})
    configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/${kind}/${component}.${name} ${HASHIRA_SCRIPTS}/${kind}/${component}/${name}
      @ONLY FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
    list(APPEND files ${HASHIRA_SCRIPTS}/${kind}/${component}/${name})
  endforeach()
  set(HASHIRA_SCRIPT_FILES ${files} PARENT_SCOPE)
endfunction()

# --- .deb ---
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_HASHIRA_PACKAGE_NAME hashira)
set(CPACK_DEBIAN_HASHIRA_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_HASHIRA_DESCRIPTION "${HASHIRA_SUMMARY}\n${HASHIRA_DESCRIPTION}")
# Plugins that no library names.
set(CPACK_DEBIAN_HASHIRA_PACKAGE_DEPENDS "libqt6sql6-sqlite, libsecret-1-0, qt6-qpa-plugins")
set(CPACK_DEBIAN_HASHIRA_PACKAGE_RECOMMENDS "default-dbus-session-bus | dbus-session-bus")
set(CPACK_DEBIAN_HASHIRA_PACKAGE_SUGGESTS "gnome-keyring, hashira-datastore, qt6-wayland")
hashira_scripts(deb hashira conffiles postinst prerm)
set(CPACK_DEBIAN_HASHIRA_PACKAGE_CONTROL_EXTRA ${HASHIRA_SCRIPT_FILES})
set(CPACK_DEBIAN_DATASTORE_PACKAGE_NAME hashira-datastore)
set(CPACK_DEBIAN_DATASTORE_PACKAGE_SECTION net)
set(CPACK_DEBIAN_DATASTORE_DESCRIPTION "${HASHIRA_DATASTORE_SUMMARY}\n${HASHIRA_DATASTORE_DESCRIPTION}")
set(CPACK_DEBIAN_DATASTORE_PACKAGE_DEPENDS
  "libqt6sql6-sqlite, libqt6sql6-psql, systemd | systemd-standalone-sysusers | systemd-sysusers")
set(CPACK_DEBIAN_DATASTORE_PACKAGE_SUGGESTS postgresql)
hashira_scripts(deb datastore conffiles postinst prerm postrm)
set(CPACK_DEBIAN_DATASTORE_PACKAGE_CONTROL_EXTRA ${HASHIRA_SCRIPT_FILES})

# --- .rpm ---
set(CPACK_RPM_COMPONENT_INSTALL ON)
set(CPACK_RPM_MAIN_COMPONENT hashira)
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE MIT)
set(CPACK_RPM_PACKAGE_RELEASE 1)
set(CPACK_RPM_PACKAGE_AUTOREQPROV ON)
# One build of the same source is like the other.
set(CPACK_RPM_SPEC_MORE_DEFINE "%define _buildhost localhost
%define use_source_date_epoch_as_buildtime 1
%define clamp_mtime_to_source_date_epoch 1
%define _build_id_links none")
# Directories of others.
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
  /etc /etc/default /etc/xdg /etc/xdg/autostart /usr/lib/systemd /usr/lib/systemd/system /usr/lib/systemd/user
  /usr/lib/sysusers.d /usr/share/applications /usr/share/bash-completion /usr/share/bash-completion/completions
  /usr/share/zsh /usr/share/zsh/site-functions /usr/share/fish /usr/share/fish/vendor_completions.d
  /usr/share/icons /usr/share/icons/hicolor /usr/share/icons/hicolor/scalable /usr/share/icons/hicolor/scalable/apps
  /usr/share/man /usr/share/man/man1 /usr/share/man/man8 /usr/share/metainfo)
foreach(size ${HASHIRA_ICON_SIZES})
  list(APPEND CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION /usr/share/icons/hicolor/${size}x${size}
    /usr/share/icons/hicolor/${size}x${size}/apps)
endforeach()
set(CPACK_RPM_HASHIRA_PACKAGE_SUMMARY "${HASHIRA_SUMMARY}")
set(CPACK_RPM_HASHIRA_PACKAGE_DESCRIPTION "${HASHIRA_DESCRIPTION}")
set(CPACK_RPM_HASHIRA_PACKAGE_REQUIRES "libsecret")
set(CPACK_RPM_HASHIRA_USER_FILELIST "%config(noreplace) /etc/xdg/autostart/hashira.desktop")
hashira_scripts(rpm hashira post preun)
set(CPACK_RPM_HASHIRA_POST_INSTALL_SCRIPT_FILE ${HASHIRA_SCRIPTS}/rpm/hashira/post)
set(CPACK_RPM_HASHIRA_PRE_UNINSTALL_SCRIPT_FILE ${HASHIRA_SCRIPTS}/rpm/hashira/preun)
set(CPACK_RPM_DATASTORE_PACKAGE_NAME hashira-datastore)
set(CPACK_RPM_DATASTORE_PACKAGE_SUMMARY "${HASHIRA_DATASTORE_SUMMARY}")
set(CPACK_RPM_DATASTORE_PACKAGE_DESCRIPTION "${HASHIRA_DATASTORE_DESCRIPTION}")
set(CPACK_RPM_DATASTORE_PACKAGE_REQUIRES "systemd")
set(CPACK_RPM_DATASTORE_USER_FILELIST "%config(noreplace) /etc/default/hashira-datastored")
hashira_scripts(rpm datastore post preun postun)
set(CPACK_RPM_DATASTORE_POST_INSTALL_SCRIPT_FILE ${HASHIRA_SCRIPTS}/rpm/datastore/post)
set(CPACK_RPM_DATASTORE_PRE_UNINSTALL_SCRIPT_FILE ${HASHIRA_SCRIPTS}/rpm/datastore/preun)
set(CPACK_RPM_DATASTORE_POST_UNINSTALL_SCRIPT_FILE ${HASHIRA_SCRIPTS}/rpm/datastore/postun)
