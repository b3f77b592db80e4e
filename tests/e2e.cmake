# End-to-end tests: the example servers, driven by other people's WebSocket clients and a browser.
# tests/e2e/*.e2e.mjs run with Node.js, tests/e2e/*_e2e.py with Debian's Python.

if(NOT WEBSOCK_EXAMPLES)
  return()
endif()

set(e2e "${CMAKE_CURRENT_SOURCE_DIR}/e2e")
file(GLOB node_tests CONFIGURE_DEPENDS "${e2e}/*.e2e.mjs")
file(GLOB python_tests CONFIGURE_DEPENDS "${e2e}/*_e2e.py")
if(NOT TARGET websock::redis)
  list(FILTER node_tests EXCLUDE REGEX "/chat_redis\\.e2e\\.mjs$")
endif()

# Servers that some of the clients need, and that are no examples.
if(TARGET websock::channels)
  add_executable(realtime "${e2e}/realtime.cpp")
  target_link_libraries(realtime PRIVATE websock::channels $<BUILD_INTERFACE:websock_warnings>)
endif()
if(TARGET websock::channels AND TARGET websock::distribution)
  add_executable(rooms "${e2e}/rooms.cpp")
  target_link_libraries(rooms PRIVATE websock::channels websock::distribution CLI11::CLI11
                                      $<BUILD_INTERFACE:websock_warnings>)
endif()

set(environment WEBSOCK_CHROMIUM=/usr/bin/chromium)
foreach(example IN ITEMS echo chat lobby talk ticker workers own_http beam channels realtime
                rooms phoenix_edge)
  if(TARGET ${example})
    string(TOUPPER ${example} upper)
    list(APPEND environment "WEBSOCK_${upper}=$<TARGET_FILE:${example}>")
  endif()
endforeach()

function(websock_e2e_test file)
  cmake_path(GET file FILENAME name)
  string(REGEX REPLACE "(\\.e2e\\.mjs|_e2e\\.py)$" "" name "${name}")
  add_test(NAME e2e/${name} COMMAND ${ARGN} "${file}")
  # One at a time, for their deadlines are real ones, and first: they wait while others compute.
  set_tests_properties(
    e2e/${name} PROPERTIES LABELS e2e TIMEOUT ${test_timeout} RESOURCE_LOCK real_time COST 100
                           ENVIRONMENT "${environment}")
endfunction()

if(node_tests)
  find_program(NODE_PROGRAM node REQUIRED)
  find_program(NPM_PROGRAM npm REQUIRED)
  add_test(NAME e2e/packages COMMAND ${CMAKE_COMMAND} -D NPM=${NPM_PROGRAM} -D FOLDER=${e2e} -P
                                     "${PROJECT_SOURCE_DIR}/cmake/npm_ci.cmake")
  set_tests_properties(e2e/packages PROPERTIES FIXTURES_SETUP e2e_packages LABELS e2e TIMEOUT 300)
  foreach(file IN LISTS node_tests)
    websock_e2e_test("${file}" ${NODE_PROGRAM})
    cmake_path(GET file FILENAME name)
    string(REPLACE ".e2e.mjs" "" name "${name}")
    set_tests_properties(e2e/${name} PROPERTIES FIXTURES_REQUIRED e2e_packages)
    file(STRINGS "${file}" browser REGEX "playwright|browser" LIMIT_COUNT 1)
    if(browser)
      set_tests_properties(e2e/${name} PROPERTIES LABELS "e2e;browser")
    endif()
  endforeach()
endif()

foreach(file IN LISTS python_tests)
  websock_e2e_test("${file}" /usr/bin/python3)
endforeach()
