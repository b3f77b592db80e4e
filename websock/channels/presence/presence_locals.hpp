// Which processes of this node have which entries.
#pragma once

#include "websock/channels/presence/presence_messages.hpp"

#include <map>
#include <optional>
#include <string>
#include <tuple>

namespace websock::channels {

/// Processes by numbers of the caller's choice.
class presence_locals {
public:
  using number = presence_message::number;
  using place = std::tuple<number, std::string, std::string>; // process, topic, key

  [[nodiscard]] std::optional<number> find(const place& at) const {
    const auto found = entries_.find(at);
    return found == entries_.end() ? std::nullopt : std::optional(found->second);
  }
  void add(place at, number entry) { entries_.emplace(std::move(at), entry); }
  void remove(const place& at) { entries_.erase(at); }
  /// A place of that process, if it has one: in that topic, if one is given.
  [[nodiscard]] std::optional<place> any_of(number process,
                                            const std::string* topic = nullptr) const {
    const auto found =
        entries_.lower_bound({process, topic == nullptr ? std::string() : *topic, {}});
    if (found == entries_.end() || std::get<0>(found->first) != process
        || (topic != nullptr && std::get<1>(found->first) != *topic))
      return std::nullopt;
    return found->first;
  }
  [[nodiscard]] bool contains(number process) const {
    return any_of(process).has_value();
  }

private:
  std::map<place, number> entries_;
};

} // namespace websock::channels
