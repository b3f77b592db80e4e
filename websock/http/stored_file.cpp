// Serves a static file.

#include "websock/http/stored_file.hpp"

#include "websock/http/date.hpp"
#include "websock/http/token.hpp"

#include <algorithm>
#include <chrono>

namespace websock::http {

stored_file::stored_file(const asset& file,
                         const std::vector<std::pair<std::string, std::string>>& headers)
    : current_{.etag = etag_of(file.body), .modified = std::nullopt} {
  // RFC 9110 §15.4.5: the caching headers that a 200 would have.
  not_modified_.status = 304;
  not_modified_.with_header("ETag", current_.etag);
  if (file.modified != 0) {
    current_.modified = std::chrono::sys_seconds(std::chrono::seconds(file.modified));
    not_modified_.with_header("Last-Modified", format_date(*current_.modified));
  }
  // Without it clients guess from Last-Modified how long they may cache (RFC 9111
  // §4.2.2).
  const bool has_rule = std::any_of(headers.begin(), headers.end(), [](const auto& each) {
    return equal_ignoring_case(each.first, "Cache-Control");
  });
  if (!has_rule)
    not_modified_.with_header("Cache-Control", "no-cache");
  for (const auto& [name, value] : headers)
    not_modified_.with_header(name, value);
  whole_.headers = not_modified_.headers;
  whole_.with_header("Content-Type", std::string(file.content_type));
  whole_.body = file.body;
}

response stored_file::answer(const request& request) const {
  switch (evaluate(request, current_)) {
  case condition::not_modified:
    return not_modified_;
  case condition::failed:
    return plain_status(412);
  case condition::holds:
    break;
  }
  return whole_;
}

} // namespace websock::http
