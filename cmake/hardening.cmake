# What makes a bug of memory harder to use, in release builds of the libraries and the examples.
# docs/performance.md says what it costs. A parent project decides for its own build.

include(CheckPIESupported)
check_pie_supported(LANGUAGES CXX)

add_library(websock_hardening INTERFACE)
set(_websock_hardens 0)
if(WEBSOCK_HARDENING AND NOT WEBSOCK_SANITIZE) # which does better itself
  set(_websock_hardens "$<NOT:$<CONFIG:Debug>>")
endif()
target_compile_options(
  websock_hardening INTERFACE "$<${_websock_hardens}:-fstack-protector-strong>"
                              "$<${_websock_hardens}:-U_FORTIFY_SOURCE>"
                              "$<${_websock_hardens}:-D_FORTIFY_SOURCE=2>")
# Full RELRO: the tables of the dynamic linker are read-only before main.
target_link_options(websock_hardening INTERFACE "$<${_websock_hardens}:LINKER:-z,relro,-z,now>")

# Code of a library that may become part of a shared object. Calls within it stay direct all the
# same: nobody replaces one of its functions when the program is loaded.
function(websock_position_independent target)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_compile_options(${target}
                         PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-semantic-interposition>)
endfunction()
