// Processes that subscribe and tell the test what they hear.
#pragma once

#include "websock/runtime/behaviour.hpp"
#include "websock/runtime/process.hpp"
#include "websock/runtime/pubsub.hpp"

#include "tests/catch.hpp"
#include "tests/engines/engine_lab.hpp"

#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tests {

namespace pubsub = runtime::pubsub;
using runtime::process;

/// What a listener is asked to do in a turn of its own.
struct errand {
  std::function<void(process&)> run;
};

class ear final : public runtime::behaviour {
public:
  struct settings {
    std::vector<std::string> topics;
    std::string (*text)(const runtime::term&) = nullptr;
    /// Called before the test hears of it; may be empty.
    std::function<void(process&, const std::string&)> answer;
  };

  ear(settings how, std::shared_ptr<channel<std::string>> heard)
      : how_(std::move(how)), heard_(std::move(heard)) {}

private:
  void on_start() override {
    for (const auto& each : how_.topics)
      pubsub::subscribe(self(), each);
  }
  void on_message(runtime::term message) override {
    message.match([this](const errand& what) { what.run(self()); },
                  [](const pubsub::broadcast_result&) {},
                  [&](runtime::otherwise) { hear(how_.text(message)); });
  }
  void hear(const std::string& text) {
    if (how_.answer)
      how_.answer(self(), text);
    heard_->put(text);
  }

  const settings how_;
  const std::shared_ptr<channel<std::string>> heard_;
};

/// One of them, as the test sees it. It is subscribed once it is made.
class listener {
public:
  listener(engine_lab& lab, std::size_t node, std::size_t shard,
           std::vector<std::string> topics = {"news"},
           std::function<void(process&, const std::string&)> answer = {})
      : pid_(lab.node(node).spawn_on<ear>(
          shard, ear::settings{std::move(topics), lab.kind().text, std::move(answer)},
          heard_)) {
    run([](process&) {});
  }

  [[nodiscard]] const runtime::pid& pid() const { return pid_; }
  /// The next text.
  [[nodiscard]] std::string next() { return heard_->take(); }
  [[nodiscard]] std::vector<std::string> next(std::size_t count) {
    std::vector<std::string> all;
    while (all.size() < count)
      all.push_back(next());
    return all;
  }
  [[nodiscard]] bool has_more() const { return !heard_->empty(); }
  /// Whether the next text is this one, and has come already, or comes.
  [[nodiscard]] bool hears(std::string_view text) { return next() == text; }

  /// As a turn of the process; returns before it has begun.
  void start(std::function<void(process&)> work) const {
    runtime::send(pid_, errand{std::move(work)});
  }
  /// The same, and waits for its end. What it throws is thrown here.
  void run(std::function<void(process&)> work) const {
    const auto done = std::make_shared<std::promise<void>>();
    auto end = done->get_future();
    start([done, work = std::move(work)](process& self) {
      try {
        work(self);
        done->set_value();
      } catch (...) {
        done->set_exception(std::current_exception());
      }
    });
    if (end.wait_for(patience) != std::future_status::ready)
      throw std::runtime_error("a listener does not answer");
    end.get();
  }

private:
  const std::shared_ptr<channel<std::string>> heard_ =
      std::make_shared<channel<std::string>>();
  const runtime::pid pid_;
};

/// A listener to "news" on each shard of each node.
class audience {
public:
  explicit audience(engine_lab& lab) {
    for (std::size_t i = 0; i < lab.size(); ++i)
      for (std::size_t shard = 0; shard < lab.node(i).shard_count(); ++shard)
        all_.push_back({i, std::make_unique<listener>(lab, i, shard)});
  }

  /// Calls `work(listener&, node)` for each.
  template <class F>
  void each(F work) {
    for (auto& one : all_)
      work(*one.here, one.node);
  }
  /// The one on this shard of the node.
  [[nodiscard]] listener& at(std::size_t node, std::size_t shard = 0) {
    for (auto& one : all_)
      if (one.node == node && shard-- == 0)
        return *one.here;
    throw std::out_of_range("nobody listens there");
  }
  /// Whether this is what everybody hears next.
  [[nodiscard]] bool hears(std::string_view text) {
    bool do_all = true;
    each([&](listener& one, std::size_t) { do_all = one.hears(text) && do_all; });
    return do_all;
  }
  [[nodiscard]] bool is_silent() {
    bool are_all = true;
    each([&](listener& one, std::size_t) { are_all = !one.has_more() && are_all; });
    return are_all;
  }

private:
  struct place {
    std::size_t node;
    std::unique_ptr<listener> here;
  };
  std::vector<place> all_;
};

/// A test that calls this runs once for each engine of the build.
[[nodiscard]] inline std::unique_ptr<engine_lab> any_engine() {
  const auto kind = GENERATE_COPY(from_range(engine_kinds()));
  return kind.make();
}

/// The publishers' names and their numbers, taken apart: "b 17" is {"b", 17}.
struct numbered {
  std::string publisher;
  int number = 0;
};

[[nodiscard]] inline std::string numbered_text(const std::string& publisher, int number) {
  return publisher + ' ' + std::to_string(number);
}

[[nodiscard]] inline numbered read_numbered(const std::string& text) {
  const auto space = text.rfind(' ');
  if (space == std::string::npos)
    throw std::runtime_error("not numbered: " + text);
  return {text.substr(0, space), std::stoi(text.substr(space + 1))};
}

} // namespace tests
