// What gen_server's functions say to each other: requests, casts and replies.
#pragma once

#include "../../address/pid.hpp"
#include "../../term/reference.hpp"
#include "../../term/term.hpp"
#include "../etf/limits.hpp"
#include "../etf/reader.hpp"
#include "../etf/reference.hpp"
#include "../etf/value.hpp"
#include "../etf/writer.hpp"
#include "identities.hpp"

#include <optional>
#include <variant>

namespace websock::runtime::distribution {

/// {'$gen_call', {caller, tag}, request}. Source: gen:call/4.
struct remote_call {
  pid caller;
  etf::value tag; // goes back with the reply as it is
  term request;
};

/// {'$gen_cast', message}. Source: gen_server:cast/2.
struct remote_cast {
  term message;
};

/// A message that arrives: a request, a cast, or any other term.
using arrived_message = std::variant<term, remote_call, remote_cast>;
/// Takes one term. Throws etf::malformed for octets that are none.
[[nodiscard]] arrived_message arrived_from_etf(etf::reader& in, identities& ids);

// These throw not_transmissible as to_etf does.
/// The tag is [alias | id]: the caller knows the answer to `id` from other messages.
void call_to_etf(const pid& caller, reference id, const term& request, etf::writer& out,
                 identities& ids, const etf::limits& limits = {});
void cast_to_etf(const term& message, etf::writer& out, identities& ids,
                 const etf::limits& limits = {});
/// {tag, value}. Source: gen:reply/2.
void reply_to_etf(const etf::value& tag, const term& value, etf::writer& out,
                  identities& ids, const etf::limits& limits = {});

/// Where the reply to a request with this tag goes: to this alias, if it is [alias | id]
/// or [[alias | id] | any]; otherwise to its caller.
[[nodiscard]] std::optional<etf::reference> reply_alias(const etf::value& tag);

/// {[alias | id], value} or {id, value}, which answers the request of that `id`.
struct remote_reply {
  reference id;
  term value;
};
/// Nullopt when the next term is no reply; then nothing has been taken.
[[nodiscard]] std::optional<remote_reply> reply_from_etf(etf::reader& in,
                                                         identities& ids);

} // namespace websock::runtime::distribution
