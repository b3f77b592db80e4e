// The valid range of every option.
#include "websock/options/options.hpp"

#include "websock/serve/server.hpp"

#include "tests/catch.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;
using websock::client_options;
using websock::server_options;
using websock::upgrade_options;

namespace {

constexpr auto day = 24h;
constexpr std::size_t largest = std::size_t{1} << 40U;

/// One option with a value, and what the refusal says; empty: it is accepted.
template <class Options>
struct row {
  std::function<void(Options&)> set;
  std::string refusal;
};

template <class Options, std::size_t Count>
void check_rows(const row<Options> (&rows)[Count]) {
  for (const auto& each : rows) {
    Options options;
    each.set(options);
    CAPTURE(each.refusal);
    if (each.refusal.empty()) {
      CHECK_NOTHROW(validate(options));
    } else {
      CHECK_THROWS_AS(validate(options), std::invalid_argument);
      CHECK_THROWS_WITH(validate(options), each.refusal);
    }
  }
}

} // namespace

TEST_CASE("an option that overflows its unit is refused, and never wrapped into range") {
  // In milliseconds 2^64 and 34 minutes more.
  constexpr std::chrono::hours wraps(5'124'095'576'031);
  for (const auto eternity : {wraps, std::chrono::hours::max()}) {
    CHECK_THROWS_WITH(validate(upgrade_options{.timeout = eternity}),
                      "timeout is 9223372036854775807: it must be 1 to 86400000 ms");
    CHECK_THROWS_AS(validate(upgrade_options{.ping_interval = eternity}),
                    std::invalid_argument);
    CHECK_THROWS_AS(validate(server_options{.handshake_timeout = eternity}),
                    std::invalid_argument);
    CHECK_THROWS_AS(validate(server_options{.retry_after = eternity}),
                    std::invalid_argument);
    CHECK_THROWS_AS(validate(client_options{.connect_timeout = eternity}),
                    std::invalid_argument);
    CHECK_THROWS_AS(validate(websock::drain_options{.deadline = eternity}),
                    std::invalid_argument);
  }
}

TEST_CASE("the defaults are accepted, and are those of the documentation") {
  CHECK_NOTHROW(validate(upgrade_options{}));
  CHECK_NOTHROW(validate(server_options{}));
  const server_options server;
  CHECK(server.handshake_timeout == 10s);
  CHECK(server.body_timeout == 10s);
  CHECK(server.body_progress == 16'384);
  CHECK(server.max_body_bytes == 67'108'864);
  CHECK_NOTHROW(validate(websock::request_options{}, server));
  CHECK(websock::request_options{}.body_limit == 0);
  CHECK(websock::request_options{}.answer_timeout == 30s);
  CHECK(server.head.max_request_line == 10'000);
  CHECK(server.head.max_header_line == 10'000);
  CHECK(server.head.max_headers == 50);
  CHECK(server.max_connections == 0);
  CHECK_FALSE(server.tls);
  CHECK_FALSE(server.reuse_port);
  CHECK_FALSE(server.ipv6_only);
  CHECK(server.tcp_nodelay);
  CHECK(server.unix_permissions == 0600);
  CHECK(server.proxy_protocol == websock::proxy_protocol::off);
  CHECK(server.max_handshakes == 0);
  CHECK(server.max_restarts == 3);
  CHECK(server.restart_period == 5s);
  CHECK(server.max_requests == 1'000);
  CHECK(server.retry_after == 5s);
  CHECK(server.drain.batch == 1'000);
  CHECK(server.drain.jitter == 100ms);
  CHECK(server.drain.code == 1001);
  CHECK(server.drain.new_clients == websock::newcomers::get_503);
  CHECK(server.drain.deadline == 5s);
  const upgrade_options& connection = server.connection;
  CHECK(connection.timeout == 60s);
  CHECK(connection.message_timeout == 60s);
  CHECK(connection.message_progress == 65'536);
  CHECK_FALSE(connection.ping_interval);
  CHECK(connection.close_timeout == 5s);
  CHECK(connection.send_timeout == 30s);
  CHECK(connection.limits.max_frame_size == 8'000'000);
  CHECK(connection.limits.max_message_size == 8'000'000);
  CHECK(connection.limits.max_fragments == 131'072);
  CHECK(connection.high_mark == 1'048'576);
  CHECK(connection.low_mark == 65'536);
  CHECK_FALSE(connection.trap_exit);
  CHECK_FALSE(connection.compress);
  CHECK(connection.deflate.level == -1);
  CHECK(connection.deflate.memory_level == 8);
  CHECK(connection.deflate.server_max_window_bits == 15);
  CHECK(connection.deflate.client_max_window_bits == 15);
  CHECK(connection.deflate.server_takeover == websock::protocol::context_takeover::kept);
  CHECK(connection.deflate.client_takeover == websock::protocol::context_takeover::kept);
  CHECK(connection.deflate.threshold == 64);
  CHECK(connection.subprotocols.empty());
  CHECK_FALSE(connection.require_subprotocol);
  CHECK(connection.headers.empty());
}

TEST_CASE("an option of a connection out of range is named with the range") {
  const row<upgrade_options> rows[] = {
      {[](auto& o) { o.timeout = 0ms; }, "timeout is 0: it must be 1 to 86400000 ms"},
      {[](auto& o) { o.timeout = 1ms; }, ""},
      {[](auto& o) { o.timeout = day; }, ""},
      {[](auto& o) { o.timeout = day + 1ms; },
       "timeout is 86400001: it must be 1 to 86400000 ms"},
      {[](auto& o) { o.timeout = -1ms; }, "timeout is -1: it must be 1 to 86400000 ms"},
      {[](auto& o) { o.ping_interval = 0ms; }, ""},
      {[](auto& o) { o.ping_interval = o.timeout; }, ""},
      {[](auto& o) { o.ping_interval = o.timeout + 1ms; },
       "ping_interval is 60001: it must be 0 to 60000 ms (timeout)"},
      {[](auto& o) { o.ping_interval = -1ms; },
       "ping_interval is -1: it must be 0 to 60000 ms (timeout)"},
      {[](auto& o) { o.message_timeout = 0ms; },
       "message_timeout is 0: it must be 1 to 86400000 ms"},
      {[](auto& o) { o.message_timeout = day; }, ""},
      {[](auto& o) { o.close_timeout = 0ms; },
       "close_timeout is 0: it must be 1 to 86400000 ms"},
      {[](auto& o) { o.close_timeout = day; }, ""},
      {[](auto& o) { o.send_timeout = 0ms; },
       "send_timeout is 0: it must be 1 to 86400000 ms"},
      {[](auto& o) { o.send_timeout = day; }, ""},
      {[](auto& o) { o.limits.max_frame_size = 124; },
       "limits.max_frame_size is 124: it must be 125 to 1099511627776 bytes"},
      {[](auto& o) { o.limits.max_frame_size = 125; }, ""},
      {[](auto& o) { o.limits.max_frame_size = largest; }, ""},
      {[](auto& o) { o.limits.max_frame_size = largest + 1; },
       "limits.max_frame_size is 1099511627777: it must be 125 to 1099511627776 bytes"},
      {[](auto& o) { o.limits.max_message_size = 0; },
       "limits.max_message_size is 0: it must be 1 to 1099511627776 bytes"},
      {[](auto& o) { o.limits.max_message_size = largest; }, ""},
      {[](auto& o) { o.limits.max_message_size = largest + 1; },
       "limits.max_message_size is 1099511627777: it must be 1 to 1099511627776 bytes"},
      {[](auto& o) { o.limits.max_fragments = 0; },
       "limits.max_fragments is 0: it must be 1 to 4294967295"},
      {[](auto& o) { o.limits.max_fragments = UINT32_MAX; }, ""},
      {[](auto& o) { o.high_mark = o.low_mark = 0; },
       "high_mark is 0: it must be 1 to 1099511627776 bytes"},
      {[](auto& o) { o.high_mark = largest + 1; },
       "high_mark is 1099511627777: it must be 1 to 1099511627776 bytes"},
      {[](auto& o) { o.high_mark = o.low_mark; }, ""},
      {[](auto& o) { o.low_mark = 0; }, ""},
      {[](auto& o) { o.low_mark = o.high_mark + 1; },
       "low_mark is 1048577: it must be 0 to 1048576 bytes (high_mark)"},
      {[](auto& o) { o.compress = true; }, ""},
      {[](auto& o) { o.deflate.level = -2; }, "deflate.level is -2: it must be -1 to 9"},
      {[](auto& o) { o.deflate.level = 0; }, ""},
      {[](auto& o) { o.deflate.level = 10; }, "deflate.level is 10: it must be -1 to 9"},
      {[](auto& o) { o.deflate.memory_level = 0; },
       "deflate.memory_level is 0: it must be 1 to 9"},
      {[](auto& o) { o.deflate.memory_level = 10; },
       "deflate.memory_level is 10: it must be 1 to 9"},
      {[](auto& o) { o.deflate.server_max_window_bits = 8; },
       "deflate.server_max_window_bits is 8: it must be 9 to 15"},
      {[](auto& o) { o.deflate.server_max_window_bits = 16; },
       "deflate.server_max_window_bits is 16: it must be 9 to 15"},
      {[](auto& o) { o.deflate.client_max_window_bits = 8; },
       "deflate.client_max_window_bits is 8: it must be 9 to 15"},
      {[](auto& o) { o.deflate.client_max_window_bits = 9; }, ""},
      {[](auto& o) { o.deflate.threshold = 0; }, ""},
      {[](auto& o) { o.deflate.threshold = largest + 1; },
       "deflate.threshold is 1099511627777: it must be 0 to 1099511627776 bytes"},
      {[](auto& o) { o.trap_exit = true; }, ""},
      {[](auto& o) {
         o.subprotocols = {"chat.v2", "chat.v1"};
       },
       ""},
      {[](auto& o) {
         o.subprotocols = {"chat", "Chat"};
       },
       ""},
      {[](auto& o) { o.subprotocols = {"chat v2"}; },
       "subprotocols has \"chat v2\": a subprotocol must be a token of RFC 9110"},
      {[](auto& o) { o.subprotocols = {""}; },
       "subprotocols has \"\": a subprotocol must be a token of RFC 9110"},
      {[](auto& o) {
         o.subprotocols = {"a", "b", "a"};
       },
       "subprotocols has \"a\" twice"},
      {[](auto& o) { o.require_subprotocol = true; },
       "require_subprotocol is set: subprotocols must have at least one"},
      {[](auto& o) {
         o.headers = {{"Set-Cookie", "a=b"}, {"Set-Cookie", "c=d"}};
       },
       ""},
      {[](auto& o) {
         o.headers = {{"X", "a\r\nb"}};
       },
       "headers has \"X\": name or value is not legal in a header"},
      {[](auto& o) {
         o.headers = {{"no name", "x"}};
       },
       "headers has \"no name\": name or value is not legal in a header"},
      {[](auto& o) {
         o.headers = {{"upgrade", "h2c"}};
       },
       "headers has \"upgrade\": the handshake sets it itself"},
      {[](auto& o) {
         o.headers = {{"SEC-WEBSOCKET-Anything", "x"}};
       },
       "headers has \"SEC-WEBSOCKET-Anything\": the handshake sets it itself"},
      {[](auto& o) {
         o.headers = {{"Content-Length", "0"}};
       },
       "headers has \"Content-Length\": the handshake sets it itself"}};
  check_rows(rows);
}

TEST_CASE("an option of a server out of range is named with the range") {
  const row<server_options> rows[] = {
      {[](auto& o) { o.backlog = 0; }, "backlog is 0: it must be 1 to 65535"},
      {[](auto& o) { o.backlog = -1; }, "backlog is -1: it must be 1 to 65535"},
      {[](auto& o) { o.backlog = 65'535; }, ""},
      {[](auto& o) { o.max_restarts = 0; }, ""},
      {[](auto& o) { o.max_restarts = 1'000'001; },
       "max_restarts is 1000001: it must be 0 to 1000000"},
      {[](auto& o) { o.restart_period = 0ms; },
       "restart_period is 0: it must be 1 to 86400000 ms"},
      {[](auto& o) { o.backlog = 65'536; }, "backlog is 65536: it must be 1 to 65535"},
      {[](auto& o) { o.unix_permissions = 01000; },
       "unix_permissions is 512: it must be 0 to 511"},
      {[](auto& o) { o.unix_path = std::string(107, 'x'); }, ""},
      {[](auto& o) { o.unix_path = std::string(108, 'x'); },
       "unix_path is \"" + std::string(108, 'x')
           + "\": it must be a path of at most 107 bytes"},
      {[](auto& o) { o.max_proxy_header = 231; },
       "max_proxy_header is 231: it must be 232 to 65551 bytes"},
      {[](auto& o) { o.max_proxy_header = 65'551; }, ""},
      {[](auto& o) { o.handshake_timeout = 0ms; },
       "handshake_timeout is 0: it must be 1 to 86400000 ms"},
      {[](auto& o) { o.handshake_timeout = day; }, ""},
      {[](auto& o) { o.body_timeout = 0ms; },
       "body_timeout is 0: it must be 1 to 86400000 ms"},
      {[](auto& o) { o.body_progress = 0; }, ""},
      {[](auto& o) { o.body_progress = (std::size_t{1} << 40U) + 1; },
       "body_progress is 1099511627777: it must be 0 to 1099511627776 bytes"},
      {[](auto& o) { o.max_body_bytes = 0; }, ""},
      {[](auto& o) { o.max_body_bytes = (std::size_t{1} << 40U) + 1; },
       "max_body_bytes is 1099511627777: it must be 0 to 1099511627776 bytes"},
      {[](auto& o) { o.drain.deadline = 0ms; }, ""},
      {[](auto& o) { o.drain.deadline = -1ms; },
       "drain.deadline is -1: it must be 0 to 86400000 ms"},
      {[](auto& o) { o.drain.batch = 0; }, ""},
      {[](auto& o) { o.drain.batch = 100'000'001; },
       "drain.batch is 100000001: it must be 0 to 100000000"},
      {[](auto& o) { o.drain.jitter = 0ms; }, ""},
      {[](auto& o) { o.drain.jitter = day + 1ms; },
       "drain.jitter is 86400001: it must be 0 to 86400000 ms"},
      {[](auto& o) { o.drain.code = 1012; }, ""},
      {[](auto& o) { o.drain.code = 1000; },
       "drain.code is 1000: it must be 1001 or 1012"},
      {[](auto& o) { o.max_handshakes = 1'000'000; }, ""},
      {[](auto& o) { o.max_handshakes = 1'000'001; },
       "max_handshakes is 1000001: it must be 0 to 1000000"},
      {[](auto& o) { o.max_requests = 0; },
       "max_requests is 0: it must be 1 to 1000000000"},
      {[](auto& o) { o.max_requests = 1; }, ""},
      {[](auto& o) { o.retry_after = 0s; }, ""},
      {[](auto& o) { o.retry_after = -1s; },
       "retry_after is -1: it must be 0 to 86400 s"},
      {[](auto& o) { o.retry_after = day + 1s; },
       "retry_after is 86401: it must be 0 to 86400 s"},
      {[](auto& o) { o.max_connections = 100'000'000; }, ""},
      {[](auto& o) { o.max_connections = 100'000'001; },
       "max_connections is 100000001: it must be 0 to 100000000"},
      {[](auto& o) { o.head.max_request_line = 15; },
       "head.max_request_line is 15: it must be 16 to 1048576 bytes"},
      {[](auto& o) { o.head.max_request_line = 1'048'576; }, ""},
      {[](auto& o) { o.head.max_header_line = 15; },
       "head.max_header_line is 15: it must be 16 to 1048576 bytes"},
      {[](auto& o) { o.head.max_header_line = 1'048'577; },
       "head.max_header_line is 1048577: it must be 16 to 1048576 bytes"},
      {[](auto& o) { o.head.max_headers = 3; },
       "head.max_headers is 3: it must be 4 to 10000"},
      {[](auto& o) { o.head.max_headers = 10'000; }, ""},
      {[](auto& o) { o.connection.timeout = 0ms; },
       "timeout is 0: it must be 1 to 86400000 ms"},
      {[](auto& o) { o.host = "whatever: start() tells"; }, ""}};
  check_rows(rows);
}

TEST_CASE("an option of a gateway out of range is named with the range") {
  const row<websock::gateway_options> rows[] = {
      {[](auto&) {}, ""},
      {[](auto& o) { o.max_connections = 100'000'001; },
       "max_connections is 100000001: it must be 0 to 100000000"},
      {[](auto& o) { o.retry_after = -1s; },
       "retry_after is -1: it must be 0 to 86400 s"},
      {[](auto& o) { o.drain.code = 1013; },
       "drain.code is 1013: it must be 1001 or 1012"},
      {[](auto& o) { o.connection.timeout = 0ms; },
       "timeout is 0: it must be 1 to 86400000 ms"}};
  check_rows(rows);
}

TEST_CASE("an option of a client out of range is named with the range") {
  CHECK_NOTHROW(validate(client_options{}));
  CHECK(client_options{}.connect_timeout == 10s);
  CHECK(client_options{}.max_response_head == 16'384);
  const row<client_options> rows[] = {
      {[](auto& o) { o.connect_timeout = 0ms; },
       "connect_timeout is 0: it must be 1 to 86400000 ms"},
      {[](auto& o) { o.connect_timeout = day; }, ""},
      {[](auto& o) { o.max_response_head = 127; },
       "max_response_head is 127: it must be 128 to 1048576 bytes"},
      {[](auto& o) { o.max_response_head = 1'048'576; }, ""},
      {[](auto& o) { o.unix_path = std::string(107, 'x'); }, ""},
      {[](auto& o) { o.unix_path = std::string(108, 'x'); },
       "unix_path is \"" + std::string(108, 'x')
           + "\": it must be a path of at most 107 bytes"},
      {[](auto& o) { o.connection.timeout = 0ms; },
       "timeout is 0: it must be 1 to 86400000 ms"},
      {[](auto& o) {
         o.subprotocols = {"v2", "v1"};
       },
       ""},
      {[](auto& o) {
         o.subprotocols = {"v2", "v2"};
       },
       "subprotocols has \"v2\" twice"},
      {[](auto& o) {
         o.headers = {{"Origin", "https://example.org"}};
       },
       ""},
      {[](auto& o) {
         o.headers = {{"Sec-WebSocket-Key", "x"}};
       },
       "headers has \"Sec-WebSocket-Key\": the handshake sets it itself"}};
  check_rows(rows);
}

TEST_CASE("what only a server decides on is refused among a client's options") {
  const row<client_options> rows[] = {
      {[](auto& o) { o.connection.subprotocols = {"v1"}; },
       "connection.subprotocols is set: a client offers client_options::subprotocols"},
      {[](auto& o) { o.connection.require_subprotocol = true; },
       "connection.require_subprotocol is set: a client reads subprotocol() in init"},
      {[](auto& o) {
         o.connection.headers = {{"Cookie", "a=b"}};
       },
       "connection.headers is set: a client sends client_options::headers"},
      {[](auto& o) { o.connection.origin = websock::http::any_origin(); },
       "connection.origin is set: it is for a server; a client sends an Origin in "
       "client_options::headers"},
      {[](auto& o) { o.connection.origin = websock::http::same_origin(); }, ""}};
  check_rows(rows);
}

TEST_CASE("a wrong option stops the constructor of a server") {
  CHECK_THROWS_AS(websock::server({.backlog = 0}), std::invalid_argument);
  CHECK_THROWS_WITH(
      websock::server({.shards = 1'025}),
      "node_options.shards is 1025: it must be 0 (one per processor) to 1024");
  CHECK_THROWS_AS(websock::server({.connection = {.low_mark = 2'000'000}}),
                  std::invalid_argument);
}
