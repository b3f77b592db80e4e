// One connection of a loopback: two carriers, and what is on its way between them.
#pragma once

#include "../carrier/carrier.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace websock::runtime {
class shard;
}

namespace websock::runtime::distribution::testing {

/// The time of a loopback, and how long octets take, both in steps.
struct loopback_pace {
  std::uint64_t now = 0;
  std::uint64_t delay = 0;
};

/// Knows neither hosts that are cut off nor which connection moves next.
class loopback_line final : public std::enable_shared_from_this<loopback_line> {
public:
  enum class side : std::uint8_t { dialled, accepted };
  static constexpr std::array sides{side::dialled, side::accepted};
  struct place {
    std::string host;
    shard* home;
    std::string address; // as its peer sees it
  };

  loopback_line(std::shared_ptr<const loopback_pace> pace, place dialling,
                place accepting);

  /// The carrier of that side; once each.
  [[nodiscard]] std::unique_ptr<carrier> end(side which);

  [[nodiscard]] bool is_between(const std::string& host, const std::string& other) const;
  [[nodiscard]] bool is_open() const noexcept;
  /// Whether nobody will hear or say anything any more.
  [[nodiscard]] bool is_over() const noexcept;

  /// Whether something is on its way to who reads there already.
  [[nodiscard]] bool is_under_way(side to) const noexcept;
  /// Whether it may arrive by now.
  [[nodiscard]] bool is_due(side to) const noexcept;
  /// Hands over what is due, at most `limit` octets of it: as it was written for
  /// SIZE_MAX, else a piece of at most that size; or the end of the stream. Returns the
  /// octets.
  std::size_t deliver(side to, std::size_t piece_size, std::size_t limit);
  /// Both sides hear that it is lost.
  void lose(const std::string& why);
  /// Nothing arrives any more, in silence.
  void swallow() noexcept;

private:
  class handle;
  struct piece {
    std::string octets;
    std::uint64_t due = 0;
    bool is_end = false; // of the stream
  };
  struct half_line {
    place at;
    carrier::events* owner = nullptr;
    bool is_started = false;
    bool is_closed = false;
    std::optional<std::string> lost; // why
    std::deque<piece> incoming;
    std::size_t incoming_octets = 0;
    // Of what this half writes:
    std::size_t low_mark = SIZE_MAX;
    bool is_above_mark = false;
    std::uint64_t sent = 0;
  };
  enum class unsent : std::uint8_t { is_dropped, is_sent };

  [[nodiscard]] static side other(side which) noexcept {
    return which == side::dialled ? side::accepted : side::dialled;
  }
  [[nodiscard]] half_line& at(side which) noexcept {
    return halves_[static_cast<std::size_t>(which)];
  }
  [[nodiscard]] const half_line& at(side which) const noexcept {
    return halves_[static_cast<std::size_t>(which)];
  }
  void start(side which, carrier::events& owner, std::size_t low_mark);
  void write(side from, std::string octets);
  void close(side which, unsent rest);
  [[nodiscard]] std::string take(half_line& to, std::size_t piece_size,
                                 std::size_t limit);
  void has_left(side from, std::size_t octets);
  void tell_closed(side which, std::string why);

  const std::shared_ptr<const loopback_pace> pace_;
  std::array<half_line, 2> halves_;
  bool is_swallowing_ = false;
};

} // namespace websock::runtime::distribution::testing
