// Presence as channels use it: as processes in their topic.
#include "websock/channels/channel/channel.hpp"
#include "websock/channels/presence/presence.hpp"
#include "websock/runtime/process/process.hpp"

namespace websock::channels {

presence::result presence::track(const channel& who, const std::string& key,
                                 const json& meta) {
  return track(who.self().pid(), who.topic(), key, meta);
}

presence::result presence::update(const channel& who, const std::string& key,
                                  const json& meta) {
  return update(who.self().pid(), who.topic(), key, meta);
}

presence::result presence::update(const channel& who, const std::string& key,
                                  const std::function<json(json meta)>& change) {
  return update(who.self().pid(), who.topic(), key, change);
}

void presence::untrack(const channel& who, const std::string& key) {
  untrack(who.self().pid(), who.topic(), key);
}

void presence::push_state(const channel& to) const {
  to.push("presence_state", payload::from_text(list_text(to.topic())));
}

} // namespace websock::channels
