// The head of a response, as a client of the opening handshake reads it: strictly, within
// a limit. RFC 9112. Not the body.
#pragma once

#include <cstddef>
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

  /// The values of all headers of that name, in any case.
  [[nodiscard]] std::vector<std::string_view> values(std::string_view name) const;
  /// Whether the comma-separated list that these headers make has the token, in any case.
  [[nodiscard]] bool has_token(std::string_view name, std::string_view token) const;
};

/// Why octets are no response head. Has static lifetime and names the clause.
struct bad_response {
  std::string_view why;
};

struct incomplete_response {};

using response_head_result =
    std::variant<incomplete_response, response_head, bad_response>;

/// Gathers a head, judges it when it is whole. Each octet is looked at once, whatever the
/// chunks. After a head it starts over with the next one: 1xx heads come before the final
/// one. The limit is for all of them together.
class response_head_parser {
public:
  explicit response_head_parser(std::size_t limit) noexcept : room_(limit) {}

  /// Consumes up to and including the blank line; what follows stays in `in`.
  [[nodiscard]] response_head_result feed(std::string_view& in);

private:
  std::size_t room_;
  std::string text_;
};

} // namespace websock::http
