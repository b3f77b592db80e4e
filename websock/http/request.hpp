// A request head: what the application and the upgrade read. Built by head_parser.
#pragma once

#include "websock/http/request_source.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace websock::http {

struct field {
  std::string_view name;
  std::string_view value; // without the space around it
};

/// Names and decoded values of the parts of the path that a route left open.
using path_params = std::vector<std::pair<std::string, std::string>>;

/// Where the parts of a head lie in its text; valid syntax is head_parser's promise.
struct head_layout {
  struct range {
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  struct field {
    range name;
    range value;
  };
  range method;
  range target;
  int version_minor = 1;
  std::vector<field> fields;
};

/// Owns the text of the head; moves like a pointer. Every view it hands out stays valid
/// while the request, or the one it was moved into, lives. A moved-from request may only
/// be assigned.
class request {
public:
  request(std::string text, const head_layout& layout);
  request(request&&) noexcept;
  request& operator=(request&&) noexcept;
  ~request();

  [[nodiscard]] std::string_view method() const noexcept;
  /// The target as it was sent, with query.
  [[nodiscard]] std::string_view target() const noexcept;
  /// The path, percent-decoded; starts with '/', or is the "*" of an OPTIONS about the
  /// whole server. An escaped slash looks like a real one here.
  [[nodiscard]] std::string_view path() const noexcept;
  /// The path as it was sent: what routers split.
  [[nodiscard]] std::string_view raw_path() const noexcept;
  /// The minor version of HTTP/1.
  [[nodiscard]] int version_minor() const noexcept;

  /// All headers in the order sent.
  [[nodiscard]] std::span<const field> headers() const noexcept;
  /// The first header of that name, in any case.
  [[nodiscard]] std::optional<std::string_view>
  header(std::string_view name) const noexcept;
  /// All headers of that name.
  [[nodiscard]] std::vector<std::string_view> header_values(std::string_view name) const;
  /// True if the comma-separated list that these headers make has the token, in any case.
  [[nodiscard]] bool has_token(std::string_view name,
                               std::string_view token) const noexcept;

  /// The first query parameter of that name, decoded; nothing if absent or its escapes
  /// malformed.
  [[nodiscard]] std::optional<std::string> query(std::string_view name) const;

  /// The path parameter that the router found, decoded; empty if there is none.
  [[nodiscard]] std::string_view param(std::string_view name) const noexcept;
  void set_params(path_params params) noexcept;

  /// Who sent it: "127.0.0.1:51234", "[::1]:51234", or "unix"; empty when nobody knows.
  /// While its route runs.
  [[nodiscard]] std::string peer() const;
  /// Whether it came over TLS. While its route runs.
  [[nodiscard]] bool is_secure() const noexcept;
  /// `from` must outlive every question; nullptr is nobody.
  void set_source(const request_source* from) noexcept;

  /// RFC 9112 §9.3: whether the peer expects another response on this connection.
  [[nodiscard]] bool keep_alive() const noexcept;
  /// RFC 9112 §6.3: the length of the body that follows; 0 without one or if it is
  /// chunked.
  [[nodiscard]] std::uint64_t content_length() const noexcept;
  /// RFC 9112 §7.1: whether a chunked body follows.
  [[nodiscard]] bool is_chunked() const noexcept;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace websock::http
