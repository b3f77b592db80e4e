# FindUring: liburing, the library of io_uring.
#
# Imported target: Uring::uring. Sets Uring_FOUND.

find_path(URING_INCLUDE_DIR NAMES liburing.h DOC "Folder that holds liburing.h")
find_library(URING_LIBRARY NAMES uring DOC "liburing")
mark_as_advanced(URING_INCLUDE_DIR URING_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  Uring
  REQUIRED_VARS URING_LIBRARY URING_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "liburing-dev (2.3) is needed: apt-get install liburing-dev")

if(Uring_FOUND AND NOT TARGET Uring::uring)
  add_library(Uring::uring UNKNOWN IMPORTED)
  set_target_properties(
    Uring::uring
    PROPERTIES IMPORTED_LOCATION "${URING_LIBRARY}"
               INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${URING_INCLUDE_DIR}"
               INTERFACE_INCLUDE_DIRECTORIES "${URING_INCLUDE_DIR}")
endif()
