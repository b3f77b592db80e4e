# Nodes on hosts of their own: three programs in network namespaces, one of them Erlang's. Where the
# kernel does not permit that, the test says so and is skipped.

find_package(CLI11 QUIET)
if(NOT TARGET websock::distribution OR NOT CLI11_FOUND OR WEBSOCK_SANITIZE)
  return()
endif()

file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/network/*.cpp")
add_executable(network_node ${sources})
set_target_properties(network_node PROPERTIES CXX_EXTENSIONS OFF)
target_link_libraries(network_node PRIVATE websock::distribution $<BUILD_INTERFACE:websock_warnings>
                                           CLI11::CLI11)
add_test(NAME network/cluster COMMAND /usr/bin/python3
                                      "${CMAKE_CURRENT_SOURCE_DIR}/network/cluster_network.py")
# Not beside other tests with real deadlines, and first: it waits while others compute.
set_tests_properties(
  network/cluster
  PROPERTIES LABELS network TIMEOUT 300 RESOURCE_LOCK real_time COST 200
             SKIP_RETURN_CODE 77
             ENVIRONMENT WEBSOCK_NETWORK_NODE=$<TARGET_FILE:network_node>)
