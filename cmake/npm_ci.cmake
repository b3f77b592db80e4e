# cmake -D NPM=... -D FOLDER=... -P npm_ci.cmake: npm ci, unless node_modules is what the lock says.

set(stamp "${FOLDER}/node_modules/.websock-lock")
file(SHA256 "${FOLDER}/package-lock.json" wanted)
set(installed "")
if(EXISTS "${stamp}")
  file(READ "${stamp}" installed)
endif()
if(installed STREQUAL wanted)
  return()
endif()
execute_process(
  COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error
  WORKING_DIRECTORY "${FOLDER}" COMMAND_ERROR_IS_FATAL ANY)
file(WRITE "${stamp}" "${wanted}")
