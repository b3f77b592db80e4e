// A gen_server whose callback awaits while it does what the test asks.
#pragma once

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/server/gen_server.hpp"
#include "websock/runtime/testing/stepped_node.hpp"
#include "websock/runtime/testing/tester.hpp"

#include "tests/support/puppet.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <utility>

namespace runtime = websock::runtime;

namespace tests {

using runtime::call_result;
using runtime::exit_reason;
using runtime::from;
using runtime::noreply;
using runtime::reply;
using runtime::server_result;
using runtime::term;

struct go {
  int number = 0;
};
/// Logs its destruction.
struct token {
  token(lines& to, std::string what) : log(to), name(std::move(what)) {}
  token(const token&) = delete;
  token& operator=(const token&) = delete;
  ~token() { log.push_back(name + " destroyed"); }
  lines& log;
  std::string name;
};

using work = std::function<server_result(runtime::gen_server&, runtime::process&)>;

/// Does `todo` for each `go`, and logs everything else.
class worker final : public runtime::gen_server {
public:
  worker(work todo, lines& log) : todo_(std::move(todo)), log_(log) {}
  ~worker() override { log_.push_back("worker destroyed"); }

private:
  server_result handle_info(term info) override {
    if (info.is<go>())
      return todo_(*this, self());
    log_.push_back("info " + to_string(info));
    return noreply();
  }
  call_result handle_call(term request, from) override {
    log_.push_back("call " + to_string(request));
    return reply(std::string("answer"));
  }
  void terminate(const exit_reason& why) override {
    log_.push_back("terminate " + to_string(why));
  }

  const work todo_;
  lines& log_;
};

/// One worker, with the test as a process beside it.
struct waiting_scene {
  explicit waiting_scene(work todo)
      : target(node.spawn<worker>(std::move(todo), std::ref(log))) {
    node.run_until_idle();
    monitor = me.monitor(target);
  }
  template <class... Ts>
  void send(Ts&&... values) {
    runtime::send(target, std::forward<Ts>(values)...);
    node.run_until_idle();
  }
  [[nodiscard]] std::string end() {
    return reason_of_down(me, runtime::duration::zero());
  }

  lines log; // must outlive the worker, which writes to it
  stepped_node node{3};
  tester me{node};
  pid target;
  runtime::reference monitor;
};

} // namespace tests
