// Builds responses and serializes them.

#include "websock/http/response.hpp"

#include "websock/http/token.hpp"

#include <algorithm>
#include <stdexcept>

namespace websock::http {

namespace {

using header_entry = std::pair<std::string, std::string>;

bool is_legal(const header_entry& header) {
  return is_token(header.first) && is_field_value(header.second);
}

bool is_sendable(const response& response) {
  return response.status >= 200 && response.status <= 599
         && std::all_of(response.headers.begin(), response.headers.end(), is_legal);
}

bool is_named(const header_entry& header, std::string_view name) {
  return equal_ignoring_case(header.first, name);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

// RFC 9110 §7.6.1: merges the application's connection options (such as upgrade) with
// ours.
std::string connection_value(const response& response, connection_policy connection) {
  std::string value;
  for (const header_entry& header : response.headers) {
    if (is_named(header, "Connection"))
      value.append(header.second).append(", ");
  }
  return value.append(connection == connection_policy::close ? "close" : "keep-alive");
}

// RFC 9110 §8.6, §15.3.5, §15.4.5: these statuses have no content.
bool has_content(int status) {
  return status != 204 && status != 304;
}

// RFC 9110 §6.6.1
void append_date(std::string& out, const response& response, std::string_view date) {
  const auto is_date = [](const header_entry& each) { return is_named(each, "Date"); };
  if (!date.empty()
      && std::none_of(response.headers.begin(), response.headers.end(), is_date))
    append_header(out, "Date", date);
}

void append_headers(std::string& out, const response& response,
                    connection_policy connection) {
  for (const header_entry& header : response.headers) {
    if (is_named(header, "Connection") || is_named(header, "Content-Length")
        || is_named(header, "Transfer-Encoding"))
      continue;
    append_header(out, header.first, header.second);
  }
  if (has_content(response.status))
    append_header(out, "Content-Length", std::to_string(response.body.size()));
  append_header(out, "Connection", connection_value(response, connection));
}

response with_text(int status, std::string_view type, std::string body) {
  response made{.status = status, .headers = {}, .body = std::move(body)};
  made.with_header("Content-Type", std::string{type});
  return made;
}

constexpr std::string_view text_type = "text/plain; charset=utf-8";

} // namespace

response& response::with_header(std::string name, std::string value) {
  header_entry entry{std::move(name), std::move(value)};
  if (!is_legal(entry))
    throw std::invalid_argument("RFC 9110 §5.1: illegal header " + entry.first);
  headers.push_back(std::move(entry));
  return *this;
}

std::string response::serialize(body_policy body_form, connection_policy connection,
                                std::string_view date) const {
  if (!is_sendable(*this))
    return internal_server_error().serialize(body_form, connection, date);
  std::string out = "HTTP/1.1 " + std::to_string(status) + ' ';
  out.append(reason_phrase(status)).append("\r\n");
  append_date(out, *this, date);
  append_headers(out, *this, connection);
  out.append("\r\n");
  if (body_form == body_policy::with_body && has_content(status))
    out.append(body);
  return out;
}

response ok_text(std::string body) {
  return with_text(200, text_type, std::move(body));
}

response json(std::string body) {
  return with_text(200, "application/json", std::move(body));
}

response plain_status(int status, std::string why) {
  return with_text(status, text_type,
                   why.empty() ? std::string{reason_phrase(status)} : why);
}

response bad_request(std::string why) {
  return plain_status(400, std::move(why));
}

response unauthorized(std::string challenge) {
  response made = plain_status(401);
  made.with_header("WWW-Authenticate", std::move(challenge));
  return made;
}

response forbidden(std::string why) {
  return plain_status(403, std::move(why));
}

response redirect(std::string location) {
  response made = plain_status(307);
  made.with_header("Location", std::move(location));
  return made;
}

response too_many_requests(std::chrono::seconds retry_after) {
  response made = plain_status(429);
  made.with_header("Retry-After", std::to_string(retry_after.count()));
  return made;
}

response not_found() {
  return plain_status(404);
}

response allowed_methods(std::string allow) {
  response made{.status = 204, .headers = {}, .body = {}};
  made.with_header("Allow", std::move(allow));
  return made;
}

response method_not_allowed(std::string allow) {
  response made = plain_status(405);
  made.with_header("Allow", std::move(allow));
  return made;
}

response upgrade_required() {
  response made = plain_status(426);
  made.with_header("Upgrade", "websocket");
  made.with_header("Connection", "Upgrade");
  made.with_header("Sec-WebSocket-Version", "13");
  return made;
}

response service_unavailable(std::chrono::seconds retry_after) {
  response made = plain_status(503);
  made.with_header("Retry-After", std::to_string(retry_after.count()));
  return made;
}

response internal_server_error() {
  return plain_status(500);
}

} // namespace websock::http
