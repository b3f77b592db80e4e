// What nodes say to each other on their channel in Redis, as terms of Erlang:
//
//     {websock, 1, Node, Epoch, Sequence, What}
//     What = beat | leave | {publish, To, Topic, Message} | Marker
//
// Node, To and Topic are binaries; an empty To means all nodes. An epoch is one life of a
// node. A publication has a sequence number of its own, one after the other; the others
// say the last number that there was. A marker is an integer, and for its own node.
#pragma once

#include "../distribution/etf/limits.hpp"
#include "../distribution/terms/identities.hpp"
#include "../term/term.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace websock::runtime::redis {

inline constexpr std::size_t longest_node_name = 255;

/// Who says it, and where that is in what it has said.
struct sender_mark {
  std::string node;
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
};

struct heard_beat {};
struct heard_leave {};
struct heard_marker {
  std::uint64_t id = 0;
};
/// Views of the octets that were read.
struct heard_publication {
  std::string_view to;
  std::string_view topic;
  std::string_view message; // a term, and nothing behind it
};

struct envelope {
  sender_mark from;
  /// Monostate is something that later versions may say.
  std::variant<std::monostate, heard_beat, heard_leave, heard_publication, heard_marker>
      what;
};

/// The What of a publication, to be sent by `write_envelope`. Throws not_transmissible
/// for what cannot cross, or exceeds `limits`. Any thread.
[[nodiscard]] std::string write_publication(std::string_view to, std::string_view topic,
                                            const term& message,
                                            distribution::identities& ids,
                                            const etf::limits& limits);
[[nodiscard]] std::string write_beat();
[[nodiscard]] std::string write_leave();
[[nodiscard]] std::string write_marker(std::uint64_t id);
/// `what` is one of those above.
[[nodiscard]] std::string write_envelope(const sender_mark& from, std::string_view what);

/// The result refers to `octets`. Throws etf::malformed for what is no envelope.
[[nodiscard]] envelope read_envelope(std::string_view octets, const etf::limits& limits);
/// The message of a publication. Throws etf::malformed.
[[nodiscard]] term read_message(const heard_publication& publication,
                                distribution::identities& ids, const etf::limits& limits);

} // namespace websock::runtime::redis
