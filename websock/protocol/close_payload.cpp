// Reading, validating and writing the payload of close frames.

#include "websock/protocol/close_payload.hpp"

#include "websock/protocol/octets.hpp"
#include "websock/protocol/utf8_validator.hpp"

#include <stdexcept>

namespace websock::protocol {

close_payload parse_close_payload(std::span<const std::byte> payload) noexcept {
  if (payload.size() < 2)
    return {};
  const auto number =
      std::to_integer<unsigned>(payload[0]) << 8U | std::to_integer<unsigned>(payload[1]);
  return {static_cast<close_code>(number), as_chars(payload.subspan(2))};
}

violation check_close_start(std::span<const std::byte> start) noexcept {
  const close_payload close = parse_close_payload(start);
  if (close.code && !may_be_received(*close.code))
    return violation::invalid_close_code;
  utf8_validator body;
  return body.feed(as_octets(close.body)) ? violation::none
                                          : violation::invalid_close_body;
}

violation check_close_payload(std::span<const std::byte> payload) noexcept {
  if (payload.size() == 1)
    return violation::truncated_close_code;
  if (const violation why = check_close_start(payload); why != violation::none)
    return why;
  return is_valid_utf8(parse_close_payload(payload).body) ? violation::none
                                                          : violation::invalid_close_body;
}

bool is_sendable_close(close_code code, std::string_view body) noexcept {
  if (code == close_code::no_status)
    return body.empty();
  return may_be_sent(code) && body.size() <= max_close_body && is_valid_utf8(body);
}

void append_close_payload(std::string& out, close_code code, std::string_view body) {
  if (!is_sendable_close(code, body))
    throw std::invalid_argument(
        "RFC 6455 §7.4: close code or body that must not be sent");
  if (code == close_code::no_status)
    return;
  const auto number = static_cast<unsigned>(code);
  out.push_back(static_cast<char>(number >> 8U));
  out.push_back(static_cast<char>(number & 0xFFU));
  out.append(body);
}

} // namespace websock::protocol
