// The sources of the topics of a node, as many as there is room for.
#pragma once

#include "websock/channels/broadcast/topic_sources.hpp"
#include "websock/channels/history/position.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace websock::channels {

struct sources_limits {
  std::size_t topics = 1'024;
  std::size_t messages = 32'768; // of all topics; some 24 octets each
};

/// Whoever has no room is forgotten: the topic that has been unused for longest, or the
/// oldest messages of one that has more than all may have. For one thread at a time.
class sources_by_topic {
public:
  explicit sources_by_topic(sources_limits limits = {}) : limits_(limits) {}
  sources_by_topic(const sources_by_topic&) = delete;
  sources_by_topic& operator=(const sources_by_topic&) = delete;

  /// The sources of a topic in this epoch; null if they are not known. Valid until the
  /// next call.
  [[nodiscard]] const topic_sources* find(std::string_view topic,
                                          std::string_view epoch) const;
  /// The same, or those of a topic whose last message is at `last`. One that has been
  /// forgotten, or has another epoch, begins as another source: `life` and a number that
  /// `made` counts.
  [[nodiscard]] topic_sources& find_or_begin(std::string_view topic, const position& last,
                                             const std::string& life,
                                             std::atomic<std::uint64_t>& made);
  /// A topic whose sources are known by a log: begins as another source, and nothing is
  /// forgotten.
  [[nodiscard]] topic_sources& begin_anew(std::string_view topic, const position& last,
                                          const std::string& life,
                                          std::atomic<std::uint64_t>& made);
  /// The same as find, to be changed.
  [[nodiscard]] topic_sources* find(std::string_view topic, std::string_view epoch);
  /// After each message that is added to the sources of a topic.
  void trim(std::string_view topic) noexcept;
  void forget(std::string_view topic) noexcept;
  /// When, by the wall clock, a topic was last forgotten; 0: never.
  [[nodiscard]] std::uint64_t forgot_at() const noexcept { return forgot_at_; }
  /// How often something was no longer kept for lack of room.
  [[nodiscard]] std::uint64_t forgotten() const noexcept { return forgotten_; }

private:
  struct known {
    known(std::string_view of, std::string own, const position& last,
          std::uint64_t unsure_until)
        : topic(of), sources(std::move(own), last.epoch, last.offset, unsure_until) {}
    const std::string topic;
    topic_sources sources;
    std::size_t messages = 0;    // as many are counted below
    std::uint64_t forgotten = 0; // sources
  };
  using list = std::list<known>;

  topic_sources& begin(std::string_view topic, const position& last,
                       const std::string& life, std::atomic<std::uint64_t>& made,
                       std::uint64_t unsure_until);
  void remove(list::iterator its) noexcept;
  void forget(list::iterator its) noexcept;

  const sources_limits limits_;
  list in_order_; // the one unused for longest first
  std::unordered_map<std::string_view, list::iterator> by_topic_; // names lie in the list
  std::size_t messages_ = 0;
  std::uint64_t forgotten_ = 0;
  std::uint64_t forgot_at_ = 0;
};

} // namespace websock::channels
