// The presence of one node as all its threads share it. Its lock is held for single
// operations of the state, never while anything is sent or called.
#pragma once

#include "websock/channels/presence/presence_address.hpp"
#include "websock/channels/presence/presence_options.hpp"
#include "websock/channels/presence/presence_state.hpp"
#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/process/membership.hpp"
#include "websock/runtime/time/clock.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace websock::channels {

/// Forgets processes before anybody hears of their exit.
class presence_table final : public runtime::detail::membership,
                             public std::enable_shared_from_this<presence_table> {
public:
  using number = presence_message::number;
  /// There is something to publish or to say.
  struct wake {};

  presence_table(const std::string& node, number creation, presence_options options);

  [[nodiscard]] const presence_options& options() const noexcept { return options_; }
  [[nodiscard]] const std::string& node() const noexcept { return node_; }
  /// Of the presences of this name on other nodes.
  [[nodiscard]] const presence_address& address() const noexcept { return address_; }
  /// Once, before anything else.
  void set_tracker(runtime::pid tracker) { tracker_ = std::move(tracker); }
  [[nodiscard]] const runtime::pid& tracker() const noexcept { return tracker_; }

  // Any thread.
  bool track(const runtime::pid& who, const presence_entry& entry);
  [[nodiscard]] meta_text find(const runtime::pid& who, const std::string& topic,
                               const std::string& key) const;
  enum class outcome : std::uint8_t { done, was_changed, is_absent };
  /// If its meta is still `before`.
  outcome update(const runtime::pid& who, const presence_entry& entry,
                 const meta_text& before);
  void untrack(const runtime::pid& who, const std::string& topic, const std::string& key);
  void untrack_all(const runtime::pid& who);
  void forget(const runtime::pid& who) noexcept override;
  [[nodiscard]] std::vector<presence_view::key_metas> list(std::string_view topic) const;
  [[nodiscard]] std::vector<meta_text> get(std::string_view topic,
                                           std::string_view key) const;

  // The tracker, and the processes that hear and speak for it.
  void wake_tracker() noexcept;
  struct published {
    presence_changes changes;
    std::vector<presence_view::key_metas> present; // if somebody wants to know
  };
  /// From now on changes wake the tracker again.
  [[nodiscard]] std::vector<published> take_changes();
  template <class F>
  auto with_state(F use) {
    const std::lock_guard lock(mutex_);
    return use(state_);
  }
  /// Processes that could not be forgotten for want of memory.
  void forget_again();

private:
  struct local {
    number id = 0;
    bool is_gone = false;
  };
  using locals = std::unordered_map<runtime::pid, local>;

  void forget_if_idle(locals::iterator who);

  const std::string node_;
  const presence_options options_;
  const presence_address address_;
  runtime::pid tracker_;
  std::atomic<bool> is_woken_{false};
  std::atomic<bool> has_gone_{false}; // some local is_gone
  mutable std::mutex mutex_;          // processes track themselves on any shard
  presence_state state_;
  locals locals_;
  number last_local_ = 0;
};

} // namespace websock::channels
