# websock_embed(<target> FOLDER <folder> FUNCTION <namespace>::<name>)
#
# Compiles every file below <folder> into <target>, as the function
#   std::span<const websock::http::asset> <namespace>::<name>();
# Its elements are sorted by path; "index.html" has the path "/index.html". A changed, new or
# removed file is seen by the next build.
#
# The same file is the script that writes the source:
#   cmake -D FOLDER=... -D FILES=a|b -D FUNCTION=... -D OUTPUT=... -P embed.cmake

if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(WEBSOCK_EMBED_SCRIPT "${CMAKE_CURRENT_LIST_FILE}")

  function(websock_embed target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "FOLDER;FUNCTION" "")
    file(GLOB_RECURSE files CONFIGURE_DEPENDS LIST_DIRECTORIES false RELATIVE "${arg_FOLDER}"
         "${arg_FOLDER}/*")
    list(SORT files)
    list(TRANSFORM files PREPEND "${arg_FOLDER}/" OUTPUT_VARIABLE paths)
    list(JOIN files "|" joined)
    string(MAKE_C_IDENTIFIER "${target}_${arg_FUNCTION}" name)
    set(output "${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp")
    add_custom_command(
      OUTPUT "${output}"
      COMMAND ${CMAKE_COMMAND} -D "FOLDER=${arg_FOLDER}" -D "FILES=${joined}" -D
              "FUNCTION=${arg_FUNCTION}" -D "OUTPUT=${output}" -P "${WEBSOCK_EMBED_SCRIPT}"
      DEPENDS ${paths} "${WEBSOCK_EMBED_SCRIPT}"
      COMMENT "Embedding ${arg_FOLDER}"
      VERBATIM)
    target_sources(${target} PRIVATE "${output}")
    # A file is one literal, and longer than the 64 KiB that every compiler must take.
    set_source_files_properties("${output}" PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
  endfunction()

  return()
endif()

function(content_type file result)
  set(types
      .html text/html
      .css text/css
      .js text/javascript
      .mjs text/javascript
      .txt text/plain
      .json application/json
      .map application/json
      .webmanifest application/manifest+json
      .wasm application/wasm
      .svg image/svg+xml
      .png image/png
      .jpg image/jpeg
      .webp image/webp
      .ico image/x-icon
      .woff2 font/woff2)
  set(type application/octet-stream)
  cmake_path(GET file EXTENSION LAST_ONLY extension)
  string(TOLOWER "${extension}" extension)
  list(FIND types "${extension}" index)
  if(extension AND index GREATER -1)
    math(EXPR index "${index} + 1")
    list(GET types ${index} type)
  endif()
  if(type MATCHES "^text/")
    string(APPEND type "; charset=utf-8")
  endif()
  set(${result} "${type}" PARENT_SCOPE)
endfunction()

string(REPLACE "|" ";" FILES "${FILES}")
string(REGEX REPLACE "^(.*)::([^:]*)$" "\\1;\\2" parts "${FUNCTION}")
list(GET parts 0 namespace)
list(GET parts 1 function)

set(bodies "")
set(rows "")
set(index 0)
foreach(file IN LISTS FILES)
  file(READ "${FOLDER}/${file}" bytes HEX)
  file(SIZE "${FOLDER}/${file}" size)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${bytes}")
  content_type("${file}" type)
  set(modified $ENV{SOURCE_DATE_EPOCH}) # of a build that is to be the same each time
  if(modified STREQUAL "")
    file(TIMESTAMP "${FOLDER}/${file}" modified "%s" UTC)
  endif()
  string(APPEND bodies "constexpr char body_${index}[] =\n    \"${bytes}\";\n")
  string(APPEND rows "    {\"/${file}\", \"${type}\", {body_${index}, ${size}}, ${modified}},\n")
  math(EXPR index "${index} + 1")
endforeach()

file(
  WRITE "${OUTPUT}"
  "// Written by cmake/embed.cmake from the files of ${FOLDER}.
#include \"websock/http/asset.hpp\"

#include <array>
#include <span>

namespace ${namespace} {

std::span<const websock::http::asset> ${function}();

namespace {

${bodies}
constexpr std::array<websock::http::asset, ${index}> assets{{
${rows}}};

} // namespace

std::span<const websock::http::asset> ${function}() {
  return assets;
}

} // namespace ${namespace}
")
