// This node, joined to the other one, and a thread on it that speaks as a process.
#pragma once

#include "websock/runtime/node.hpp"
#include "websock/runtime/send.hpp"
#include "websock/runtime/thread_process.hpp"

#include "bench/cluster/messages.hpp"
#include "bench/cluster/scenarios.hpp"

#include <chrono>
#include <string>

namespace bench {

using namespace std::chrono_literals;

inline constexpr auto patience = 60s;

class node_pair {
public:
  /// Throws std::runtime_error when the other node does not answer.
  explicit node_pair(const settings& how);

  [[nodiscard]] runtime::node& node() noexcept { return node_; }
  [[nodiscard]] runtime::thread_process& me() noexcept { return me_; }
  /// The other node's sink, and what it has used at the begin.
  [[nodiscard]] const usage& first() const noexcept { return first_; }
  [[nodiscard]] runtime::name_at name_there(const std::string& name) const {
    return {name, there_};
  }
  /// This node's figures of the other one.
  [[nodiscard]] runtime::peer_info figures() const;
  [[nodiscard]] usage ask_usage();
  [[nodiscard]] usage receive_usage();
  /// Sends the other program a signal of the operating system.
  void signal(int number) const;

private:
  runtime::node node_;
  websock::cluster cluster_;
  runtime::thread_process me_;
  const std::string there_;
  usage first_;
};

/// Sends `count` messages of `size` octets, some in each turn, then `ask` in the name of
/// `asks`.
class flooder final : public runtime::behaviour {
public:
  flooder(runtime::pid to, runtime::pid asks, std::size_t count, std::size_t size)
      : to_(std::move(to)), asks_(std::move(asks)), left_(count), text_(size, 'x') {}

private:
  struct again {};
  static constexpr std::size_t in_a_turn = 64;

  void on_start() override { runtime::send(self().pid(), again{}); }
  void on_message(runtime::term) override;

  const runtime::pid to_;
  const runtime::pid asks_;
  std::size_t left_;
  const std::string text_;
};

} // namespace bench
