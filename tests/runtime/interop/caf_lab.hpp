// A node with processes and plain CAF actors that run what a test sends them and report
// what they see.
#pragma once

#include "websock/runtime/interop/caf.hpp"
#include "websock/runtime/interop/caf_error.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"

#include "tests/support/channel.hpp"

#include <caf/all.hpp>

#include <functional>
#include <string>
#include <vector>

namespace runtime = websock::runtime;

namespace tests {

/// A task for a process.
struct order {
  std::function<void(runtime::process&)> run;
};

/// A task for a CAF actor.
struct task {
  std::function<void(caf::event_based_actor*)> run;
};

/// Declared to CAF, as messages between CAF actors usually are.
struct declared {
  int value = 0;
};

/// Not declared to CAF.
struct local {
  int value = 0;
};

} // namespace tests

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tests::task)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tests::declared)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tests::local)

namespace tests {

[[nodiscard]] inline std::string to_string(const declared& value) {
  return "declared " + std::to_string(value.value);
}
[[nodiscard]] inline std::string to_string(const local& value) {
  return "local " + std::to_string(value.value);
}

enum class exits : bool { kill, are_messages };

/// A process that reports its messages and its exit.
class listener final : public runtime::behaviour {
public:
  listener(channel<std::string>& heard, exits trap) : heard_(heard), trap_(trap) {}

private:
  void on_start() override { self().trap_exit(trap_ == exits::are_messages); }
  void on_message(runtime::term message) override {
    message.match(
        [&](const order& todo) { todo.run(self()); },
        [&](const declared& value) { heard_.put(to_string(value)); },
        [&](const runtime::down& gone) { heard_.put("down " + to_string(gone.reason)); },
        [&](const runtime::exit_signal& signal) {
          heard_.put("exit_signal " + to_string(signal.reason));
        },
        [&](const runtime::term& other) { heard_.put(to_string(other)); });
  }
  void on_exit(const runtime::exit_reason& why) noexcept override {
    heard_.put("process ended: " + to_string(why));
  }

  channel<std::string>& heard_;
  const exits trap_;
};

class caf_lab {
public:
  caf_lab()
      : node({.shards = 2,
              .pool_threads = 2,
              .stop_timeout = std::chrono::milliseconds(0), // listeners ignore shutdown
              .log = [](runtime::log_level, auto) {}}) {}
  ~caf_lab() {
    for (const auto& each : actors_)
      caf::anon_send_exit(each, caf::exit_reason::kill);
  }
  caf_lab(const caf_lab&) = delete;
  caf_lab& operator=(const caf_lab&) = delete;

  /// An already running process.
  [[nodiscard]] runtime::pid process(exits trap = exits::kill) {
    auto added = node.spawn<listener>(std::ref(heard), trap);
    settle(added);
    return added;
  }
  /// A plain actor on CAF's pool that reports its messages and its exit.
  [[nodiscard]] caf::actor actor(exits trap = exits::kill) {
    // The function takes an argument: for one without, CAF dereferences a null pointer,
    // which a standard library with assertions refuses.
    auto added = node.actor_system().spawn(listen, &heard, trap);
    added->attach_functor([this](const caf::error& why) {
      heard.put("actor ended: " + to_string(runtime::detail::to_reason(why)));
    });
    actors_.push_back(added);
    return added;
  }
  /// Runs `work` in a process or an actor, and waits for it to finish.
  void in(const runtime::pid& who, std::function<void(runtime::process&)> work) {
    runtime::send(who, order{[work = std::move(work), this](runtime::process& self) {
                    const finally say_so{done};
                    work(self);
                  }});
    static_cast<void>(done.take());
  }
  void in(const caf::actor& who, std::function<void(caf::event_based_actor*)> work) {
    caf::anon_send(who,
                   task{[work = std::move(work), this](caf::event_based_actor* self) {
                     const finally say_so{done};
                     work(self);
                   }});
    static_cast<void>(done.take());
  }
  /// Waits until `who` has handled all earlier messages.
  void settle(const runtime::pid& who) {
    in(who, [](runtime::process&) {});
  }
  void settle(const caf::actor& who) {
    in(who, [](caf::event_based_actor*) {});
  }

  channel<std::string> heard;
  channel<bool> done;
  runtime::node node;

private:
  struct finally {
    channel<bool>& done;
    ~finally() { done.put(true); }
  };

  static caf::behavior listen(caf::event_based_actor* self, channel<std::string>* heard,
                              exits trap) {
    const auto say = [heard](std::string what) { heard->put(std::move(what)); };
    self->set_down_handler([say](const caf::down_msg& gone) {
      say("down " + to_string(runtime::detail::to_reason(gone.reason)));
    });
    if (trap == exits::are_messages)
      self->set_exit_handler([say](const caf::exit_msg& signal) {
        say("exit_msg " + to_string(runtime::detail::to_reason(signal.reason)));
      });
    return {[self](const task& todo) { todo.run(self); },
            [say](int value) { say("int " + std::to_string(value)); },
            [say](const std::string& value) { say("text " + value); },
            [say](int value, const std::string& text) {
              say("int " + std::to_string(value) + ", text " + text);
            },
            [say](const declared& value) { say(to_string(value)); },
            [say](const local& value) { say(to_string(value)); }};
  }

  std::vector<caf::actor> actors_;
};

} // namespace tests
