# FindAsio: Asio without Boost, header-only.
#
# Imported target: Asio::asio. Sets Asio_FOUND and Asio_VERSION (read from asio/version.hpp).

find_path(ASIO_INCLUDE_DIR NAMES asio/version.hpp DOC "Folder that holds asio.hpp")
mark_as_advanced(ASIO_INCLUDE_DIR)

unset(Asio_VERSION)
if(ASIO_INCLUDE_DIR AND EXISTS "${ASIO_INCLUDE_DIR}/asio/version.hpp")
  file(STRINGS "${ASIO_INCLUDE_DIR}/asio/version.hpp" _asio_version
       REGEX "^#define ASIO_VERSION [0-9]+")
  if(_asio_version MATCHES "ASIO_VERSION ([0-9]+)")
    set(_asio_version ${CMAKE_MATCH_1})
    math(EXPR _asio_major "${_asio_version} / 100000")
    math(EXPR _asio_minor "(${_asio_version} / 100) % 1000")
    math(EXPR _asio_patch "${_asio_version} % 100")
    set(Asio_VERSION "${_asio_major}.${_asio_minor}.${_asio_patch}")
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  Asio
  REQUIRED_VARS ASIO_INCLUDE_DIR Asio_VERSION
  VERSION_VAR Asio_VERSION
  HANDLE_VERSION_RANGE
  REASON_FAILURE_MESSAGE "libasio-dev (1.22) is needed: apt-get install libasio-dev")

if(Asio_FOUND AND NOT TARGET Asio::asio)
  find_package(Threads QUIET REQUIRED)
  add_library(Asio::asio INTERFACE IMPORTED)
  set_target_properties(
    Asio::asio
    PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${ASIO_INCLUDE_DIR}"
               INTERFACE_COMPILE_DEFINITIONS ASIO_STANDALONE
               INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()
