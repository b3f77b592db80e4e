# cmake -D BUILD=... -D CONFIG=... -D GENERATOR=... -D COMPILER=... -P run.cmake
# Installs the build, then builds and runs the program beside this file against the install.

set(work "${BUILD}/package-test")
file(REMOVE_RECURSE "${work}")

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

run(${CMAKE_COMMAND} --install "${BUILD}" --config ${CONFIG} --prefix "${work}/install")
run(${CMAKE_COMMAND}
    -S "${CMAKE_CURRENT_LIST_DIR}"
    -B "${work}/build"
    -G "${GENERATOR}"
    -D CMAKE_BUILD_TYPE=${CONFIG}
    -D CMAKE_CXX_COMPILER=${COMPILER}
    -D CMAKE_PREFIX_PATH=${work}/install)
run(${CMAKE_COMMAND} --build "${work}/build")
run("${work}/build/consumer")
run("${work}/build/plugged")
