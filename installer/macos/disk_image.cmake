# SPDX-License-Identifier: MIT
# Hashira-VERSION.dmg: the bundle beside a link to /Applications. The bundle is completed and signed before it is packed.
set(CPACK_GENERATOR DragNDrop)
set(CPACK_COMPONENTS_ALL hashira)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_PACKAGE_FILE_NAME Hashira-${PROJECT_VERSION})
set(CPACK_DMG_VOLUME_NAME "Hashira ${PROJECT_VERSION}")
set(CPACK_DMG_FORMAT UDZO)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/staging.cmake)
set(CPACK_HASHIRA_SOURCE ${CMAKE_CURRENT_LIST_DIR})
