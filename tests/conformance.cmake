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

# The same inside TLS, where records cut the octets once more. The certificate is for this build.
find_program(OPENSSL_PROGRAM openssl REQUIRED)
set(certificate "${CMAKE_CURRENT_BINARY_DIR}/conformance.pem")
set(key "${CMAKE_CURRENT_BINARY_DIR}/conformance.key")
add_test(
  NAME conformance/certificate
  COMMAND
    ${OPENSSL_PROGRAM} req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj
    /CN=echo -addext subjectAltName=IP:127.0.0.1 -keyout ${key} -out ${certificate})
add_test(
  NAME conformance/tls
  COMMAND
    /usr/bin/python3 "${conformance}/run.py" --strict --section framing --section closing --section
    limits --ca ${certificate} --timeout 60 --haste 10 --max-message ${sixteen_mib} --
    $<TARGET_FILE:echo> --port 0 --tls-cert ${certificate} --tls-key ${key} --max-message-size
    ${sixteen_mib} --max-frame-size ${sixteen_mib})
set_tests_properties(conformance/certificate conformance/tls PROPERTIES LABELS conformance TIMEOUT
                                                                        ${test_timeout})
set_tests_properties(conformance/certificate PROPERTIES FIXTURES_SETUP conformance_certificate)
set_tests_properties(conformance/tls PROPERTIES FIXTURES_REQUIRED conformance_certificate)

# What channels do with malformed messages, on sockets of both reactors.
if(TARGET channels)
  foreach(reactor IN ITEMS auto epoll)
    set(name conformance/channels)
    if(reactor STREQUAL "epoll")
      set(name epoll/conformance/channels)
    endif()
    add_test(NAME ${name} COMMAND /usr/bin/python3 "${conformance}/run.py" --strict --section channels
                                  --timeout 60 -- $<TARGET_FILE:channels> --port 0)
    set_tests_properties(
      ${name} PROPERTIES LABELS conformance TIMEOUT ${test_timeout} ENVIRONMENT
                                                    "WEBSOCK_REACTOR=${reactor}")
  endforeach()
endif()

# The runner itself: a server with a flaw must not pass.
add_test(NAME conformance/selftest COMMAND /usr/bin/python3 "${conformance}/selftest.py")
set_tests_properties(conformance/selftest PROPERTIES LABELS conformance TIMEOUT ${test_timeout})
