// What this node knows of the log of another, in one of its lives. Believes nothing that
// costs more than the limits allow.
#pragma once

#include "websock/channels/presence/presence_entries.hpp"
#include "websock/channels/presence/presence_limits.hpp"
#include "websock/channels/presence/presence_messages.hpp"
#include "websock/channels/presence/presence_view.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace websock::channels {

/// What it has taken of a message.
enum class intake : std::uint8_t { nothing, something };

class presence_copy {
public:
  using number = presence_message::number;

  presence_copy(shared_owner owner, const presence_limits& limits)
      : owner_(std::move(owner)), limits_(limits) {}

  [[nodiscard]] const shared_owner& owner() const noexcept { return owner_; }
  [[nodiscard]] number seq() const noexcept { return seq_; }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

  /// The owner has told of its steps up to `seq`.
  void hear(number seq) noexcept { told_ = seq; }
  /// Takes the steps that come next; steps after a gap are of no use.
  intake take(const presence_message::steps& message, presence_view& view);
  /// Takes a piece that was asked for. The entries are shown once nothing is missing.
  intake take(const presence_message::piece& message, presence_view& view);

  /// What to ask the owner for.
  struct lack {
    number after;
    number cursor;
  };
  /// Empty when nothing is known to be missing.
  [[nodiscard]] std::optional<lack> lacks() const noexcept;

  /// Whether it is in the middle of a snapshot.
  [[nodiscard]] bool needs_pieces() const noexcept {
    return snapshot_ && !snapshot_->has_all_pieces;
  }

  /// The connection is lost: nothing that was asked for will come.
  void give_up_snapshot() noexcept { snapshot_.reset(); }
  void show_all(presence_view& view) const;
  void hide_all(presence_view& view) const;

private:
  /// A snapshot of which some pieces are still to come. The owner goes on while it sends
  /// them: steps after the first piece are taken into it, and it is whole when it has all
  /// steps up to the last piece.
  struct snapshot {
    explicit snapshot(number last) : seq(last) {}

    presence_entries all;
    number seq;        // of the last step in it
    number goal = 0;   // of the latest piece
    number cursor = 0; // of the last entry of the latest piece
    bool has_all_pieces = false;
  };

  [[nodiscard]] bool is_plausible(const std::string& topic, const std::string& key,
                                  const std::string& meta) const;
  [[nodiscard]] bool is_plausible(const presence_message::piece& message) const;
  /// To `into`; to the view as well, if given.
  void apply(number at, const presence_message::step& step, presence_entries& into,
             presence_view* view);
  void put(number id, presence_entry entry, presence_entries& into, presence_view* view);
  void finish_snapshot(presence_view& view);

  const shared_owner owner_;
  const presence_limits limits_;
  number seq_ = 0;
  number told_ = 0;
  presence_entries entries_;
  std::optional<snapshot> snapshot_;
};

} // namespace websock::channels
