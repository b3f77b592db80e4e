// A request, as read by applications and by the upgrade. Its head is built by
// head_parser; a body is added where the route takes one.
#pragma once

#include "websock/http/form.hpp"
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
  std::string_view value; // without surrounding space
};

/// The names and decoded values of a route's path parameters.
using path_params = std::vector<std::pair<std::string, std::string>>;

/// Where the parts of a head are in its text; head_parser ensures that the syntax is
/// valid.
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

/// Owns the text of the head and moves like a pointer. Every view that it returns is
/// valid while the request, or the one it was moved into, lives. A moved-from request may
/// only be assigned to.
class request {
public:
  request(std::string text, const head_layout& layout);
  request(request&&) noexcept;
  request& operator=(request&&) noexcept;
  ~request();

  [[nodiscard]] std::string_view method() const noexcept;
  /// The target as sent, including the query.
  [[nodiscard]] std::string_view target() const noexcept;
  /// The path, percent-decoded. It starts with '/', or is "*" for an OPTIONS about the
  /// whole server. An escaped slash cannot be told from a real one.
  [[nodiscard]] std::string_view path() const noexcept;
  /// The path as sent, for routers to split.
  [[nodiscard]] std::string_view raw_path() const noexcept;
  /// The minor version of HTTP/1.
  [[nodiscard]] int version_minor() const noexcept;

  /// All headers in the order sent.
  [[nodiscard]] std::span<const field> headers() const noexcept;
  /// The first header of this name, in any case.
  [[nodiscard]] std::optional<std::string_view>
  header(std::string_view name) const noexcept;
  /// All headers of this name.
  [[nodiscard]] std::vector<std::string_view> header_values(std::string_view name) const;
  /// True if the comma-separated list in these headers contains the token, in any case.
  [[nodiscard]] bool has_token(std::string_view name,
                               std::string_view token) const noexcept;

  /// The first query parameter of this name, decoded; empty if it is missing or has a
  /// malformed escape.
  [[nodiscard]] std::optional<std::string> query(std::string_view name) const;
  /// All query parameters, as parse_form reads them; empty if they are malformed: answer
  /// 400.
  [[nodiscard]] std::optional<form> query_params() const;
  /// The value of the first cookie of this name, octets as they are: browsers send the
  /// one with the most specific path first (RFC 6265 §5.4).
  [[nodiscard]] std::optional<std::string_view>
  cookie(std::string_view name) const noexcept;

  /// The path parameter of the matching route, decoded; empty if there is none.
  [[nodiscard]] std::string_view param(std::string_view name) const noexcept;
  void set_params(path_params params) noexcept;

  /// The sender: "127.0.0.1:51234", "[::1]:51234", or "unix"; empty if unknown. Only
  /// while its route or process runs.
  [[nodiscard]] std::string peer() const;
  /// Whether it came over TLS. Only while its route or process runs.
  [[nodiscard]] bool is_secure() const noexcept;
  /// `source` must outlive every use of the request; null means unknown.
  void set_source(const request_source* source) noexcept;

  /// RFC 9112 §9.3: whether the connection stays open for another request.
  [[nodiscard]] bool keep_alive() const noexcept;
  /// RFC 9112 §6.3: the length of the body that follows; 0 if there is none or it is
  /// chunked.
  [[nodiscard]] std::uint64_t content_length() const noexcept;
  /// RFC 9112 §7.1: whether a chunked body follows.
  [[nodiscard]] bool is_chunked() const noexcept;
  /// Whether a body follows the head.
  [[nodiscard]] bool has_body() const noexcept;
  /// The body, without its framing; empty unless the route takes one.
  [[nodiscard]] std::string_view body() const noexcept;
  void set_body(std::string body) noexcept;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace websock::http
