// Histories of topics in Redis: the commands that write and read them, and who waits for
// what is read.
#pragma once

#include "../address/publication_log.hpp"
#include "engine_options.hpp"
#include "reply.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace websock::runtime::redis {

/// A reading is over when two things have come: the answer, by one connection, and the
/// marker that was published in the same step, by the other. All that is in the answer
/// was published before the marker, so it has arrived; nothing comes twice.
///
/// A history must have no holes that nobody sees. Where a message of this node may not
/// have got there, all histories begin anew, in another generation. On the shard of the
/// connections, unless stated otherwise.
class history_log {
public:
  static constexpr std::size_t most_readings = 1'024;    // at a time
  static constexpr std::size_t longest_reading = 10'000; // messages

  history_log(const engine_options& options, std::string channel);

  /// Something that was to be kept is not there, or may not be. Any thread.
  void note_hole() noexcept { has_hole_ = true; }
  /// Whether another generation is to be begun, before anything else is said.
  [[nodiscard]] bool wants_generation() const noexcept { return has_hole_; }

  // Commands; each has one answer.
  /// The histories have no hole from then on, unless `note_hole` is called again.
  [[nodiscard]] std::string begin_generation();
  enum class script : std::uint8_t { append, read };
  [[nodiscard]] static std::string load(script which);
  [[nodiscard]] std::string append(std::string_view topic,
                                   const runtime::detail::log_bounds& bounds,
                                   std::string_view envelope) const;
  [[nodiscard]] std::string read(std::string_view topic,
                                 const runtime::detail::log_bounds& within,
                                 std::string_view marker);

  /// What `load` was answered.
  void loaded(script which, const reply& what);
  [[nodiscard]] bool has_scripts() const noexcept {
    return !append_digest_.empty() && !read_digest_.empty();
  }

  /// Somebody waits for the reading whose command is sent next; its number is in the
  /// marker. 0: too many wait.
  [[nodiscard]] std::uint64_t expect(runtime::detail::publication_log::reader done);
  void answered(const reply& what);
  void marked(std::uint64_t id);
  /// All that wait get nothing, as markers do not arrive; their answers may.
  void give_up();
  /// The same, and no answers arrive either.
  void give_up_answers();

  struct reading {
    runtime::detail::publication_log::reader done;
    bool is_read = false;
    std::vector<reply> kept{}; // as read_script says it
  };
  /// Those that are over.
  [[nodiscard]] std::deque<reading> take_due() { return std::exchange(due_, {}); }

private:
  struct expected_reading {
    std::uint64_t id;
    reading what;
    bool is_answered = false;
    bool is_marked = false;
  };
  void finish();

  const std::string root_;
  const std::string channel_;
  const std::size_t most_octets_;
  std::string append_digest_;
  std::string read_digest_;
  std::atomic<bool> has_hole_{false};
  std::uint64_t last_id_ = 0;
  std::deque<expected_reading> expected_; // in the order of the commands
  std::deque<reading> due_;
};

} // namespace websock::runtime::redis
