// What is written to one peer: the packets of each sender in order, and those of several
// senders side by side.
#pragma once

#include "../address/pid.hpp"
#include "../term/access.hpp"
#include "wire/control.hpp"
#include "wire/dialect.hpp"
#include "wire/fragmenter.hpp"
#include "wire/packet_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <variant>

namespace websock::runtime::distribution {

/// Tells senders apart: the address of a process, or a number for a thread that is none.
using sender = std::uintptr_t;

/// `from` is a process of this node, or empty.
[[nodiscard]] inline sender sender_of(const pid& from) noexcept {
  return reinterpret_cast<sender>(runtime::detail::access::local(from));
}

/// Small messages go straight into the output. A large one opens a lane for its sender:
/// its fragments leave one by one, in turn with those of other lanes, and whatever the
/// same sender writes meanwhile waits behind them.
class output_lanes {
public:
  explicit output_lanes(const dialect& peer) noexcept : writer_(peer) {}

  void write(sender by, const control::message& what, std::string payload);
  /// Appends a tick.
  void tick();

  /// Moves fragments into the output until it has `enough` octets or all lanes are empty.
  void fill(std::size_t enough);
  /// Whether the output is to be taken before more is written.
  [[nodiscard]] bool is_full() const noexcept { return output_.size() >= usual_output; }
  /// What can be sent now; empties it.
  [[nodiscard]] std::string take_output();
  [[nodiscard]] bool has_output() const noexcept { return !output_.empty(); }
  [[nodiscard]] bool has_lanes() const noexcept { return !lanes_.empty(); }
  /// Octets of output and lanes.
  [[nodiscard]] std::size_t octets() const noexcept {
    return output_.size() + waiting_ + in_fragments_;
  }
  [[nodiscard]] std::size_t octets_in_fragments() const noexcept { return in_fragments_; }

private:
  static constexpr std::size_t usual_output = 65'536;
  static constexpr std::size_t most_kept = 4 * usual_output; // fragments take more

  using item = std::variant<std::string, fragmenter>; // whole packets, or a large message
  using lane = std::deque<item>;

  bool advance(lane& which);

  packet_writer writer_;
  std::string output_;
  std::map<sender, lane> lanes_;
  sender next_ = 0;         // the lane whose turn it is, or the one after it
  std::size_t waiting_ = 0; // octets in the lanes: of whole packets
  std::size_t in_fragments_ = 0;
};

} // namespace websock::runtime::distribution
