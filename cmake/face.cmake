# The headers that are installed: what users include, and what that includes. The first lie directly in a library's
# folder or in its testing/; the rest lies in rooms, and is there because templates and members need it.
function(websock_face result)
  file(
    GLOB open
    CONFIGURE_DEPENDS
    "${PROJECT_SOURCE_DIR}/websock/*.hpp"
    "${PROJECT_SOURCE_DIR}/websock/testing/*.hpp"
    "${PROJECT_SOURCE_DIR}/websock/runtime/*.hpp"
    "${PROJECT_SOURCE_DIR}/websock/runtime/testing/*.hpp")
  set(found)
  while(open)
    list(POP_FRONT open header)
    list(APPEND found "${header}")
    file(STRINGS "${header}" includes REGEX "^ *# *include *\"websock/")
    foreach(include IN LISTS includes)
      string(REGEX REPLACE "^[^\"]*\"([^\"]*)\".*" "${PROJECT_SOURCE_DIR}/\\1" included "${include}")
      if(NOT included IN_LIST found AND NOT included IN_LIST open)
        list(APPEND open "${included}")
      endif()
    endforeach()
  endwhile()
  set(${result} "${found}" PARENT_SCOPE)
endfunction()
