// The log of this node: its entries, and how they came about. Knows neither other nodes
// nor who watches.
#pragma once

#include "websock/channels/presence/meta_text.hpp"
#include "websock/channels/presence/presence_entries.hpp"
#include "websock/channels/presence/presence_limits.hpp"
#include "websock/channels/presence/presence_messages.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace websock::channels {

class presence_log {
public:
  using number = presence_message::number;

  /// One life of the node, which no other has the number of.
  presence_log(number creation, const presence_limits& limits)
      : creation_(creation), limits_(limits) {}

  [[nodiscard]] number creation() const noexcept { return creation_; }
  /// The number of the last step.
  [[nodiscard]] number seq() const noexcept { return seq_; }
  [[nodiscard]] const presence_entries::table& entries() const noexcept {
    return entries_.all();
  }
  /// Null when there is no such entry.
  [[nodiscard]] const presence_entry* find(number id) const { return entries_.find(id); }

  /// One step each. `track` returns the number of the new entry; the others need one that
  /// exists. Where the limits don't allow a step: std::length_error, without effect.
  number track(presence_entry entry);
  void update(number id, meta_text meta);
  void untrack(number id);

  /// The steps from the one after `after` to `last`, as many as fit in one message; empty
  /// when the first of them is not kept any more.
  [[nodiscard]] std::optional<std::vector<presence_message::step>>
  steps_between(number after, number last) const;
  struct part {
    std::vector<presence_message::entry> entries;
    bool is_last = true;
  };
  /// The entries after `cursor`, as many as fit in one message.
  [[nodiscard]] part entries_after(number cursor) const;

private:
  enum class action : std::uint8_t { track, update, untrack };
  struct past_step {
    action what;
    number id;
    presence_entry entry; // of a track; of an update, the meta alone
    [[nodiscard]] std::size_t octets() const noexcept;
    [[nodiscard]] presence_message::step message() const;
  };

  void put(number id, const presence_entry& entry);
  void remember(past_step made);

  const number creation_;
  const presence_limits limits_;
  number seq_ = 0;
  presence_entries entries_;
  std::deque<past_step> history_; // up to seq_
  std::size_t history_octets_ = 0;
};

} // namespace websock::channels
