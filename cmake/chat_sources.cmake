# Which sources of the example chat take part: with or without SQLite, with or without other nodes.

function(websock_chat_sources list)
  set(sources ${${list}})
  if(TARGET SQLite::SQLite3)
    list(FILTER sources EXCLUDE REGEX "/chat/no_journal\\.cpp$")
  else()
    list(FILTER sources EXCLUDE REGEX "/chat/sqlite_[a-z]+\\.cpp$")
  endif()
  if(NOT TARGET websock::distribution)
    list(FILTER sources EXCLUDE REGEX "/chat/crossing\\.cpp$")
  endif()
  set(${list} ${sources} PARENT_SCOPE)
endfunction()
