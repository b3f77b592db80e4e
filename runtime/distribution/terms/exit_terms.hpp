// Exit reasons between nodes.
//
//     normal, kill, killed, noproc, noconnection, timeout    the atom
//     shutdown, shutdown(T)                                  shutdown, {shutdown, T}
//     error(text)                                            {<<"text">>, []}
//     of(T)                                                  T
//
// An exception of a callback has the shape of an Erlang process that ends by an error,
// {Reason, Stacktrace}; back, only that exact shape is one, so an error of Erlang's keeps
// its stack trace: as an etf::value, like any other term.
#pragma once

#include "../../term/exit_reason.hpp"
#include "../etf/limits.hpp"
#include "../etf/reader.hpp"
#include "../etf/writer.hpp"
#include "identities.hpp"

namespace websock::runtime::distribution {

/// For exit(Pid, Reason): throws `not_transmissible` as to_etf does for a message.
void reason_to_etf(const exit_reason& why, etf::writer& out, identities& ids,
                   const etf::limits& limits = {});
/// For what a process says when it exits, when nobody is there to be told: a reason that
/// cannot leave the node goes as the binary of its text.
void any_reason_to_etf(const exit_reason& why, etf::writer& out, identities& ids,
                       const etf::limits& limits = {});
/// Takes one term, any term. Throws etf::malformed for octets that are none.
[[nodiscard]] exit_reason reason_from_etf(etf::reader& in, identities& ids);

} // namespace websock::runtime::distribution
