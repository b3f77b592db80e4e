# hiredis, as Hiredis::hiredis: 0.14 brings no CMake package, later versions do.
find_path(Hiredis_INCLUDE_DIR hiredis/read.h)
find_library(Hiredis_LIBRARY hiredis)
if(Hiredis_INCLUDE_DIR)
  file(STRINGS "${Hiredis_INCLUDE_DIR}/hiredis/hiredis.h" _hiredis_versions
       REGEX "^#define HIREDIS_(MAJOR|MINOR|PATCH) +[0-9]+")
  string(REGEX REPLACE "[^;]* ([0-9]+)" "\\1" _hiredis_versions "${_hiredis_versions}")
  list(JOIN _hiredis_versions "." Hiredis_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  Hiredis
  REQUIRED_VARS Hiredis_LIBRARY Hiredis_INCLUDE_DIR
  VERSION_VAR Hiredis_VERSION)
mark_as_advanced(Hiredis_INCLUDE_DIR Hiredis_LIBRARY)

if(Hiredis_FOUND AND NOT TARGET Hiredis::hiredis)
  add_library(Hiredis::hiredis UNKNOWN IMPORTED)
  set_target_properties(
    Hiredis::hiredis PROPERTIES IMPORTED_LOCATION "${Hiredis_LIBRARY}"
                                INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${Hiredis_INCLUDE_DIR}"
                                INTERFACE_INCLUDE_DIRECTORIES "${Hiredis_INCLUDE_DIR}")
endif()
