// What a connection has carried and how it was closed: kept while somebody listens to the
// end of connections.
#pragma once

#include "websock/protocol/opcode.hpp"
#include "websock/runtime/telemetry/event.hpp"
#include "websock/runtime/time/clock.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace websock {

/// A message in fragments counts once, with all its octets, decompressed; a close frame
/// with those of its reason.
class connection_record {
public:
  enum class closer : std::uint8_t { us, peer };

  explicit connection_record(runtime::time_point began) noexcept : began_(began) {}

  void note_received(protocol::opcode code, std::size_t octets) noexcept {
    note(received_[place_of(code)], octets);
  }
  void note_sent(protocol::opcode code, std::size_t octets) noexcept {
    note(sent_[place_of(code)], octets);
  }
  /// The first close counts.
  void note_close(std::uint16_t code, closer by) noexcept;

  /// Those of `websocket.stop`, of what has happened at all.
  [[nodiscard]] std::vector<runtime::measurement>
  measurements(runtime::time_point now) const;
  /// 1006 unless somebody has closed the connection.
  [[nodiscard]] std::uint16_t code() const noexcept { return code_; }
  [[nodiscard]] std::string_view closed_by() const noexcept {
    return closer_ == closer::us ? "us" : "peer";
  }

private:
  static constexpr std::size_t kinds = 5;
  struct tally {
    std::uint64_t frames = 0;
    std::uint64_t octets = 0;
  };

  [[nodiscard]] static std::size_t place_of(protocol::opcode code) noexcept;
  static void note(tally& of, std::size_t octets) noexcept {
    ++of.frames;
    of.octets += octets;
  }

  runtime::time_point began_;
  std::array<tally, kinds> received_{};
  std::array<tally, kinds> sent_{};
  std::uint16_t code_ = 1'006; // RFC 6455 §7.4.1: there was no close frame
  closer closer_ = closer::us; // an exit signal, unless something is noted
  bool is_closed_ = false;
};

} // namespace websock
