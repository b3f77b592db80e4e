// Histories in memory.
#pragma once

#include "websock/channels/history/history_store.hpp"

#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace websock::channels {

/// Bounds of all topics together.
struct memory_store_limits {
  /// Topics that have an epoch. Those that hold no messages are forgotten first.
  std::size_t topics = 10'000;
  /// Octets of everything. The topic that has been silent for longest gives up its oldest
  /// messages.
  std::size_t octets = std::size_t{64} << 20U;
};

/// Messages expire as topics are used: each use also looks at the one that has been
/// silent for longest, so there are no timers.
class memory_store final : public history_store {
public:
  /// `random` is called for each epoch, under the lock of the store. Throws
  /// std::invalid_argument for no topics.
  explicit memory_store(memory_store_limits limits = {},
                        std::function<std::uint64_t()> random = random_numbers());

  [[nodiscard]] position last(std::string_view topic) override;
  void append(std::string_view topic, const topic_options& within, const position& at,
              std::string_view event, std::string_view text,
              runtime::time_point now) override;
  [[nodiscard]] missed_messages since(std::string_view topic, const topic_options& within,
                                      const position& after,
                                      runtime::time_point now) override;
  [[nodiscard]] history_figures figures() const override;

private:
  struct entry {
    runtime::time_point when;
    std::shared_ptr<const kept_message> what;
  };
  struct history {
    std::string topic;
    position last;
    std::deque<entry> entries; // up to `last`, without gaps
    std::size_t octets = 0;    // of the entries
    runtime::duration time{};  // after which they expire
  };
  using list = std::list<history>;

  [[nodiscard]] static std::function<std::uint64_t()> random_numbers();
  [[nodiscard]] list::iterator find_or_begin(std::string_view topic);
  list::iterator begin(std::string_view topic, position at);
  void expire(list::iterator its, runtime::time_point now) noexcept;
  void expire_silent(runtime::time_point now) noexcept;
  void drop_oldest(list::iterator its, std::uint64_t& count) noexcept;
  void make_room(std::size_t topics, std::size_t octets) noexcept;
  void forget(list::iterator its) noexcept;
  [[nodiscard]] static std::size_t weight_of(std::string_view topic) noexcept;

  const memory_store_limits limits_;
  // Topics are independent, but their sum is bounded. Nothing long happens under it.
  mutable std::mutex mutex_;
  const std::function<std::uint64_t()> random_;
  list silent_; // without messages, the one unused for longest first
  list lively_; // with messages, the one silent for longest first
  std::unordered_map<std::string_view, list::iterator>
      by_topic_; // names lie in the lists
  history_figures figures_;
};

} // namespace websock::channels
