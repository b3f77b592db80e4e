// What a process group is called on other nodes.
#pragma once

#include "etf/value.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace websock::runtime {

/// What Erlang knows the groups of a scope by: "lobby" is the atom `lobby` or the binary
/// `<<"lobby">>`. All nodes must use the same. Groups that are called by any other term
/// do not exist here.
enum class group_names : std::uint8_t {
  /// For names that the program contains, of up to 255 characters of UTF-8. An Erlang
  /// node never forgets an atom, and ends when it has seen a million.
  atoms,
  /// For names that come from users or data, of up to 65,535 octets.
  binaries,
};

namespace distribution {

/// Nullopt for a name that can't be called so.
[[nodiscard]] std::optional<etf::value> group_to_etf(group_names called,
                                                     const std::string& name);
/// Nullopt for the name of a group that does not exist here.
[[nodiscard]] std::optional<std::string> group_from_etf(group_names called,
                                                        const etf::value& name);

} // namespace distribution
} // namespace websock::runtime
