# FindCAF: the C++ Actor Framework, for installations without a CMake package of their own.
#
# Components: core (always), io, openssl. Imported targets: CAF::core, CAF::io, CAF::openssl.
# Sets CAF_FOUND, CAF_VERSION (read from caf/config.hpp) and CAF_<component>_FOUND.

find_path(CAF_INCLUDE_DIR NAMES caf/config.hpp DOC "Folder that holds caf/config.hpp")
find_library(CAF_CORE_LIBRARY NAMES caf_core DOC "CAF's core library")
find_library(CAF_IO_LIBRARY NAMES caf_io DOC "CAF's network library")
find_library(CAF_OPENSSL_LIBRARY NAMES caf_openssl DOC "CAF's TLS library")
mark_as_advanced(CAF_INCLUDE_DIR CAF_CORE_LIBRARY CAF_IO_LIBRARY CAF_OPENSSL_LIBRARY)

unset(CAF_VERSION)
if(CAF_INCLUDE_DIR AND EXISTS "${CAF_INCLUDE_DIR}/caf/config.hpp")
  file(STRINGS "${CAF_INCLUDE_DIR}/caf/config.hpp" _caf_version
       REGEX "^#define CAF_VERSION [0-9]+")
  if(_caf_version MATCHES "CAF_VERSION ([0-9]+)")
    set(_caf_version ${CMAKE_MATCH_1})
    math(EXPR _caf_major "${_caf_version} / 10000")
    math(EXPR _caf_minor "(${_caf_version} / 100) % 100")
    math(EXPR _caf_patch "${_caf_version} % 100")
    set(CAF_VERSION "${_caf_major}.${_caf_minor}.${_caf_patch}")
  endif()
endif()

foreach(_caf_component IN ITEMS core io openssl)
  string(TOUPPER ${_caf_component} _caf_upper)
  set(CAF_${_caf_component}_FOUND FALSE)
  if(CAF_INCLUDE_DIR AND CAF_${_caf_upper}_LIBRARY)
    set(CAF_${_caf_component}_FOUND TRUE)
  endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  CAF
  REQUIRED_VARS CAF_CORE_LIBRARY CAF_INCLUDE_DIR CAF_VERSION
  VERSION_VAR CAF_VERSION
  HANDLE_VERSION_RANGE HANDLE_COMPONENTS
  REASON_FAILURE_MESSAGE "libcaf-dev (0.17.6) is needed: apt-get install libcaf-dev")

if(CAF_FOUND)
  find_package(Threads QUIET REQUIRED)
  if(NOT TARGET CAF::core)
    add_library(CAF::core UNKNOWN IMPORTED)
    set_target_properties(
      CAF::core
      PROPERTIES IMPORTED_LOCATION "${CAF_CORE_LIBRARY}"
                 INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}"
                 INTERFACE_LINK_LIBRARIES Threads::Threads)
  endif()
  foreach(_caf_component IN ITEMS io openssl)
    string(TOUPPER ${_caf_component} _caf_upper)
    if(CAF_${_caf_component}_FOUND AND NOT TARGET CAF::${_caf_component})
      add_library(CAF::${_caf_component} UNKNOWN IMPORTED)
      set_target_properties(
        CAF::${_caf_component} PROPERTIES IMPORTED_LOCATION "${CAF_${_caf_upper}_LIBRARY}")
    endif()
  endforeach()
  if(CAF_io_FOUND)
    set_target_properties(CAF::io PROPERTIES INTERFACE_LINK_LIBRARIES CAF::core)
  endif()
  if(CAF_openssl_FOUND AND CAF_io_FOUND)
    set_target_properties(CAF::openssl PROPERTIES INTERFACE_LINK_LIBRARIES "CAF::io")
  endif()
endif()
