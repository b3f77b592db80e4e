// The head of a response, as the client of an opening handshake reads it: strictly,
// within a limit. RFC 9112. Does not read the body.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace websock::http {

struct response_head {
  int status = 0;
  std::string reason; // for people; may be empty
  std::vector<std::pair<std::string, std::string>> headers;

  /// The values of all headers of this name, in any case.
  [[nodiscard]] std::vector<std::string_view> values(std::string_view name) const;
  /// Whether the comma-separated list in these headers contains the token, in any case.
  [[nodiscard]] bool has_token(std::string_view name, std::string_view token) const;
};

/// Why octets are not a response head. Static text that names the clause.
struct bad_response {
  std::string_view why;
};

struct incomplete_response {};

using response_head_result =
    std::variant<incomplete_response, response_head, bad_response>;

/// Rejects a head at the first octet that proves it invalid, and looks at each octet
/// once, whatever the chunks. After a head it starts over, since 1xx heads precede the
/// final one. The limit covers all of them together.
class response_head_parser {
public:
  explicit response_head_parser(std::size_t limit) noexcept : room_(limit) {}

  /// Consumes up to and including the blank line; the rest stays in `in`. After a
  /// bad_response nothing more may be fed.
  [[nodiscard]] response_head_result feed(std::string_view& in);

private:
  using verdict = std::optional<bad_response>;
  enum class section : std::uint8_t {
    version,
    status,
    after_status,
    reason,
    status_end, // after the CR
    line,       // at the start of a line of any kind
    name,
    before_value, // in the spaces before the value or a continuation line
    value,
    value_end,
    blank_line,
    end,
  };

  [[nodiscard]] verdict take(char c);
  [[nodiscard]] verdict take_version(char c);
  [[nodiscard]] verdict take_status(char c);
  [[nodiscard]] verdict take_after_status(char c);
  [[nodiscard]] verdict take_reason(char c);
  [[nodiscard]] verdict take_line(char c);
  [[nodiscard]] verdict take_name(char c);
  [[nodiscard]] verdict take_value(char c);
  [[nodiscard]] verdict take_before_value(char c);
  [[nodiscard]] verdict take_line_feed(char c, section next);
  [[nodiscard]] verdict begin_fold();
  [[nodiscard]] response_head_result finish();

  std::size_t room_;
  section section_ = section::version;
  std::size_t digits_ = 0; // octets of the version or status read so far
  bool is_http_1_0_ = false;
  response_head head_;
};

} // namespace websock::http
