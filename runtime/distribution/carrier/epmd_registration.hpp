// A node's place in the list of its host's epmd, which lasts as long as its connection.
#pragma once

#include "../../time/timer.hpp"
#include "../handshake/epmd_client.hpp"
#include "epmd_address.hpp"
#include "network.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace websock::runtime::distribution {

/// Registers a node and keeps it registered: when epmd is lost or refuses, it tries
/// again, after half a second, and twice as long each time up to 30 s. Lives on one shard
/// like a carrier. Destroying it withdraws the node. Source: erl_dist_protocol, "Register
/// a Node in EPMD".
class epmd_registration final : private carrier::events, private timer {
public:
  /// Who hears of it; never from within a function of the registration.
  class events {
  public:
    /// The node is in the list. epmd proposes this creation; a node that has one already,
    /// as this is not its first registration, keeps it.
    virtual void registered(std::uint32_t creation) = 0;
    /// It is not, or not any more, and this is tried again; `reason` is
    /// epmd_failure::taken while another node has the name.
    virtual void unregistered(epmd_error why) = 0;

  protected:
    ~events() = default;
  };

  /// `sockets` is plain, as epmd has no TLS. It and `owner` outlive this. Throws
  /// std::invalid_argument for a name that epmd does not take.
  epmd_registration(shard& home, network& sockets, epmd_address where, epmd_node what,
                    events& owner);
  ~epmd_registration() override;
  epmd_registration(const epmd_registration&) = delete;
  epmd_registration& operator=(const epmd_registration&) = delete;

  [[nodiscard]] bool is_registered() const noexcept { return is_registered_; }

private:
  void received(std::string_view octets) override;
  void has_room() override {}
  void closed(std::string why) override;
  void expire(time_point now) override;
  void dial();
  void connected(dial_result result);
  void arm(duration limit);
  void is_in(std::uint32_t creation);
  void try_later(epmd_error why);

  shard& home_;
  network& sockets_;
  const epmd_address where_;
  const epmd_node what_;
  events& owner_;
  std::unique_ptr<dialling> dialling_;
  std::unique_ptr<carrier> epmd_;
  std::optional<epmd_question<std::uint32_t>> question_; // until it is answered
  duration pause_;
  bool is_registered_ = false;
};

} // namespace websock::runtime::distribution
