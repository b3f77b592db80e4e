// A connection with one other node: the handshake, then packets in both directions, and
// ticks while it is quiet.
#pragma once

#include "../mailbox/signal.hpp"
#include "../process/shard.hpp"
#include "../time/timer.hpp"
#include "carrier/carrier.hpp"
#include "fragment_pace.hpp"
#include "handshake/handshake.hpp"
#include "output_lanes.hpp"
#include "wire/packet_decoder.hpp"
#include "wire/packet_splitter.hpp"
#include "wire/packet_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace websock::runtime::distribution {

/// How a connection is watched, and what it accepts.
struct connection_options {
  duration handshake_limit;
  duration ticktime;
  std::size_t message_size;
  std::size_t term_depth;
  std::size_t low_mark; // octets: the owner hears of room at the latest below this
};

/// Lives on one shard. Its owner may destroy it at any time but within what it is told.
class connection final : private carrier::events, private timer {
public:
  /// Who hears of it; never from within a function of the connection.
  class events {
  public:
    /// The handshake is over: the connection is up.
    virtual void established(connection& which, const handshake_success& with) = 0;
    /// A signal has arrived. Throws etf::malformed for what it can't make sense of, which
    /// ends the connection.
    virtual void received(connection& which, const received_message& what) = 0;
    /// Less than before waits to be sent.
    virtual void has_room(connection& which) = 0;
    /// The last that is told. `failure` is set if the handshake was refused.
    virtual void lost(connection& which, std::string_view why,
                      std::optional<handshake_failure> failure) = 0;

  protected:
    ~events() = default;
  };

  connection(shard& home, std::unique_ptr<carrier> link, handshake how,
             const connection_options& options, events& owner);
  ~connection() override;
  /// Destroys it once nothing of it is on the stack; null is allowed. Takes no memory.
  static void bury(std::unique_ptr<connection> over) noexcept;

  /// From now on `owner` hears of it. May be called within what the one before is told.
  void hand_over(events& owner) noexcept { owner_ = &owner; }
  /// Sends `what` with its payload behind everything that this sender has sent: a large
  /// payload lets other senders' signals pass between its fragments.
  void write(sender by, const control::message& what, std::string payload = {});
  /// Nothing is told any more, as what arrives now comes too late; what was written is
  /// sent. May be called within what it tells, and repeated.
  void retire();
  /// Octets that wait to be sent.
  [[nodiscard]] std::size_t unsent() const noexcept;
  /// Those of them that others pass: of large messages, in fragments to come.
  [[nodiscard]] std::size_t unsent_in_fragments() const noexcept {
    return output_.octets_in_fragments();
  }
  /// Ends it: `lost` follows, unless the connection is destroyed before. `why` is a
  /// literal.
  void give_up(const char* why);

  [[nodiscard]] bool is_up() const noexcept { return phase_ == phase::up; }
  [[nodiscard]] certificate_check certificate_names(const std::string& host) const {
    return link_->peer_certificate_names(host);
  }
  [[nodiscard]] std::string peer_address() const { return link_->peer_address(); }
  [[nodiscard]] std::uint64_t octets_received() const noexcept { return received_; }
  [[nodiscard]] std::uint64_t octets_sent() const noexcept { return link_->sent(); }

private:
  enum class phase : std::uint8_t { shaking_hands, up, over };

  // What of the output waits in the carrier at most while fragments are under way.
  static constexpr std::size_t least_unsent = 65'536;

  void received(std::string_view octets) override;
  void has_room() override;
  void closed(std::string why) override;
  void expire(time_point now) override;
  void failed() noexcept override;

  void shake_hands(std::string_view octets);
  void take(const handshake_step& step);
  void take_packets();
  void watch(time_point now);
  void flush_later();
  void flush_and_tell();
  void flush();
  [[nodiscard]] std::size_t room_for_fragments();
  void flush_again();
  void pass_on();
  void end(std::string_view why, std::optional<handshake_failure> failure);

  class burial;
  /// Tells the owner that octets have left: the carrier is silent about it below its
  /// mark.
  class later_look final : public timer {
  public:
    explicit later_look(connection& of) noexcept : of_(of) {}
    void expire(time_point now) override;
    ~later_look() override = default;

  private:
    connection& of_;
  };
  /// The network does not tell that it has room for more.
  class second_look final : public timer {
  public:
    explicit second_look(connection& owner) noexcept : owner_(owner) {}
    void expire(time_point) override { owner_.flush_later(); }
    void failed() noexcept override { owner_.failed(); }

  private:
    connection& owner_;
  };
  void look_later(time_point now);

  shard& home_;
  const connection_options options_;
  events* owner_;
  phase phase_ = phase::shaking_hands;
  std::unique_ptr<carrier> link_;
  handshake handshake_;
  packet_splitter packets_;
  packet_decoder decoder_;
  output_lanes output_;
  fragment_pace pace_;
  second_look second_look_{*this};
  std::shared_ptr<connection*> itself_;   // null once it is destroyed
  runtime::detail::owned<burial> burial_; // made before there could be no memory for it
  later_look later_look_{*this};
  bool flushes_later_ = false;
  bool gives_up_ = false;

  // For ticks: octets at the last look, and how many looks saw no change since.
  std::uint64_t received_ = 0;
  std::uint64_t received_before_ = 0;
  std::uint64_t sent_before_ = 0;
  std::uint64_t written_ = 0;
  std::uint64_t written_before_ = 0;
  unsigned quiet_looks_ = 0;
  unsigned stuck_looks_ = 0;
};

} // namespace websock::runtime::distribution
