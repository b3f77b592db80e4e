// An echo whose lifetime a test can follow from outside.
#pragma once

#include "websock/handler/handler.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/serve/server.hpp"

#include "tests/support/channel.hpp"

#include <functional>
#include <string>
#include <utility>

namespace runtime = websock::runtime;

namespace tests {

/// What connections report to the test. Must outlive their node.
struct connection_notes {
  channel<runtime::pid> started;   // each pid, once it is monitored
  channel<std::string> terminated; // the argument of each `terminate`
  channel<std::string> exited;     // each exit reason, after the handler is destroyed
};

/// Monitors another process: puts its pid into one channel, and its exit reason into
/// another.
class exit_watcher final : public runtime::behaviour {
public:
  exit_watcher(runtime::pid watched, channel<runtime::pid>& started,
               channel<std::string>& reasons)
      : watched_(std::move(watched)), started_(started), reasons_(reasons) {}

private:
  void on_start() override {
    static_cast<void>(self().monitor(watched_));
    started_.put(watched_);
  }
  void on_message(runtime::term message) override {
    reasons_.put(to_string(message.get<runtime::down>().reason));
    runtime::process::exit(runtime::reason::normal);
  }
  const runtime::pid watched_;
  channel<runtime::pid>& started_;
  channel<std::string>& reasons_;
};

class noted_echo final : public websock::handler {
public:
  explicit noted_echo(connection_notes& notes) : notes_(notes) {}

private:
  websock::handle_result init() override {
    self().spawn<exit_watcher>(self().pid(), std::ref(notes_.started),
                               std::ref(notes_.exited));
    return websock::ok();
  }
  websock::handle_result handle_in(websock::message_view in) override {
    return websock::push(in);
  }
  void terminate(const websock::close_reason& why) override {
    notes_.terminated.put(to_string(why));
  }
  connection_notes& notes_;
};

/// Sends more than the sockets can hold, so that its process is suspended.
class noted_flooder final : public websock::handler {
public:
  explicit noted_flooder(connection_notes& notes) : notes_(notes) {}

private:
  websock::handle_result init() override {
    self().spawn<exit_watcher>(self().pid(), std::ref(notes_.started),
                               std::ref(notes_.exited));
    return websock::push(websock::binary(std::string(60'000'000, 'x')));
  }
  websock::handle_result handle_in(websock::message_view) override {
    return websock::ok();
  }
  void terminate(const websock::close_reason& why) override {
    notes_.terminated.put(to_string(why));
  }
  connection_notes& notes_;
};

/// For a running_server: adds Handler(notes) at "/".
template <class Handler = noted_echo>
[[nodiscard]] std::function<void(websock::server&)> noting(connection_notes& notes) {
  return [&notes](websock::server& server) {
    server.websocket<Handler>("/", std::ref(notes));
  };
}

} // namespace tests
