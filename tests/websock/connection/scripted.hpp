// A handler that logs every callback and returns what the test wants, and a monitored
// connection that uses it.
#pragma once

#include "websock/runtime/process/process.hpp"
#include "websock/testing/client.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

namespace websock::testing {

using lines = std::vector<std::string>;

/// What each callback of a scripted handler returns, and the log of its callbacks.
struct script {
  std::function<websock::handle_result(runtime::process&)> init = [](runtime::process&) {
    return websock::ok();
  };
  std::function<websock::handle_result(websock::message_view)> handle_in =
      [](websock::message_view in) { return websock::push(in); };
  std::function<websock::handle_result(runtime::term)> handle_info = [](runtime::term) {
    return websock::ok();
  };
  std::function<websock::handle_result(websock::control_view)> handle_control =
      [](websock::control_view) { return websock::ok(); };
  std::function<void()> terminate = [] {};
  lines log;
};

class scripted final : public websock::handler {
public:
  explicit scripted(std::shared_ptr<script> todo) : todo_(std::move(todo)) {}
  ~scripted() override { todo_->log.push_back("destroyed"); }

private:
  websock::handle_result init() override {
    todo_->log.push_back("init");
    return todo_->init(self());
  }
  websock::handle_result handle_in(websock::message_view in) override {
    todo_->log.push_back("in " + std::string(in.text()));
    return todo_->handle_in(in);
  }
  websock::handle_result handle_info(runtime::term info) override {
    todo_->log.push_back("info " + to_string(info));
    return todo_->handle_info(std::move(info));
  }
  websock::handle_result handle_control(websock::control_view control) override {
    todo_->log.push_back((control.is_ping() ? "ping " : "pong ")
                         + std::string(control.payload()));
    return todo_->handle_control(control);
  }
  void terminate(const websock::close_reason& why) override {
    todo_->log.push_back("terminate " + to_string(why));
    todo_->terminate();
  }

  std::shared_ptr<script> todo_;
};

/// Records how a process exits, as its monitor reports it.
class watcher final : public runtime::behaviour {
public:
  watcher(runtime::pid target, std::shared_ptr<lines> log)
      : target_(std::move(target)), log_(std::move(log)) {}

private:
  void on_start() override { static_cast<void>(self().monitor(target_)); }
  void on_message(runtime::term message) override {
    log_->push_back(to_string(message.get<runtime::down>().reason));
  }
  runtime::pid target_;
  std::shared_ptr<lines> log_;
};

using close_frame = std::pair<std::uint16_t, std::string>;

struct fixture {
  explicit fixture(websock::upgrade_options options = {}, script todo = {})
      : work(std::make_shared<script>(std::move(todo))),
        peer(connect_with<scripted>(node, options, work)) {
    node.spawn<watcher>(peer.pid(), ends);
    node.run_until_idle();
  }

  runtime::testing::stepped_node node{7, {.shards = 1, .pool_threads = 1}};
  std::shared_ptr<lines> ends = std::make_shared<lines>();
  std::shared_ptr<script> work;
  client peer;
};

[[nodiscard]] inline script answering(websock::handle_result (*answer)()) {
  script todo;
  todo.handle_in = [answer](websock::message_view) { return answer(); };
  return todo;
}

} // namespace websock::testing
