// Where the presences of other nodes are reached: by a name, or by a topic.
#pragma once

#include "websock/runtime/address/name_at.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/registry/pubsub.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace websock::channels {

/// By names where a cluster joins the nodes. By topics where an engine does, which
/// carries nothing else.
enum class presence_way : std::uint8_t { names, topics };

class presence_address {
public:
  presence_address(std::string name, presence_way way)
      : name_(std::move(name)), topic_("websock:presence:" + name_), way_(way) {}

  /// From `ear`, which has the name here: it hears from now on what is sent to this node.
  void listen(runtime::process& ear) const {
    if (way_ == presence_way::topics)
      runtime::pubsub::subscribe(ear, topic_);
  }
  /// Vanishes when nothing leads to `node` now; by a topic, also where the engine has no
  /// room for it. Whoever lacks it asks for it. Throws not_transmissible.
  template <class Message>
  void send(runtime::process& from, const std::string& node, Message&& message) const {
    if (way_ == presence_way::names)
      from.send(runtime::name_at{name_, node}, std::forward<Message>(message));
    else
      runtime::pubsub::direct_broadcast(from, node, topic_,
                                        std::forward<Message>(message));
  }

private:
  const std::string name_;
  const std::string topic_;
  const presence_way way_;
};

} // namespace websock::channels
