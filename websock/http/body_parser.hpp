// Takes the framing off a request body that is cut at any position, strictly, within
// limits. RFC 9112 §6, §7. Keeps nothing of the body.
#pragma once

#include "websock/http/head_error.hpp"
#include "websock/http/head_limits.hpp"
#include "websock/http/head_parser.hpp"
#include "websock/http/request.hpp"
#include "websock/http/response.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace websock::http {

struct body_limits {
  std::size_t max_size = 0; // octets, without framing
  head_limits trailers{};   // lines and number of trailer fields
};

/// Octets of the body, at least one; they point into the input.
struct body_data {
  std::string_view octets;
};

struct body_end {};

/// `response` is the error to send before closing.
using body_result = std::variant<need_more, body_data, body_end, response>;

/// Looks at each octet once, whatever the chunks. Chunk extensions and trailers are
/// checked and dropped.
class body_parser {
public:
  /// Chunk extensions mean nothing here: more of them than this, in octets over the whole
  /// body, is an attack.
  static constexpr std::size_t max_extensions = 4'096;

  /// Reads the body behind `head`, which head_parser has accepted.
  body_parser(const request& head, body_limits limits) noexcept;

  /// Consumes octets up to the end of the body; what follows stays in `in`. Without
  /// input it tells whether the announced size is refused. After the end or an error
  /// every call returns the same.
  [[nodiscard]] body_result next(std::string_view& in);

private:
  enum class section : std::uint8_t {
    sized,      // a body with Content-Length
    chunk_size, // the line before a chunk
    chunk,
    chunk_end, // the CRLF behind it
    trailers,
    end
  };

  [[nodiscard]] bool is_framing() const noexcept;
  [[nodiscard]] body_data take_data(std::string_view& in) noexcept;
  [[nodiscard]] bool gather_line(std::string_view& in);
  [[nodiscard]] verdict check_line() const noexcept;
  [[nodiscard]] verdict read_line(std::string_view line);
  [[nodiscard]] verdict read_size(std::string_view line);
  [[nodiscard]] verdict read_trailer(std::string_view line);
  [[nodiscard]] std::size_t line_limit() const noexcept;

  body_limits limits_;
  std::string line_;        // of framing, so far
  std::uint64_t left_ = 0;  // of the body, or of the chunk
  std::size_t taken_ = 0;   // of the body
  std::size_t ignored_ = 0; // of chunk extensions
  std::size_t trailers_ = 0;
  section section_;
  verdict failed_;
};

} // namespace websock::http
