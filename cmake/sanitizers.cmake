# WEBSOCK_SANITIZE instruments everything built here: "address,undefined" or "thread".

set(WEBSOCK_SANITIZE "" CACHE STRING "Sanitizers, as after -fsanitize=")
set_property(CACHE WEBSOCK_SANITIZE PROPERTY STRINGS "" "address,undefined" "thread")

if(WEBSOCK_FUZZ) # the fuzzer sees which branches an input takes
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

if(WEBSOCK_SANITIZE)
  add_compile_options(-fsanitize=${WEBSOCK_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${WEBSOCK_SANITIZE})
  add_compile_definitions(WEBSOCK_SANITIZED)
  if(WEBSOCK_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
    # clang 14 puts what this check reads before each part of a coroutine, and then cannot say where
    # that is ("a difference across sections").
    add_compile_options($<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
    # The check of dynamic types opens a pipe for each type that it sees for the first time, and takes
    # an object of the system's library for one of no type when there is no descriptor left.
    add_compile_options(-fno-sanitize=vptr)
  endif()
  if(WEBSOCK_SANITIZE MATCHES "thread")
    # Fences are not modelled by ThreadSanitizer, and g++ says so at every fence of a library.
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
endif()
