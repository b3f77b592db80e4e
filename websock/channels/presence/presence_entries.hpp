// The entries of one node, by number, within the limits.
#pragma once

#include "websock/channels/presence/meta_text.hpp"
#include "websock/channels/presence/presence_limits.hpp"
#include "websock/channels/presence/presence_messages.hpp"

#include <cstddef>
#include <map>
#include <string>

namespace websock::channels {

/// One presence: of one process, under one key, in one topic.
struct presence_entry {
  std::string topic;
  std::string key;
  meta_text meta;

  [[nodiscard]] std::size_t octets() const noexcept {
    return topic.size() + key.size() + (meta ? meta->size() : 0);
  }
};

class presence_entries {
public:
  using number = presence_message::number;
  using table = std::map<number, presence_entry>;

  /// Null when there is no such entry.
  [[nodiscard]] const presence_entry* find(number id) const;
  /// Adds the entry, or replaces it. Null, without effect, where the limits don't allow
  /// it.
  const presence_entry* put(number id, presence_entry entry,
                            const presence_limits& limits);
  void erase(number id);

  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
  [[nodiscard]] const table& all() const noexcept { return all_; }

private:
  table all_;
  std::size_t octets_ = 0;
};

} // namespace websock::channels
