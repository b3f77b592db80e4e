// Broadcasts of Phoenix as terms of Elixir, and back.
#pragma once

#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/runtime/distribution/etf/value.hpp"

#include <optional>
#include <string>

namespace websock::phoenix {

/// `%Phoenix.Socket.Broadcast{}`. What was JSON has keys and texts that are binaries, as
/// if Jason had read it; octets are `{:binary, octets}`. Throws not_transmissible for
/// what is nested too deeply for a term.
[[nodiscard]] runtime::etf::value
broadcast_to_etf(const channels::broadcast_message& what);

[[nodiscard]] bool is_broadcast(const runtime::etf::value& term);
/// Nullopt for what clients cannot be told: a payload that is no map, or that json_of
/// does not know; texts that are not UTF-8.
[[nodiscard]] std::optional<channels::broadcast_message>
broadcast_from_etf(const runtime::etf::value& term);

/// As Jason encodes it: atoms are texts, save `true`, `false` and `nil`. Nullopt for
/// tuples, processes, functions, structs and binaries that are not UTF-8.
[[nodiscard]] std::optional<std::string> json_of(const runtime::etf::value& term);

} // namespace websock::phoenix
