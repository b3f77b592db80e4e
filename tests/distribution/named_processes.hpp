// Processes that tests reach by a name from another node.
#pragma once

#include "websock/runtime/gen_server.hpp"

#include <string>

namespace tests {

/// Says its pid when asked, and ends as it is told.
class target final : public websock::runtime::behaviour {
private:
  void on_start() override { self().register_name("target"); }
  void on_message(websock::runtime::term message) override {
    namespace runtime = websock::runtime;
    message.match(
        [&](const runtime::pid& asks) { runtime::send(asks, self().pid()); },
        [](const std::string& why) { runtime::process::exit(runtime::reason::of(why)); },
        [](runtime::otherwise) {});
  }
};

/// Answers a number with the next one.
class adder final : public websock::runtime::gen_server {
private:
  websock::runtime::call_result handle_call(websock::runtime::term request,
                                            websock::runtime::from) override {
    namespace runtime = websock::runtime;
    return request.match(
        [](int number) -> runtime::call_result { return runtime::reply(number + 1); },
        [](runtime::otherwise) -> runtime::call_result { return runtime::noreply(); });
  }
};

} // namespace tests
