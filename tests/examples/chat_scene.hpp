// The chat on a stepped node, and people in it.
#pragma once

#include "websock/channels/broadcast/topic_histories.hpp"
#include "websock/channels/presence.hpp"
#include "websock/channels/socket/endpoint.hpp"
#include "websock/channels/socket/transport.hpp"
#include "websock/runtime/supervisor_calls.hpp"
#include "websock/runtime/testing/stepped_node.hpp"
#include "websock/testing/client.hpp"

#include "examples/chat/archive.hpp"
#include "examples/chat/directory.hpp"
#include "examples/chat/house.hpp"
#include "examples/chat/person.hpp"
#include "examples/chat/room.hpp"
#include "examples/chat/room_list.hpp"
#include "tests/catch.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tests {

namespace runtime = websock::runtime;
using namespace std::chrono_literals;
using chat::json;

/// What main makes of a node, without sockets.
class chat_node {
public:
  struct settings {
    chat::rooms::limits rooms{};
    std::shared_ptr<chat::journal> store{};
    bool crashable = false;
    std::string name{}; // in a cluster
  };

  /// In a cluster, after that. `run` lets all nodes run.
  chat_node(runtime::testing::stepped_node& on, settings its, std::function<void()> run)
      : node_(on), run_(std::move(run)),
        people_(on.node(), {.hooks = chat::tell_population(on.node())}),
        house_{.people = &people_,
               .tokens = chat::name_tokens("a secret of the test's"),
               .node = its.name,
               .crashable = its.crashable} {
    const chat::archive_setup setup{std::make_shared<chat::rooms>(its.rooms),
                                    std::make_shared<chat::reserved_names>(), its.store,
                                    &people_, !its.name.empty()};
    of_->make_socket = [this] { return std::make_shared<chat::person>(&house_); };
    of_->routes.add("room:*", [this] { return std::make_unique<chat::room>(&house_); });
    of_->routes.add("rooms", [] { return std::make_unique<chat::room_list>(); });
    if (its.name.empty())
      on.node().extension<websock::channels::topic_histories>().add(
          of_.get(), "room:*", {.history = 100, .unkept = {"typing"}});
    top_ = runtime::start_supervisor(
        on.node(),
        {.children = {runtime::child<chat::archive>("archive", {}, setup),
                      runtime::child<chat::directory>("directory", {}, &people_)}});
    run_();
  }

  [[nodiscard]] runtime::testing::stepped_node& node() { return node_; }
  [[nodiscard]] websock::channels::presence& people() { return people_; }
  [[nodiscard]] chat::house& house() { return house_; }
  [[nodiscard]] const auto& endpoint() const { return of_; }
  void run() { run_(); }
  void kill(const char* name) {
    node_.node().exit(node_.node().whereis(name), runtime::reason::kill);
    run();
  }

private:
  runtime::testing::stepped_node& node_;
  std::function<void()> run_;
  websock::channels::presence people_;
  chat::house house_;
  std::shared_ptr<websock::channels::endpoint> of_ =
      std::make_shared<websock::channels::endpoint>();
  runtime::pid top_;
};

/// A page of somebody with a token. What it says takes effect before the call returns.
class visitor {
public:
  visitor(chat_node& at, const std::string& name) : at_(at) {
    auto socket = at.endpoint()->make_socket();
    const auto request =
        websock::http::make_request("GET / HTTP/1.1\r\nHost: chat\r\n\r\n");
    auto result = socket->connect({{"token", at.house().tokens.issue(name)}},
                                  {std::get<websock::http::request>(request), {}});
    REQUIRE_FALSE(result.refusal());
    client_ = std::make_unique<websock::testing::client>(
        websock::testing::connect<websock::channels::transport>(
            at.node(), std::shared_ptr<const websock::channels::endpoint>(at.endpoint()),
            std::shared_ptr<const websock::channel_socket>(std::move(socket)),
            websock::channels::serializer::v2));
    at_.run();
  }

  /// The answer of a join or a push: {"status": ..., "response": ...}.
  json join(const std::string& topic, const json& params = json::object()) {
    return ask(topic, "phx_join", params);
  }
  json push(const std::string& topic, const std::string& event,
            const json& payload = json::object()) {
    return ask(topic, event, payload);
  }
  json say(const std::string& room, const std::string& id, const std::string& text) {
    return push("room:" + room, "line", {{"id", id}, {"text", text}});
  }
  /// Does not wait for an answer.
  void begin(const std::string& topic, const std::string& event, const json& payload) {
    ++ref_;
    client_->text(json{topic, std::to_string(ref_), topic, event, payload}.dump());
  }
  /// The answer to what was begun last; null while there is none.
  [[nodiscard]] json answer() const {
    for (const auto& frame : frames())
      if (frame[3] == "phx_reply" && frame[1] == std::to_string(ref_))
        return frame[4];
    return {};
  }
  /// The payloads of an event, in order.
  [[nodiscard]] std::vector<json> got(const std::string& topic,
                                      const std::string& event) const {
    std::vector<json> found;
    for (const auto& frame : frames())
      if (frame[2] == topic && frame[3] == event)
        found.push_back(frame[4]);
    return found;
  }
  /// The texts of the lines of a room, in order of their arrival.
  [[nodiscard]] std::vector<std::string> heard(const std::string& room) const {
    std::vector<std::string> found;
    for (const auto& each : got("room:" + room, "line"))
      found.push_back(each["text"]);
    return found;
  }
  void vanish() {
    client_->reset();
    at_.run();
  }

private:
  json ask(const std::string& topic, const std::string& event, const json& payload) {
    begin(topic, event, payload);
    at_.run();
    return answer();
  }
  // Every join of a topic has the same reference here.
  [[nodiscard]] std::vector<json> frames() const {
    std::vector<json> found;
    for (const auto& each : client_->texts())
      found.push_back(json::parse(each));
    return found;
  }

  chat_node& at_;
  std::unique_ptr<websock::testing::client> client_;
  int ref_ = 0;
};

/// The texts of lines in the answer of a join.
[[nodiscard]] inline std::vector<std::string> lines_of(const json& answer) {
  std::vector<std::string> found;
  for (const auto& each : answer["response"]["lines"])
    found.push_back(each["text"]);
  return found;
}

/// One node with the chat.
struct chat_scene {
  explicit chat_scene(std::uint64_t seed, chat_node::settings its = {})
      : node(seed), chat(node, std::move(its), [this] { node.advance(300ms); }) {}

  runtime::testing::stepped_node node;
  chat_node chat;
};

} // namespace tests
