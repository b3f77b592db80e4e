# The headers that are installed: what users include, and what that includes. The first lie directly in a library's
# folder or in its testing/; the rest lies in rooms, and is there because templates and members need it. Without the
# library for clusters, the one for Redis, or the one for channels, nothing is there that leads into it.
function(websock_face result)
  file(
    GLOB open
    CONFIGURE_DEPENDS
    "${PROJECT_SOURCE_DIR}/websock/*.hpp"
    "${PROJECT_SOURCE_DIR}/websock/channels/*.hpp"
    "${PROJECT_SOURCE_DIR}/websock/testing/*.hpp"
    "${PROJECT_SOURCE_DIR}/websock/runtime/*.hpp"
    "${PROJECT_SOURCE_DIR}/websock/runtime/testing/*.hpp")
  if(NOT WEBSOCK_DISTRIBUTION)
    foreach(header IN LISTS open)
      file(STRINGS "${header}" distribution REGEX "include \"(distribution/|websock/runtime/cluster)" LIMIT_COUNT 1)
      if(distribution)
        list(REMOVE_ITEM open "${header}")
      endif()
    endforeach()
  endif()
  if(NOT WEBSOCK_REDIS)
    list(FILTER open EXCLUDE REGEX "/websock/(runtime/redis|channels/presence_redis)[./]")
  endif()
  if(NOT WEBSOCK_CHANNELS)
    list(FILTER open EXCLUDE REGEX "/websock/channels[./]")
  endif()
  if(NOT WEBSOCK_CHANNELS OR NOT WEBSOCK_DISTRIBUTION)
    list(FILTER open EXCLUDE REGEX "/websock/phoenix[./]")
  endif()
  if(NOT WEBSOCK_CONFIG)
    list(FILTER open EXCLUDE REGEX "/websock/config[./]")
  endif()
  set(found)
  while(open)
    list(POP_FRONT open header)
    list(APPEND found "${header}")
    cmake_path(GET header PARENT_PATH folder)
    file(STRINGS "${header}" includes REGEX "^ *# *include *\"")
    foreach(include IN LISTS includes)
      string(REGEX REPLACE "^[^\"]*\"([^\"]*)\".*" "\\1" included "${include}")
      if(included MATCHES "^websock/")
        set(included "${PROJECT_SOURCE_DIR}/${included}")
      else() # runtime/ includes its own files by relative paths
        cmake_path(SET included NORMALIZE "${folder}/${included}")
      endif()
      if(NOT included IN_LIST found AND NOT included IN_LIST open)
        list(APPEND open "${included}")
      endif()
    endforeach()
  endwhile()
  set(${result} "${found}" PARENT_SCOPE)
endfunction()
