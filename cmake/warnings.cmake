# The warnings our own code is held to. Third-party headers are system includes and stay silent.

add_library(websock_warnings INTERFACE)
target_compile_options(
  websock_warnings
  INTERFACE
    -Wall
    -Wextra
    -Wpedantic
    -Wcast-align
    -Wcast-qual
    -Wconversion
    -Wdouble-promotion
    -Wextra-semi
    -Wformat=2
    -Wimplicit-fallthrough
    -Wnon-virtual-dtor
    -Wold-style-cast
    -Woverloaded-virtual
    -Wshadow
    -Wsign-conversion
    -Wundef
    -Wunused)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(
    websock_warnings INTERFACE -Wduplicated-branches -Wduplicated-cond -Wlogical-op
                               -Wredundant-decls -Wsuggest-override)
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # g++ 12 sees an overlap that is not there in std::string's operator+ (GCC bug 105651).
    target_compile_options(websock_warnings INTERFACE -Wno-restrict)
  endif()
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(
    websock_warnings INTERFACE -Wsuggest-override -Wunreachable-code-aggressive
                               -Winconsistent-missing-destructor-override)
endif()

if(CMAKE_UNITY_BUILD)
  # Of one file these would mean something; here they speak of what another file keeps to itself.
  target_compile_options(websock_warnings INTERFACE -Wno-shadow)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(websock_warnings INTERFACE -Wno-subobject-linkage)
  endif()
endif()

if(WEBSOCK_WERROR)
  target_compile_options(websock_warnings INTERFACE -Werror)
endif()
