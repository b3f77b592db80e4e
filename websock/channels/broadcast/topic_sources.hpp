// Which messages of which nodes the history of a topic includes.
#pragma once

#include "websock/channels/history/origin.hpp"
#include "websock/channels/history/topic_options.hpp"
#include "websock/runtime/time/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace websock::channels {

/// Of one topic on one node of a cluster. Each node has an order of its own, so a client
/// that changes nodes is not found by an offset but by what it has seen of each source.
/// A source that has been silent for longer than messages are kept is left out, so that
/// nodes agree again after some of them have been started anew. For one thread at a time.
class topic_sources {
public:
  /// How many other nodes one topic remembers: the one silent for longest is forgotten,
  /// and clients that have seen it are not recovered here.
  static constexpr std::size_t most_sources = 32;

  /// `own` is what this node is called as a source. The history has begun before: what
  /// came up to `newest` in the epoch is not known, nor what came until `unsure_until` by
  /// the wall clock.
  topic_sources(std::string own, std::string epoch, std::uint64_t newest,
                std::uint64_t unsure_until);

  [[nodiscard]] const std::string& epoch() const noexcept { return epoch_; }
  /// Of the next broadcast of this node.
  [[nodiscard]] origin next() const { return {own_, sent_ + 1}; }
  /// A broadcast of this node, which stands behind all others.
  void add_own(const topic_options& within, runtime::time_point now);
  /// The same for one from another node. An empty source is one that does not number its
  /// broadcasts.
  void add(const origin& from, const topic_options& within, runtime::time_point now);

  /// The same for one that a log outside of this node has kept. What its source has said
  /// before is not missed here: it is older than the log.
  void add_logged(const origin& from, const topic_options& within,
                  runtime::time_point heard);

  /// What is known by a log.
  struct log_mark {
    std::uint64_t read_at = 0; // by the wall clock, as the next one
    std::uint64_t begins = 0;  // whoever came later has missed nothing before it
    origin first{};            // whoever has seen it neither
  };
  void log_was_read(log_mark what) { log_ = std::move(what); }
  [[nodiscard]] bool knows_log_since(std::uint64_t when) const noexcept {
    return log_.read_at > when;
  }
  /// Whether the log had all that a client with this position may have missed.
  [[nodiscard]] bool is_within_log(const seen_sources& theirs) const;
  /// Whether this message is here, and all of its source behind it.
  [[nodiscard]] bool is_whole_from(const origin& first) const;
  /// Those that it remembers, up to the newest. An empty source is one that does not
  /// number its broadcasts.
  [[nodiscard]] std::vector<origin> remembered() const;

  /// How many messages it remembers.
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  /// How many sources it has forgotten.
  [[nodiscard]] std::uint64_t forgotten() const noexcept { return forgotten_; }
  /// If there are any messages.
  void drop_oldest() noexcept { entries_.pop_front(); }

  /// The last message of each source.
  [[nodiscard]] std::vector<origin> seen(runtime::time_point now) const;
  /// The same at each offset behind `offset`, in order.
  [[nodiscard]] std::vector<std::vector<origin>>
  seen_behind(std::uint64_t offset, runtime::time_point now) const;
  /// Whether nothing was lost on its way here that came behind `offset`, as far as this
  /// node knows.
  [[nodiscard]] bool is_whole_behind(std::uint64_t offset) const noexcept {
    return offset >= whole_since_;
  }
  /// The offsets of all messages that a client does not have which has seen `theirs` less
  /// than the time ago for which messages are kept. Empty if this node cannot tell, or
  /// has not got all of them.
  [[nodiscard]] std::optional<std::vector<std::uint64_t>>
  missed(const seen_sources& theirs, runtime::time_point now) const;

private:
  static constexpr std::uint32_t itself = 0;
  static constexpr std::uint32_t nobody = 1;
  struct source {
    std::uint32_t id;
    std::string name;
    std::uint64_t last;  // the highest number
    std::uint64_t whole; // from this number on nothing is missing up to the last
    runtime::time_point heard;
  };
  struct entry {
    std::uint32_t source;
    std::uint64_t number;
    std::uint64_t before; // the last of its source until then; 0: none
  };

  void remember(entry what, const topic_options& within);
  [[nodiscard]] source& find_or_add(const origin& from, std::uint64_t before = 0);
  void forget_silent();
  /// Of the entries behind these numbers, by source. Empty if an entry has no number.
  [[nodiscard]] std::optional<std::vector<std::uint64_t>>
  offsets_behind(const std::unordered_map<std::uint32_t, std::uint64_t>& numbers) const;
  [[nodiscard]] std::vector<source> all() const;
  [[nodiscard]] bool is_lively(const source& which, runtime::time_point now) const;

  const std::string own_;
  const std::string epoch_;
  std::uint64_t sent_ = 0;
  runtime::time_point sent_at_{};
  runtime::duration keep_{}; // how long after its last message a source counts
  std::uint64_t newest_;     // offset
  std::uint64_t whole_since_;
  std::uint64_t unsure_until_; // by the wall clock
  std::uint64_t forgotten_ = 0;
  std::uint32_t next_id_ = nobody + 1;
  log_mark log_;
  std::vector<source> others_;
  std::deque<entry> entries_; // up to newest_, without gaps
};

} // namespace websock::channels
