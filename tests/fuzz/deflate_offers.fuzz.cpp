// Compression negotiation: for any header, the server agrees to parameters that both ends
// can honour, or to none.
#include "websock/handshake/deflate_negotiation.hpp"
#include "websock/http/extension.hpp"
#include "websock/http/token.hpp"

#include "tests/fuzz/input.hpp"

namespace {

using namespace websock;

protocol::deflate_options options_for(std::uint8_t choice) {
  protocol::deflate_options own;
  if ((choice & 1U) != 0)
    own.server_max_window_bits = own.client_max_window_bits = 11;
  if ((choice & 2U) != 0)
    own.server_takeover = own.client_takeover = protocol::context_takeover::none;
  return own;
}

void check_acceptance(const deflate_acceptance& agreed,
                      const protocol::deflate_options& own) {
  fuzz::require(agreed.params.server.window_bits >= 8
                    && agreed.params.server.window_bits <= own.server_max_window_bits,
                "our window is what we can keep");
  fuzz::require(agreed.params.client.window_bits >= 8
                    && agreed.params.client.window_bits <= 15,
                "the client's window is one that there is");
  fuzz::require(http::is_field_value(agreed.extension)
                    && http::parse_extension(agreed.extension).has_value(),
                "the answer is well formed");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const auto own = options_for(in.byte());
  std::string_view list = in.text(size);
  std::vector<std::string_view> elements;
  while (const auto element = http::take_list_element(list))
    elements.push_back(*element);
  if (const auto agreed = accept_deflate(elements, own))
    check_acceptance(*agreed, own);
  static_cast<void>(read_deflate_response(elements, &own));
  static_cast<void>(read_deflate_response(elements, nullptr));
  return 0;
}
