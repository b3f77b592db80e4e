// Formats OpenSSL's errors.
#include "websock/tls/openssl.hpp"

#include <array>

namespace websock::openssl {

std::string take_error() {
  const auto code = ERR_peek_error();
  ERR_clear_error();
  if (code == 0)
    return "unknown error";
  if (const char* reason = ERR_reason_error_string(code); reason != nullptr)
    return reason;
  std::array<char, 256> text{};
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

} // namespace websock::openssl
