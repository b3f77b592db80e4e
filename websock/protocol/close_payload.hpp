// The payload of a close frame: a status code and a body, or nothing. RFC 6455 §5.5.1.
#pragma once

#include "websock/protocol/close_code.hpp"
#include "websock/protocol/failure.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace websock::protocol {

inline constexpr std::size_t max_close_body = 123;

/// `body` is a view into the parsed payload.
struct close_payload {
  std::optional<close_code> code;
  std::string_view body;
};

/// Reads any payload without validating it; fewer than two octets carry no code.
[[nodiscard]] close_payload
parse_close_payload(std::span<const std::byte> payload) noexcept;

/// The violation that the start of a received payload already proves, whatever follows;
/// `none` if there is none.
[[nodiscard]] violation check_close_start(std::span<const std::byte> start) noexcept;

/// The violation in a received payload; `none` if it is valid.
[[nodiscard]] violation check_close_payload(std::span<const std::byte> payload) noexcept;

/// True if we may send a close frame with this code and body: a legal code (or
/// `no_status` with an empty body, which sends an empty payload) and at most 123 octets
/// of UTF-8.
[[nodiscard]] bool is_sendable_close(close_code code, std::string_view body) noexcept;

/// Appends the payload. Throws std::invalid_argument unless `is_sendable_close`.
void append_close_payload(std::string& out, close_code code, std::string_view body);

} // namespace websock::protocol
