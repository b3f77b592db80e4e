// Publications between nodes: how nodes of ours tell each other that they share topics,
// and what is published.
//
// Both are messages to a name that no other program registers. Erlang drops the first,
// and is never sent the second unless its node is named by direct_broadcast.
#pragma once

#include "../address/publication_route.hpp"
#include "../mailbox/signal.hpp"
#include "../term/term.hpp"
#include "etf/limits.hpp"
#include "etf/reader.hpp"
#include "output_lanes.hpp"
#include "terms/identities.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace websock::runtime::distribution {

class hub;
class known_node;

/// The name that both are sent to.
inline constexpr std::string_view topics_name = "websock_topics";

/// `share`: the sender takes publications. The first signal on a connection.
[[nodiscard]] std::string sharing_announcement();
/// {Topic, Message}. Throws not_transmissible for more than `limits`.
[[nodiscard]] std::string publication_to_etf(std::string_view topic, const term& message,
                                             identities& ids, const etf::limits& limits);

/// What has arrived under topics_name.
struct arrived_publication {
  std::string topic;
  term message;
};
struct arrived_announcement {};
/// Monostate is something that later versions may say. Throws etf::malformed.
using arrived_topic_message =
    std::variant<std::monostate, arrived_announcement, arrived_publication>;
[[nodiscard]] arrived_topic_message topic_message_from_etf(etf::reader& in,
                                                           identities& ids);

/// A publication on its way to the shard of the connections, which sends it to each of
/// the nodes. Until then its octets count as waiting for them.
class parcel final : public runtime::detail::departing_publication,
                     private runtime::detail::shard_task {
public:
  /// Those of `nodes` that admit it get it.
  parcel(hub& owner, const std::vector<known_node*>& nodes, std::string octets);
  ~parcel() override;
  void leave() noexcept override;

private:
  void run(shard& home) override;
  void dispose() noexcept override { delete this; }

  const std::shared_ptr<hub> owner_; // outlives the nodes below
  const std::string octets_;
  const sender by_;
  std::vector<known_node*> nodes_;
};

} // namespace websock::runtime::distribution
