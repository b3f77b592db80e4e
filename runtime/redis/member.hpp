// A node as one of those that share topics on a channel of Redis.
#pragma once

#include "../address/pid.hpp"
#include "../address/publication_log.hpp"
#include "../address/publication_route.hpp"
#include "../distribution/etf/limits.hpp"
#include "../log/log.hpp"
#include "../mailbox/signal.hpp"
#include "../process/node.hpp"
#include "../process/shard.hpp"
#include "../time/timer.hpp"
#include "closed_identities.hpp"
#include "connection.hpp"
#include "engine_figures.hpp"
#include "envelope.hpp"
#include "heard_nodes.hpp"
#include "history_log.hpp"
#include "name_claim.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace websock::runtime::redis {

/// Shared by the engine and by publications on their way; the node keeps it until it
/// ends, as a process may be using it. All of its connections live on one shard.
class member final : public std::enable_shared_from_this<member>,
                     public runtime::detail::publication_route,
                     private runtime::detail::publication_log,
                     private connection::events,
                     private timer {
public:
  member(node& owner, engine_options options, dial_function dial);
  ~member() override;

  // On the shard of the connections.
  /// Calls `ready` once: when others hear this node and it hears them, with nothing, or
  /// with why that failed, for people.
  void start(std::function<void(std::string)> ready);
  /// Says farewell, and calls `left` once: when Redis has answered everything, or does
  /// not within 2 s or ping_timeout.
  void leave(std::function<void()> left);
  /// Ends at once what is left of it.
  void close() noexcept;

  // Any thread.
  [[nodiscard]] node& owner() const noexcept { return owner_; }
  [[nodiscard]] shard& home() const noexcept { return home_; }
  [[nodiscard]] const engine_options& options() const noexcept { return options_; }
  [[nodiscard]] std::unique_ptr<runtime::detail::departing_publication>
  departing(std::string_view topic, const term& message) override;
  [[nodiscard]] std::unique_ptr<runtime::detail::departing_publication>
  departing_to_log(std::string_view topic, const term& message,
                   const runtime::detail::log_bounds& bounds) override;
  [[nodiscard]] runtime::detail::publication_log* topic_log() noexcept override {
    return options_.history ? this : nullptr;
  }
  [[nodiscard]] bool publish_at(const std::string& where, std::string_view topic,
                                const term& message) override;
  [[nodiscard]] engine_figures figures() const;
  [[nodiscard]] std::vector<std::string> nodes() const;
  [[nodiscard]] bool knows(const std::string& node) const;
  /// Throws std::invalid_argument for a process of another node.
  void watch_gaps(const pid& watcher);
  void unwatch_gaps(const pid& watcher);
  void watch_nodes(const pid& watcher); // throws as well
  void unwatch_nodes(const pid& watcher);

private:
  /// claiming -> subscribing -> joined -> leaving -> closed, which may follow each.
  enum class phase : std::uint8_t { claiming, subscribing, joined, leaving, closed };
  enum class answer : std::uint8_t {
    publication,
    set,
    get,
    ttl,
    renewal,
    release,
    // Of histories.
    append_script,
    read_script,
    kept,
    generation,
    reading
  };
  class parcel;
  /// For the history of its topic.
  struct to_keep {
    std::string topic;
    runtime::detail::log_bounds bounds;
  };

  // connection::events.
  void opened(connection& which) override;
  void replied(connection& which, const reply& what) override;
  void lost(connection& which, const std::string& why) override;
  // timer.
  void expire(time_point now) override;

  // member_leaving.cpp.
  void say_farewell();
  void leave_if_answered();

  // What leaves.
  [[nodiscard]] std::unique_ptr<parcel>
  pack(std::string_view to, std::string_view topic, const term& message,
       const runtime::detail::log_bounds* bounds = nullptr);
  void publish(std::string_view what, const std::optional<to_keep>& where);
  void say(std::string_view what);
  void beat();
  void count_skipped() noexcept;

  // What Redis answers.
  void look_at_name();
  void answered(answer to, const reply& what);
  void name_answered();
  void name_lost(name_claim::standing now);
  void publication_refused(const std::string& why);
  void pushed(const reply& what);
  void subscribed();
  void join_failed(const std::string& why);

  // What others say; member_hearing.cpp.
  void hear(std::string_view octets);
  void hear_what(const envelope& what);
  void take_publication(const heard_publication& what);
  void report(const std::vector<pubsub::gap>& missing);
  [[nodiscard]] heard note(const envelope& what);
  void tell(const std::vector<node_change>& changes);
  void look_for_silence(time_point now);
  void take_leave();

  // Histories; member_history.cpp.
  void read(std::string topic, const runtime::detail::log_bounds& within,
            reader done) override;
  void begin_reading(const std::string& topic, const runtime::detail::log_bounds& within,
                     reader done);
  void end_readings() noexcept;
  [[nodiscard]] runtime::detail::log_reading
  decoded(const history_log::reading& from) const;
  [[nodiscard]] runtime::detail::logged_publication decoded(std::string_view entry) const;
  void open_histories();
  void keep(std::string_view what, const to_keep& where);
  void mend_histories();
  void repair_histories();
  void history_answered(answer to, const reply& what);
  void histories_lost(connection& with);

  void arm(duration after);
  void note_connected() noexcept;
  void log(log_level level, const std::string& line) const noexcept;

  node& owner_;
  shard& home_;
  const engine_options options_;
  const etf::limits limits_;
  const std::uint64_t epoch_;
  const std::string channel_;
  const std::shared_ptr<closed_identities> identities_;

  // On the shard of the connections.
  phase phase_ = phase::claiming;
  std::function<void(std::string)> ready_;
  std::function<void()> left_;
  connection commands_;
  connection subscription_;
  name_claim claim_;
  history_log histories_;
  std::deque<answer> expected_; // in the order of the commands, PING excepted
  std::uint64_t sequence_ = 0;
  bool is_subscribed_ = false;
  bool is_name_ours_ = false;
  bool is_refusal_told_ = false;
  time_point looked_at_{};     // for silent nodes
  bool is_repair_due_ = false; // of histories, with the next sign of life

  mutable std::mutex mutex_; // guards the next three: any thread asks who is there
  heard_nodes others_;
  std::set<pid> watchers_; // of gaps
  std::set<pid> node_watchers_;

  std::atomic<std::size_t> posted_{0};    // octets on their way to the shard
  std::atomic<std::uint64_t> skipped_{0}; // numbers of publications that never got there
  struct counters {
    std::atomic<bool> is_connected{false};
    std::atomic<std::uint64_t> published{0}, dropped{0}, refused{0}, received{0}, gaps{0},
        lost{0}, late{0}, malformed{0}, losses{0}, unkept{0}, begun_anew{0};
    std::atomic<std::size_t> unsent{0};
  };
  counters counts_;
};

} // namespace websock::runtime::redis
