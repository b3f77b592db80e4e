# What the build needs, each with the Debian package that brings it.

# find_package, and on failure one line that says what to install.
macro(websock_need name version package)
  find_package(${name} ${version} ${ARGN} QUIET)
  if(NOT ${name}_FOUND)
    string(REGEX REPLACE "\\.\\.\\..*" "" _websock_wanted "${version}")
    set(_websock_present "")
    if(${name}_VERSION)
      set(_websock_present " (found: ${${name}_VERSION})")
    endif()
    message(FATAL_ERROR "${package} (${_websock_wanted}) is needed: "
                        "apt-get install ${package}${_websock_present}")
  endif()
endmacro()

websock_need(CAF 0.17.6...<0.18 libcaf-dev COMPONENTS core)
websock_need(Asio 1.22 libasio-dev)
websock_need(Uring "" liburing-dev)
websock_need(OpenSSL 3.0 libssl-dev COMPONENTS SSL Crypto)
websock_need(ZLIB 1.2 zlib1g-dev)
if(WEBSOCK_EXAMPLES OR WEBSOCK_TESTS)
  websock_need(nlohmann_json 3.11 nlohmann-json3-dev)
endif()
if(WEBSOCK_EXAMPLES)
  websock_need(CLI11 2.1 libcli11-dev)
endif()
if(WEBSOCK_TESTS)
  # Version 3 serves as well: tests/catch.hpp includes whichever is there.
  find_package(Catch2 3 QUIET)
  if(NOT Catch2_FOUND)
    websock_need(Catch2 2.13 catch2)
  endif()
endif()
