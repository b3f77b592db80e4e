// What a connection has carried and how it was closed: kept while somebody listens to the
// end of connections, or reads metrics.
#pragma once

#include "websock/metrics/connection_meter.hpp"
#include "websock/protocol/opcode.hpp"
#include "websock/runtime/telemetry/event.hpp"
#include "websock/runtime/time/clock.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace websock {

/// A message in fragments counts once, with all its octets, decompressed; a close frame
/// with those of its reason.
class connection_record {
public:
  enum class closer : std::uint8_t { us, peer };

  enum class keeps : std::uint8_t { tallies, no_tallies };

  /// Counts in `meter` as well, unless that is null; it belongs to the shard.
  connection_record(runtime::time_point began, keeps what,
                    connection_meter* meter = nullptr);
  /// Counts the connection as ended.
  ~connection_record();
  connection_record(const connection_record&) = delete;
  connection_record& operator=(const connection_record&) = delete;

  void note_received(protocol::opcode code, std::size_t octets) noexcept {
    if (meter_ != nullptr)
      meter_->received.note(code, octets);
    if (tallies_)
      note(tallies_->received[place_of(code)], octets);
  }
  void note_sent(protocol::opcode code, std::size_t octets) noexcept {
    if (meter_ != nullptr)
      meter_->sent.note(code, octets);
    if (tallies_)
      note(tallies_->sent[place_of(code)], octets);
  }
  /// Whether the callback that begins is one of those that are timed.
  [[nodiscard]] bool begins_timed() noexcept {
    return meter_ != nullptr && meter_->callbacks.is_due();
  }
  void note_callback(runtime::duration time) noexcept { meter_->callbacks.note(time); }
  /// The first close counts.
  void note_close(std::uint16_t code, closer by) noexcept;

  [[nodiscard]] bool has_tallies() const noexcept { return tallies_ != nullptr; }
  /// Those of `websocket.stop`, of what has happened at all. Only with tallies.
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

  struct both_ways {
    std::array<tally, kinds> received{};
    std::array<tally, kinds> sent{};
  };

  runtime::time_point began_;
  connection_meter* const meter_;
  const std::unique_ptr<both_ways> tallies_; // null unless somebody wants them
  std::uint16_t code_ = 1'006;               // RFC 6455 §7.4.1: there was no close frame
  closer closer_ = closer::us;               // an exit signal, unless something is noted
  bool is_closed_ = false;
};

} // namespace websock
