// The presence of a whole cluster as one node knows it: its own log, what others say of
// theirs, and what is to be said to whom. Without sockets, processes or a clock: messages
// come in by `take`, and are fetched by `next_message` when there is room for them, so
// that nothing is queued.
#pragma once

#include "websock/channels/presence/presence_lives.hpp"
#include "websock/channels/presence/presence_locals.hpp"
#include "websock/channels/presence/presence_log.hpp"
#include "websock/channels/presence/presence_messages.hpp"
#include "websock/channels/presence/presence_view.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace websock::channels {

class presence_state {
public:
  using number = presence_message::number;

  /// `creation` tells this life of `node` from all others.
  presence_state(const std::string& node, number creation, const presence_limits& limits,
                 const presence_periods& periods);

  [[nodiscard]] const std::string& node() const noexcept { return self_->node; }
  [[nodiscard]] const presence_log& log() const noexcept { return log_; }
  [[nodiscard]] presence_view& view() noexcept { return view_; }
  [[nodiscard]] const presence_view& view() const noexcept { return view_; }

  /// The entry that `local`, a process of this node, has there; null if it has none.
  /// Until the next change.
  [[nodiscard]] const presence_entry* find(number local, const std::string& topic,
                                           const std::string& key) const;
  /// False when there is one already. Where the limits don't allow it: std::length_error,
  /// as from `update`.
  bool track(number local, const presence_entry& entry);
  /// False when there is none.
  bool update(number local, const std::string& topic, const std::string& key,
              const meta_text& meta);
  bool untrack(number local, const std::string& topic, const std::string& key);
  /// All entries of `local` in `topic`, or in all topics.
  void untrack_in(number local, const std::string& topic);
  void untrack_all(number local);
  [[nodiscard]] bool has_entries(number local) const { return locals_.contains(local); }

  /// The node is connected: messages of it are taken from now on, and it is greeted.
  void node_up(const std::string& node);
  void node_down(const std::string& node, runtime::time_point now);
  /// Ignores messages of nodes that are not connected, and in general what cannot be
  /// true.
  void take(const presence_message::any& message, runtime::time_point now);
  /// To be called every heartbeat.
  void tick(runtime::time_point now);

  /// The connected nodes that have something to be told.
  [[nodiscard]] std::vector<std::string> nodes_to_tell() const;
  [[nodiscard]] std::optional<presence_message::any>
  next_message(const std::string& node);
  [[nodiscard]] std::vector<std::string> connected_nodes() const;
  /// What each of them hears last.
  [[nodiscard]] presence_message::farewell farewell() const;

private:
  static constexpr unsigned ticks_between_greetings = 10;
  static constexpr int ticks_before_asking_again = 2;

  /// A connected node.
  struct peer {
    number told = 0;         // it has been sent the steps up to this
    bool is_heard = false;   // it has a presence as well
    number life = 0;         // of that presence, as heard last
    bool is_greeted = false; // since the last tick
    bool owes_heartbeat = true;
    bool owes_question = false;
    bool last_were_steps = false;
    std::optional<presence_message::ask> asked;         // by it, the latest
    std::optional<runtime::time_point> waiting_since{}; // for the answer to ours
  };

  void show(number id, const presence_entry& entry) noexcept;
  [[nodiscard]] bool has_something_for(const peer& to) const noexcept;
  [[nodiscard]] presence_message::heartbeat heartbeat(peer& to);
  [[nodiscard]] std::optional<presence_message::any> question(const std::string& node);
  [[nodiscard]] presence_message::any answer(peer& to, const presence_message::ask& what);
  [[nodiscard]] presence_message::any next_steps(peer& to);

  void take_in(const presence_message::heartbeat& message, runtime::time_point now);
  void take_in(const presence_message::steps& message, runtime::time_point now);
  void take_in(const presence_message::ask& message, runtime::time_point now);
  void take_in(const presence_message::piece& message, runtime::time_point now);
  void take_in(const presence_message::farewell& message, runtime::time_point now);
  [[nodiscard]] peer* find_peer(const std::string& node);
  [[nodiscard]] presence_lives* lives_of(const std::string& node);
  /// Asks for what is missing, unless an answer is under way.
  void catch_up(const std::string& node, runtime::time_point now);

  const shared_owner self_;
  const presence_limits limits_;
  const presence_periods periods_;
  presence_log log_;
  presence_locals locals_;
  presence_view view_;
  std::map<std::string, peer> peers_;
  std::map<std::string, presence_lives> lives_;
  unsigned ticks_ = 0;
};

} // namespace websock::channels
