# The echo server against the cases of RFC 6455 and RFC 7692: one entry for each section.

if(NOT TARGET echo)
  return()
endif()

set(conformance "${CMAKE_CURRENT_SOURCE_DIR}/conformance")
set(sixteen_mib 16777216)

foreach(section IN ITEMS framing pings reserved fragmentation utf8 closing lengths limits handshake
                         compression compressed-frames)
  add_test(
    NAME conformance/${section}
    COMMAND
      /usr/bin/python3 "${conformance}/run.py" --strict --section ${section} --timeout 60 --haste 10
      --max-message ${sixteen_mib} -- $<TARGET_FILE:echo> --port 0 --compress
      --max-message-size ${sixteen_mib} --max-frame-size ${sixteen_mib})
  set_tests_properties(conformance/${section} PROPERTIES LABELS conformance TIMEOUT ${test_timeout})
endforeach()

# The runner itself: a server with a flaw must not pass.
add_test(NAME conformance/selftest COMMAND /usr/bin/python3 "${conformance}/selftest.py")
set_tests_properties(conformance/selftest PROPERTIES LABELS conformance TIMEOUT ${test_timeout})
