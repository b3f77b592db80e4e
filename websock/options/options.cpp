// Validates all options.
#include "websock/options/options.hpp"

#include "websock/http/handshake_header.hpp"
#include "websock/http/token.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace websock {

namespace {

constexpr std::uint64_t largest = std::uint64_t{1} << 40U;

template <class T>
void check(const char* option, T value, T least, T most, const char* unit) {
  if (value >= least && value <= most)
    return;
  throw std::invalid_argument(std::string(option) + " is " + std::to_string(value)
                              + ": it must be " + std::to_string(least) + " to "
                              + std::to_string(most) + unit);
}

void check(const char* option, std::chrono::milliseconds value, std::int64_t least = 1) {
  constexpr std::int64_t day = 86'400'000;
  check<std::int64_t>(option, value.count(), least, day, " ms");
}

void validate(const protocol::deflate_options& options) {
  check("deflate.level", options.level, -1, 9, "");
  check("deflate.memory_level", options.memory_level, 1, 9, "");
  check("deflate.server_max_window_bits", options.server_max_window_bits, 9, 15, "");
  check("deflate.client_max_window_bits", options.client_max_window_bits, 9, 15, "");
  check<std::uint64_t>("deflate.threshold", options.threshold, 0, largest, " bytes");
}

// RFC 6455 §4.1(10): tokens, all different.
void check_subprotocols(const std::vector<std::string>& all) {
  for (auto each = all.begin(); each != all.end(); ++each) {
    if (!http::is_token(*each))
      throw std::invalid_argument("subprotocols has \"" + *each
                                  + "\": a subprotocol must be a token of RFC 9110");
    if (std::find(all.begin(), each, *each) != each)
      throw std::invalid_argument("subprotocols has \"" + *each + "\" twice");
  }
}

void check_headers(const std::vector<std::pair<std::string, std::string>>& all) {
  for (const auto& [name, value] : all) {
    if (!http::is_token(name) || !http::is_field_value(value))
      throw std::invalid_argument("headers has \"" + name
                                  + "\": name or value is not legal in a header");
    if (http::is_handshake_header(name))
      throw std::invalid_argument("headers has \"" + name
                                  + "\": the handshake sets it itself");
  }
}

// Options that only a server decides on are meaningless for a client.
void check_nothing_of_a_server(const upgrade_options& connection) {
  const auto refuse_if = [](bool is_set, const char* option) {
    if (is_set)
      throw std::invalid_argument(std::string("connection.") + option);
  };
  const upgrade_options defaults;
  refuse_if(!connection.subprotocols.empty(),
            "subprotocols is set: a client offers client_options::subprotocols");
  refuse_if(connection.require_subprotocol,
            "require_subprotocol is set: a client reads subprotocol() in init");
  refuse_if(!connection.headers.empty(),
            "headers is set: a client sends client_options::headers");
  refuse_if(connection.origin != defaults.origin,
            "origin is set: it is for a server; a client sends an Origin in "
            "client_options::headers");
  refuse_if(connection.drain_code != 0, "drain_code is set: only servers drain");
}

void check_drain_code(const std::string& option, std::uint16_t code) {
  if (code != 1001 && code != 1012)
    throw std::invalid_argument(option + " is " + std::to_string(code)
                                + ": it must be 1001 or 1012");
}

void check_serving(std::size_t max_connections, std::chrono::seconds retry_after) {
  constexpr std::int64_t day = 86'400;
  check<std::uint64_t>("max_connections", max_connections, 0, 100'000'000, "");
  check<std::int64_t>("retry_after", retry_after.count(), 0, day, " s");
}

void check_unix_path(const std::string& path) {
  constexpr std::size_t longest = 107; // the path in sockaddr_un, without the NUL
  if (path.size() > longest || path.find('\0') != std::string::npos)
    throw std::invalid_argument("unix_path is \"" + path
                                + "\": it must be a path of at most 107 bytes");
}

} // namespace

void validate(const upgrade_options& options) {
  check("timeout", options.timeout);
  check("message_timeout", options.message_timeout);
  check<std::uint64_t>("message_progress", options.message_progress, 0, largest,
                       " bytes");
  check<std::int64_t>("ping_interval",
                      options.ping_interval.value_or(std::chrono::milliseconds()).count(),
                      0, options.timeout.count(), " ms (timeout)");
  check("close_timeout", options.close_timeout);
  check("send_timeout", options.send_timeout);
  check<std::uint64_t>("limits.max_frame_size", options.limits.max_frame_size, 125,
                       largest, " bytes");
  check<std::uint64_t>("limits.max_message_size", options.limits.max_message_size, 1,
                       largest, " bytes");
  check<std::uint64_t>("limits.max_fragments", options.limits.max_fragments, 1,
                       UINT32_MAX, "");
  check<std::uint64_t>("high_mark", options.high_mark, 1, largest, " bytes");
  check<std::uint64_t>("low_mark", options.low_mark, 0, options.high_mark,
                       " bytes (high_mark)");
  check<std::uint64_t>("mailbox.max_bytes", options.mailbox.max_bytes, 0, largest,
                       " bytes");
  validate(options.deflate);
  check_subprotocols(options.subprotocols);
  if (options.require_subprotocol && options.subprotocols.empty())
    throw std::invalid_argument(
        "require_subprotocol is set: subprotocols must have at least one");
  check_headers(options.headers);
  if (options.drain_code != 0)
    check_drain_code("drain_code", options.drain_code);
}

void validate(const drain_options& options) {
  check("drain.deadline", options.deadline, 0);
  check<std::uint64_t>("drain.batch", options.batch, 0, 100'000'000, "");
  check("drain.jitter", options.jitter, 0);
  check_drain_code("drain.code", options.code);
}

void validate(const gateway_options& options) {
  check_serving(options.max_connections, options.retry_after);
  validate(options.drain);
  validate(options.connection);
}

void validate(const server_options& options) {
  check<std::int64_t>("backlog", options.backlog, 1, 65'535, "");
  check<std::uint64_t>("unix_permissions", options.unix_permissions, 0, 0777, "");
  check_unix_path(options.unix_path);
  check<std::uint64_t>("max_proxy_header", options.max_proxy_header, 232, 65'551,
                       " bytes");
  check("handshake_timeout", options.handshake_timeout);
  check("body_timeout", options.body_timeout);
  check<std::uint64_t>("body_progress", options.body_progress, 0, largest, " bytes");
  check<std::uint64_t>("max_body_bytes", options.max_body_bytes, 0, largest, " bytes");
  check("keep_alive_timeout", options.keep_alive_timeout);
  check_serving(options.max_connections, options.retry_after);
  check<std::uint64_t>("max_handshakes", options.max_handshakes, 0, 1'000'000, "");
  check<std::uint64_t>("max_handshakes_per_address", options.max_handshakes_per_address,
                       0, 1'000'000, "");
  check<std::uint64_t>("max_requests", options.max_requests, 1, 1'000'000'000, "");
  check<std::uint64_t>("max_restarts", options.max_restarts, 0, 1'000'000, "");
  if (options.listen_descriptor)
    check<std::int64_t>("listen_descriptor", *options.listen_descriptor, 0, INT32_MAX,
                        "");
  check("restart_period", options.restart_period);
  validate(options.drain);
  check<std::uint64_t>("head.max_request_line", options.head.max_request_line, 16,
                       1'048'576, " bytes");
  check<std::uint64_t>("head.max_header_line", options.head.max_header_line, 16,
                       1'048'576, " bytes");
  check<std::uint64_t>("head.max_headers", options.head.max_headers, 4, 10'000, "");
  validate(options.connection);
}

void validate(const request_options& options, const server_options& of) {
  check<std::uint64_t>("body_limit", options.body_limit, 0, of.max_body_bytes,
                       " bytes (max_body_bytes)");
  check("answer_timeout", options.answer_timeout);
}

void validate(const client_options& options) {
  check("connect_timeout", options.connect_timeout);
  check<std::uint64_t>("max_response_head", options.max_response_head, 128, 1'048'576,
                       " bytes");
  check<std::uint64_t>("max_redirects", options.max_redirects, 0, 50, "");
  check_unix_path(options.unix_path);
  check_subprotocols(options.subprotocols);
  check_headers(options.headers);
  check_nothing_of_a_server(options.connection);
  validate(options.connection);
}

} // namespace websock
