// PROXY headers: the parser reports a header as complete or malformed as early as
// possible, later octets do not change the verdict, and no header exceeds its limit.
#include "websock/http/proxy_header.hpp"

#include "websock/http/token.hpp"

#include "tests/fuzz/input.hpp"

#include <algorithm>

namespace {

using namespace websock;

std::string line_of(std::string_view bytes, std::size_t limit) {
  const auto parsed = http::parse_proxy_header(bytes, limit);
  if (const auto* state = std::get_if<http::proxy_header_state>(&parsed)) {
    const bool is_open = *state == http::proxy_header_state::incomplete;
    fuzz::require(!is_open || bytes.size() < limit, "what is incomplete will end");
    return is_open ? "" : "malformed";
  }
  const auto& header = std::get<http::proxy_header>(parsed);
  fuzz::require(header.size <= bytes.size() && header.size <= limit,
                "a header is within its bytes and its limit");
  fuzz::require(header.source.empty()
                    || (http::is_field_value(header.source)
                        && header.source.find(':') != std::string::npos),
                "a source is an address and a port");
  return std::to_string(header.size) + " " + header.source;
}

// The first answer while the pieces come.
std::string read(const std::vector<std::string>& pieces, std::size_t limit) {
  std::string bytes;
  for (const auto& piece : pieces) {
    bytes += piece;
    const auto line = line_of(bytes, limit);
    if (!line.empty())
      return line;
  }
  return "";
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const std::size_t limit = in.byte() % 2 == 0 ? 4'096 : 232;
  const auto pieces = in.pieces();
  const auto whole = read({fuzz::joined(pieces)}, limit);
  fuzz::require(whole == read(pieces, limit),
                "cuts make no difference to a PROXY header");
  return 0;
}
