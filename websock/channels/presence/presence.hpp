// Who is in which topic, on all nodes. Source: Phoenix.Presence.
#pragma once

#include "websock/channels/envelope/json.hpp"
#include "websock/channels/presence/phx_refs.hpp"
#include "websock/channels/presence/presence_options.hpp"
#include "websock/runtime/address/pid.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace websock {
class channel;
}

namespace websock::runtime {
class node;
}

namespace websock::channels {

class presence_table;

/// What tracking has come to. Source: {ok, Ref}, {error, already_tracked | nopresence}.
struct presence_result {
  enum class error : std::uint8_t { none, already_tracked, nopresence };

  std::string phx_ref; // of the new meta
  error why = error::none;

  [[nodiscard]] explicit operator bool() const noexcept { return why == error::none; }
};

/// The processes that an application tracks, under keys, in topics:
///
///     channels::presence people(node);
///     people.track(self().pid(), "room:1", user_id, {{"status", "online"}});
///
/// A process that exits is not present any more, before anybody hears of its exit. Each
/// change is broadcast to the subscribers of its topic as a presence_diff, on each node
/// that the presence of the same name is on (join_cluster, join_redis). Any thread may
/// call each function but the destructor.
class presence {
public:
  using result = presence_result;

  /// Throws std::invalid_argument when the name is taken on this node, or for a period
  /// that is not positive. In a cluster, after the cluster.
  explicit presence(runtime::node& on, presence_options options = {});
  /// Other nodes hear that all here have left. Before the cluster or the engine is
  /// destroyed, and not on a shard.
  ~presence();
  presence(const presence&) = delete;
  presence& operator=(const presence&) = delete;

  /// From now on `who` is present in `topic` under `key`, with `meta`, an object to which
  /// `phx_ref` is added. `already_tracked` when it is so already. Throws
  /// std::invalid_argument for a process of another node and a meta that is no object,
  /// and std::length_error beyond presence_options::limits.
  result track(const runtime::pid& who, const std::string& topic, const std::string& key,
               const json& meta = json::object());
  /// Replaces the meta, which gets a new `phx_ref`, and the former one as `phx_ref_prev`.
  /// `nopresence` when `who` is not tracked there. Throws as `track`.
  result update(const runtime::pid& who, const std::string& topic, const std::string& key,
                const json& meta);
  /// The same with what `change` makes of the present meta. It may be called again when
  /// the meta changes in the meantime.
  result update(const runtime::pid& who, const std::string& topic, const std::string& key,
                const std::function<json(json meta)>& change);
  /// No effect on what is not tracked.
  void untrack(const runtime::pid& who, const std::string& topic, const std::string& key);
  /// In all topics.
  void untrack(const runtime::pid& who);

  // The same for a channel, in its topic. From `join` on, but then others may see it
  // before it has joined: better in handle_info, as presence.md shows.
  result track(const channel& who, const std::string& key,
               const json& meta = json::object());
  result update(const channel& who, const std::string& key, const json& meta);
  result update(const channel& who, const std::string& key,
                const std::function<json(json meta)>& change);
  void untrack(const channel& who, const std::string& key);
  /// Tells the client of a channel who is in its topic: pushes `presence_state`. What
  /// changes later reaches it as a diff. Throws std::logic_error before the join is
  /// accepted.
  void push_state(const channel& to) const;

  /// {key: {"metas": [meta, ...]}, ...}: the payload of `presence_state`.
  [[nodiscard]] json list(std::string_view topic) const;
  /// The same as text, without making values of it unless there is a `fetch`.
  [[nodiscard]] std::string list_text(std::string_view topic) const;
  /// {"metas": [meta, ...]}, or null when nobody is there under that key.
  [[nodiscard]] json get_by_key(std::string_view topic, std::string_view key) const;

  [[nodiscard]] const std::string& name() const noexcept;
  /// The name of the node when this was made; presence_options::node_name, if set.
  [[nodiscard]] const std::string& node_name() const noexcept;
  /// The process that publishes diffs.
  [[nodiscard]] const runtime::pid& tracker() const noexcept;

private:
  void end_processes();
  [[nodiscard]] json fetched(std::string_view topic, json presences) const;

  runtime::node& node_;
  const std::shared_ptr<presence_table> table_;
  runtime::pid ear_; // has the name
  phx_refs refs_;
};

} // namespace websock::channels
