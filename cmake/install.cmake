# Installs the libraries and a package config; the spelling of includes stays the same. Of the headers only
# those that cmake/face.cmake finds: what users include, and what that includes.

include(CMakePackageConfigHelpers)
set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/websock")

set(libraries websock_runtime websock_websock)
if(WEBSOCK_DISTRIBUTION)
  list(APPEND libraries websock_distribution)
endif()
if(WEBSOCK_REDIS)
  list(APPEND libraries websock_redis)
endif()
if(WEBSOCK_CHANNELS)
  list(APPEND libraries websock_channels)
endif()
if(TARGET websock_phoenix)
  list(APPEND libraries websock_phoenix)
endif()
if(WEBSOCK_CONFIG)
  list(APPEND libraries websock_config)
endif()
install(
  TARGETS ${libraries}
  EXPORT websock
  FILE_SET HEADERS)
install(
  EXPORT websock
  NAMESPACE websock::
  FILE websockTargets.cmake
  DESTINATION "${package_folder}")

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/websockConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/websockConfig.cmake" INSTALL_DESTINATION "${package_folder}")
write_basic_package_version_file(
  "${PROJECT_BINARY_DIR}/websockConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(
  FILES "${PROJECT_BINARY_DIR}/websockConfig.cmake"
        "${PROJECT_BINARY_DIR}/websockConfigVersion.cmake"
        "${PROJECT_SOURCE_DIR}/cmake/FindCAF.cmake" "${PROJECT_SOURCE_DIR}/cmake/FindAsio.cmake"
        "${PROJECT_SOURCE_DIR}/cmake/FindUring.cmake"
        "${PROJECT_SOURCE_DIR}/cmake/FindHiredis.cmake"
  DESTINATION "${package_folder}")
