// The default log sink: the only place that writes to a standard stream.
#include "runtime/log.hpp"

#include <cstdio>
#include <string>

namespace runtime {

namespace {

// A control character could end the line and begin one that nobody wrote, or speak to the
// terminal.
void append_visible(std::string& out, std::string_view line) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char c : line) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet >= 0x20 && octet != 0x7F)
      out += c;
    else
      out.append("\\x") += {digits[octet >> 4U], digits[octet & 0xFU]};
  }
}

} // namespace

void log_to_stderr(log_level level, std::string_view line) {
  static constexpr std::string_view names[] = {
      "debug: ", "info: ", "warning: ", "error: "};
  std::string text(names[static_cast<std::size_t>(level)]);
  append_visible(text, line);
  text += '\n';
  std::fwrite(text.data(), 1, text.size(),
              stderr); // one call: lines of threads do not mix
}

} // namespace runtime
