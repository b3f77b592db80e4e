// Offers and responses are parsed by the same strict code; what may differ between them
// is checked afterwards.
#include "websock/handshake/deflate_negotiation.hpp"

#include "websock/http/extension.hpp"
#include "websock/http/token.hpp"
#include "websock/protocol/permessage_deflate.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace websock {

namespace {

using protocol::context_takeover;
using protocol::deflate_options;
using protocol::deflate_params;

constexpr std::string_view name_of_extension = "permessage-deflate";
constexpr std::string_view server_no_takeover = "server_no_context_takeover";
constexpr std::string_view client_no_takeover = "client_no_context_takeover";
constexpr std::string_view server_bits = "server_max_window_bits";
constexpr std::string_view client_bits = "client_max_window_bits";

constexpr std::uint8_t smallest_window = 8; // RFC 7692 §7.1.2
constexpr std::uint8_t largest_window = 15;

/// The parameters as written.
struct written_params {
  bool has_server_no_takeover = false;
  bool has_client_no_takeover = false;
  bool has_server_bits = false;
  bool has_client_bits = false;
  std::optional<std::uint8_t> server_window;
  std::optional<std::uint8_t> client_window;
};

enum class origin : std::uint8_t { offer, response };

// RFC 7692 §7.1.2: decimal, 8 to 15, no leading zero.
std::optional<std::uint8_t> read_window(std::string_view value) noexcept {
  if (value == "8" || value == "9")
    return static_cast<std::uint8_t>(value[0] - '0');
  if (value.size() == 2 && value[0] == '1' && value[1] >= '0' && value[1] <= '5')
    return static_cast<std::uint8_t>(10 + (value[1] - '0'));
  return std::nullopt;
}

// False if it appeared before: RFC 7692 §7.1 allows each parameter once.
bool set_once(bool& seen) noexcept {
  return !std::exchange(seen, true);
}

bool set_window(bool& seen, std::optional<std::uint8_t>& window,
                const std::optional<std::string>& value) noexcept {
  if (value)
    window = read_window(*value);
  return set_once(seen) && window.has_value();
}

// RFC 5234 §2.3: the names in the grammar of RFC 7692 are case-insensitive.
bool read_param(const http::extension::param& param, origin where, written_params& into) {
  const auto is_named = [&](auto name) {
    return http::equal_ignoring_case(param.name, name);
  };
  if (is_named(server_no_takeover))
    return !param.value && set_once(into.has_server_no_takeover);
  if (is_named(client_no_takeover))
    return !param.value && set_once(into.has_client_no_takeover);
  if (is_named(server_bits))
    return set_window(into.has_server_bits, into.server_window, param.value);
  if (!is_named(client_bits))
    return false;
  // RFC 7692 §7.1.2.2: only an offer may omit the value.
  if (!param.value && where == origin::offer)
    return set_once(into.has_client_bits);
  return set_window(into.has_client_bits, into.client_window, param.value);
}

std::optional<written_params> read_params(const http::extension& element, origin where) {
  written_params params;
  const bool is_good =
      std::all_of(element.params.begin(), element.params.end(),
                  [&](const auto& param) { return read_param(param, where, params); });
  return is_good ? std::optional(params) : std::nullopt;
}

bool is_deflate(const http::extension& extension) noexcept {
  return http::equal_ignoring_case(extension.name, name_of_extension);
}

void append_param(std::string& out, std::string_view name) {
  out.append("; ").append(name);
}

void append_param(std::string& out, std::string_view name, int value) {
  append_param(out, name);
  out.append("=").append(std::to_string(value));
}

context_takeover takeover(bool is_refused, context_takeover own) noexcept {
  return is_refused ? context_takeover::none : own;
}

std::uint8_t window(std::optional<std::uint8_t> peer, int own) noexcept {
  return std::min(peer.value_or(largest_window), static_cast<std::uint8_t>(own));
}

std::string answer(const deflate_params& params, const written_params& offer) {
  std::string text(name_of_extension);
  if (params.server.takeover == context_takeover::none)
    append_param(text, server_no_takeover);
  if (params.client.takeover == context_takeover::none)
    append_param(text, client_no_takeover);
  // RFC 7692 §7.1.2.1: an offer with this parameter is accepted by echoing it; without
  // it, the response may still set it.
  if (offer.has_server_bits || params.server.window_bits != largest_window)
    append_param(text, server_bits, params.server.window_bits);
  // RFC 7692 §7.1.2.2: allowed only if the client offered it.
  if (offer.has_client_bits)
    append_param(text, client_bits, params.client.window_bits);
  return text;
}

std::optional<deflate_acceptance> accept(const written_params& offer,
                                         const deflate_options& own) {
  deflate_params params;
  params.server = {window(offer.server_window, own.server_max_window_bits),
                   takeover(offer.has_server_no_takeover, own.server_takeover)};
  params.client = {offer.has_client_bits
                       ? window(offer.client_window, own.client_max_window_bits)
                       : largest_window,
                   takeover(offer.has_client_no_takeover, own.client_takeover)};
  // RFC 7692 §7.1.2.1: an offer must be declined if it asks for an unsupported window.
  if (params.server.window_bits < protocol::smallest_deflate_window)
    return std::nullopt;
  return deflate_acceptance{params, answer(params, offer)};
}

// What a client must reject in the response to its own offer. RFC 7692 §7.1.
std::string_view find_fault(const written_params& response, const deflate_options& own) {
  if (own.server_takeover == context_takeover::none && !response.has_server_no_takeover)
    return "RFC 7692 §7.1.1.1: the server ignored server_no_context_takeover";
  if (own.server_max_window_bits < largest_window && !response.has_server_bits)
    return "RFC 7692 §7.1.2.1: the server ignored server_max_window_bits";
  if (response.server_window.value_or(smallest_window) > own.server_max_window_bits)
    return "RFC 7692 §7.1.2.1: the server's window is larger than offered";
  if (response.client_window.value_or(smallest_window) > own.client_max_window_bits)
    return "RFC 7692 §7.1.2.2: the window for the client is larger than offered";
  return {};
}

} // namespace

std::optional<deflate_acceptance> accept_deflate(std::span<const std::string_view> offers,
                                                 const deflate_options& own) {
  for (const auto element : offers) {
    const auto extension = http::parse_extension(element);
    if (!extension || !is_deflate(*extension))
      continue;
    const auto offer = read_params(*extension, origin::offer);
    if (!offer)
      continue;
    if (auto accepted = accept(*offer, own))
      return accepted;
  }
  return std::nullopt;
}

// Always with client_max_window_bits, so that the server can save memory.
std::string offer_deflate(const deflate_options& own) {
  std::string text(name_of_extension);
  if (own.server_takeover == context_takeover::none)
    append_param(text, server_no_takeover);
  if (own.client_takeover == context_takeover::none)
    append_param(text, client_no_takeover);
  if (own.server_max_window_bits < largest_window)
    append_param(text, server_bits, own.server_max_window_bits);
  if (own.client_max_window_bits < largest_window)
    append_param(text, client_bits, own.client_max_window_bits);
  else
    append_param(text, client_bits);
  return text;
}

std::variant<std::optional<deflate_params>, deflate_refusal>
read_deflate_response(std::span<const std::string_view> extensions,
                      const deflate_options* own) {
  if (extensions.empty())
    return std::nullopt;
  const auto extension = http::parse_extension(extensions.front());
  if (!extension)
    return deflate_refusal{"RFC 6455 §9.1: malformed Sec-WebSocket-Extensions"};
  if (own == nullptr || extensions.size() > 1 || !is_deflate(*extension))
    return deflate_refusal{"RFC 6455 §4.1: an extension that was not offered"};
  const auto response = read_params(*extension, origin::response);
  if (!response)
    return deflate_refusal{"RFC 7692 §7.1: malformed parameters of permessage-deflate"};
  if (const auto fault = find_fault(*response, *own); !fault.empty())
    return deflate_refusal{fault};
  // RFC 7692 §7.1.1.2, §7.1.2.2: the client's hints apply without an echo.
  return deflate_params{
      {response->server_window.value_or(largest_window),
       takeover(response->has_server_no_takeover, context_takeover::kept)},
      {window(response->client_window, own->client_max_window_bits),
       takeover(response->has_client_no_takeover, own->client_takeover)}};
}

} // namespace websock
