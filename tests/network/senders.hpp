// Processes that send to other nodes until they are told to end, or once.
#pragma once

#include "websock/runtime/process.hpp"
#include "websock/runtime/send.hpp"

#include "tests/network/messages.hpp"
#include "tests/network/tell.hpp"

#include <chrono>
#include <utility>

namespace network {

/// Sends 1, 2, 3 and so on, in the name of nobody else, until it gets a message.
class streamer final : public runtime::behaviour {
public:
  struct stop {};

  explicit streamer(runtime::pid to) : to_(std::move(to)) {}

private:
  struct again {};
  static constexpr std::chrono::milliseconds pause{2};

  void on_start() override {
    static_cast<void>(self().send_interval(pause, self().pid(), again{}));
  }
  void on_message(runtime::term message) override {
    message.match(
        [&](again) {
          runtime::send(to_, numbered{self().pid(), ++last_});
        },
        [&](stop) {
          tell("streamed", node_of(to_), last_);
          runtime::process::exit(runtime::reason::normal);
        });
  }

  const runtime::pid to_;
  std::int64_t last_ = 0;
};

/// Sends one large message, which is answered to `asks`.
class hauler final : public runtime::behaviour {
public:
  hauler(runtime::pid to, runtime::pid asks, std::size_t octets)
      : to_(std::move(to)), asks_(std::move(asks)), octets_(octets) {}

private:
  void on_start() override {
    runtime::send(to_, bulk{asks_, std::string(octets_, 'x')});
    runtime::process::exit(runtime::reason::normal);
  }
  void on_message(runtime::term) override {}

  const runtime::pid to_;
  const runtime::pid asks_;
  const std::size_t octets_;
};

/// One of a crowd.
class idler final : public runtime::behaviour {
private:
  void on_message(runtime::term) override {}
};

} // namespace network
