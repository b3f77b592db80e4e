// The topics of a node that keep what is broadcast there, and in which order it is kept
// and delivered: the same.
#pragma once

#include "websock/channels/broadcast/sources_by_topic.hpp"
#include "websock/channels/envelope/payload.hpp"
#include "websock/channels/history/history_store.hpp"
#include "websock/channels/history/position.hpp"
#include "websock/channels/history/topic_options.hpp"
#include "websock/runtime/address/arriving_publications.hpp"
#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/address/publication_log.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace websock::runtime {
class node;
class shard;
} // namespace websock::runtime

namespace websock::channels {

class delivery_order;

/// What a client gets when it joins a topic with history.
struct resumption {
  struct message {
    std::shared_ptr<const kept_message> what;
    position at;
  };
  position from; // what it gets next, missed or live, comes behind this
  bool is_complete = false;
  std::vector<message> missed{};
};

/// To a process that had to wait for it.
struct log_was_read {
  int unused = 0;
};

/// One for each node. Any thread, unless stated otherwise.
class topic_histories final : private runtime::detail::arriving_publications {
public:
  explicit topic_histories(runtime::node& owner);
  ~topic_histories() override;
  topic_histories(const topic_histories&) = delete;
  topic_histories& operator=(const topic_histories&) = delete;

  /// Topics that match `pattern` (an exact topic, or the start of topics before a star)
  /// have these options, unless an earlier pattern of the same `owner` matches. Of
  /// several owners the first with a history counts.
  void add(const void* owner, std::string_view pattern, topic_options options);
  /// Keeps histories there from now on: call before the first broadcast.
  void keep_in(std::shared_ptr<history_store> store);
  [[nodiscard]] history_figures figures();

  /// The options of a topic that keeps its history; null for others.
  [[nodiscard]] std::shared_ptr<const topic_options> find(std::string_view topic) const;

  /// Whether a broadcast of such a topic is kept: octets have no place for a position.
  [[nodiscard]] static bool keeps(const topic_options& options, std::string_view event,
                                  const payload& body);
  /// Keeps a broadcast and delivers it on this node and on others, as pubsub does. Every
  /// subscriber here gets the messages of a topic in the order of their offsets. Throws,
  /// before anybody gets it, what broadcast_message and the store throw.
  void publish(const topic_options& options, std::string_view topic,
               std::string_view event, const payload& body, const runtime::pid& except);
  /// Where a log outside of this node may know more of the topic, has it read. True:
  /// `who` gets a log_was_read, and should resume then.
  [[nodiscard]] bool read_log(const std::shared_ptr<const topic_options>& options,
                              std::string_view topic, const runtime::pid& who);
  /// What a subscriber that subscribes next, before anything else happens on `here`, has
  /// missed since `after`. On that shard only.
  [[nodiscard]] resumption resume(const topic_options& options, std::string_view topic,
                                  runtime::shard& here,
                                  const std::optional<position>& after);

private:
  struct rule {
    const void* owner;
    std::string text; // without the star
    bool is_prefix;
    std::shared_ptr<const topic_options> options;
  };
  /// Some topics, and the lock under which their messages get their order: what is
  /// appended to the store and what is delivered agree because both happen under it.
  struct stripe {
    std::mutex mutex;
    std::unordered_map<std::string, std::shared_ptr<delivery_order>> orders;
    sources_by_topic sources; // in a cluster
    /// Who waits for what a log says, by topic.
    std::unordered_map<std::string, std::vector<runtime::pid>> readers;
  };
  /// A broadcast that is to be kept.
  struct broadcast {
    std::string_view topic;
    std::string_view event;
    const payload& body;
    const runtime::pid& except;
    const origin* from = nullptr; // elsewhere
  };
  class announcement;

  bool take(std::string_view topic, const runtime::term& message) override;
  void interrupted() noexcept override;
  [[nodiscard]] bool is_interrupted_since(const position& after,
                                          const topic_sources& sources) const;
  void keep(const topic_options& options, const broadcast& what);
  [[nodiscard]] std::shared_ptr<delivery_order> add(stripe& its,
                                                    const topic_options& options,
                                                    const broadcast& what,
                                                    runtime::time_point now);
  [[nodiscard]] resumption missed_here(const topic_options& options,
                                       std::string_view topic, const position& after,
                                       const topic_sources* sources,
                                       runtime::time_point now);
  [[nodiscard]] resumption missed_elsewhere(const topic_options& options,
                                            std::string_view topic, const position& after,
                                            const topic_sources& sources,
                                            runtime::time_point now);
  // What a log says; topic_log.cpp. Under the lock of the stripe, but for the first.
  void end_reading(const topic_options& options, const std::string& topic,
                   std::uint64_t begun_at, const runtime::detail::log_reading& found);
  void merge(stripe& its, const topic_options& options, std::string_view topic,
             std::uint64_t begun_at, const runtime::detail::log_reading& found);
  struct located;
  [[nodiscard]] static std::vector<located>
  numbered(std::string_view topic, const runtime::detail::log_reading& found,
           runtime::time_point now);
  void add_unlogged(std::vector<located>& to, const topic_options& options,
                    std::string_view topic, const topic_sources& known,
                    runtime::time_point now);
  [[nodiscard]] topic_sources& begin_anew(stripe& its, const topic_options& options,
                                          std::string_view topic,
                                          const std::vector<located>& all);
  void catch_up(const std::shared_ptr<delivery_order>& order, runtime::shard& here,
                std::uint64_t until);
  [[nodiscard]] stripe& stripe_of(std::string_view topic) noexcept;
  [[nodiscard]] static std::shared_ptr<delivery_order>
  order_of(stripe& its, std::string_view topic, std::size_t shards);

  runtime::node& owner_;
  mutable std::shared_mutex rules_mutex_; // written before a server starts
  std::vector<rule> rules_;
  std::atomic<bool> has_any_{false}; // rules with a history
  std::shared_ptr<history_store> store_;
  const std::string life_; // of this node: no other is called so
  std::atomic<std::uint64_t> sources_made_{0};
  std::atomic<std::uint64_t> epochs_made_{0};    // the store makes others
  std::atomic<std::uint64_t> interrupted_at_{0}; // by the wall clock; 0: never
  std::array<stripe, 32> stripes_;
};

} // namespace websock::channels
