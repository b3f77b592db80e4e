# cmake -D BUILD=... -D CONFIG=... -D GENERATOR=... -D COMPILER=... -D DISTRIBUTION=0|1 -P run.cmake
# Installs the build, then builds and runs the program beside this file against the install, with a
# source that includes all that users may include.

set(work "${BUILD}/package-test")
file(REMOVE_RECURSE "${work}")

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

run(${CMAKE_COMMAND} --install "${BUILD}" --config ${CONFIG} --prefix "${work}/install")

set(include "${work}/install/include")
file(GLOB names RELATIVE "${include}" "${include}/*")
if(NOT names STREQUAL "websock")
  message(FATAL_ERROR "the install puts more into include/ than websock/: ${names}")
endif()
foreach(private runtime/term/access.hpp runtime/process/process_block.hpp)
  if(EXISTS "${include}/websock/${private}")
    message(FATAL_ERROR "${private} is for the libraries alone, and is installed")
  endif()
endforeach()
# What leads into a library that is not there would not compile.
foreach(joining cluster.hpp register_message.hpp)
  if(DISTRIBUTION AND NOT EXISTS "${include}/websock/runtime/${joining}")
    message(FATAL_ERROR "${joining} is not installed, and the library is")
  elseif(NOT DISTRIBUTION AND EXISTS "${include}/websock/runtime/${joining}")
    message(FATAL_ERROR "${joining} is installed without its library")
  endif()
endforeach()
file(
  GLOB headers
  RELATIVE "${include}"
  "${include}/websock/*.hpp" "${include}/websock/testing/*.hpp"
  "${include}/websock/runtime/*.hpp" "${include}/websock/runtime/testing/*.hpp")
list(TRANSFORM headers REPLACE "(.+)" "#include \"\\1\"\n")
list(JOIN headers "" face)
file(WRITE "${work}/face.cpp" "${face}")

run(${CMAKE_COMMAND}
    -S "${CMAKE_CURRENT_LIST_DIR}"
    -B "${work}/build"
    -G "${GENERATOR}"
    -D CMAKE_BUILD_TYPE=${CONFIG}
    -D CMAKE_CXX_COMPILER=${COMPILER}
    -D CMAKE_PREFIX_PATH=${work}/install
    -D FACE=${work}/face.cpp)
run(${CMAKE_COMMAND} --build "${work}/build")
run("${work}/build/consumer")
run("${work}/build/plugged")
if(DISTRIBUTION)
  run("${work}/build/joined")
endif()
