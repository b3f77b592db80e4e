// Messages between nodes: terms of C++ as terms of Erlang, and back.
//
// Out: a term of one value as its type says (codec_*.hpp), of several as a tuple.
//
// In: what arrives holds one value, of the type that it looks like:
//
//     {name, ...} or name that is registered   that struct, if the fields fit
//     integer of 64 bits                       std::int64_t
//     float                                    double
//     true, false; any other atom              bool; runtime::atom
//     binary                                   std::string
//     pid, reference                           runtime::pid, runtime::reference
//     anything else                            etf::value
//
// And it opens as every other type that its octets can be read as, when `match` or `get`
// ask for it: an integer as an `int` if it is in range, a tuple of two as two values, a
// list as a std::vector. So what one C++ node sends matches at another as it does at
// home, and Erlang's terms match whatever the program expects of them. An empty term
// never arrives.
#pragma once

#include "../../term/term.hpp"
#include "../etf/limits.hpp"
#include "../etf/reader.hpp"
#include "../etf/writer.hpp"
#include "identities.hpp"

namespace websock::runtime::distribution {

/// Appends `message`. Throws `not_transmissible`, with the type's name, for what is
/// neither built in nor registered, for an empty term, and for what exceeds `limits`;
/// what has been appended is then of no use. Any thread.
void to_etf(const term& message, etf::writer& out, identities& ids,
            const etf::limits& limits = {});

/// Takes one term. Throws etf::malformed for octets that are none. Any thread.
[[nodiscard]] term from_etf(etf::reader& in, identities& ids);

} // namespace websock::runtime::distribution
