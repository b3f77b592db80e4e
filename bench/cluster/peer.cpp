// The node that is sent to: it counts, sends back and makes processes until it is ended.
#include "websock/runtime/node.hpp"
#include "websock/runtime/process.hpp"
#include "websock/runtime/send.hpp"

#include "bench/cluster/messages.hpp"
#include "bench/cluster/scenarios.hpp"
#include "bench/cluster/subscribers.hpp"

#include <unistd.h>

#include <iostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace bench {

namespace {

class sink final : public runtime::behaviour {
private:
  void on_start() override { self().register_name("sink"); }
  void on_message(runtime::term message) override {
    message.match(
        [&](const std::string& text) {
          ++messages_;
          octets_ += static_cast<std::int64_t>(text.size());
        },
        [&](const ask& who) {
          runtime::send(who.from,
                        usage{self().pid(), messages_, octets_, cpu_us(), resident_kib(),
                              ::getpid(), subscribers::delivered()});
        },
        [](runtime::otherwise) {});
  }

  std::int64_t messages_ = 0;
  std::int64_t octets_ = 0;
};

class echo final : public runtime::behaviour {
private:
  void on_start() override { self().register_name("echo"); }
  void on_message(runtime::term message) override {
    message.match([](const ping& one) { runtime::send(one.from, one); },
                  [](runtime::otherwise) {});
  }
};

class idle final : public runtime::behaviour {
private:
  void on_message(runtime::term) override {}
};

class crowd final : public runtime::behaviour {
private:
  void on_start() override { self().register_name("crowd"); }
  void on_message(runtime::term message) override {
    message.match(
        [&](const populate& wanted) {
          std::vector<runtime::pid> made;
          for (std::int64_t i = 0; i < wanted.count; ++i)
            made.push_back(self().spawn<idle>());
          runtime::send(wanted.from, std::move(made));
        },
        [](runtime::otherwise) {});
  }
};

} // namespace

void serve(const settings& how) {
  runtime::node node(node_options_of(how));
  node.spawn<sink>();
  node.spawn<echo>();
  node.spawn<crowd>();
  for (const auto* name : {"sink", "echo", "crowd"})
    while (!node.whereis(name))
      std::this_thread::yield();
  subscribers::start(node, how.subscribers);
  websock::cluster cluster(node, options_of(how));
  std::cout << cluster.port() << std::endl;
  std::string line;
  std::getline(std::cin, line); // until its end
}

} // namespace bench
