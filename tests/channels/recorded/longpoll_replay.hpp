// Replays what clients of Phoenix that poll have done, on a server with sockets of the
// kernel.
#pragma once

#include "websock/channels.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/serve/server.hpp"

#include "tests/channels/recorded/application.hpp"
#include "tests/support/http_answer.hpp"
#include "tests/support/tcp_client.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tests::recorded {

namespace runtime = websock::runtime;

/// The recorded application, whose windows are as long as the test says, and the steps of
/// a scenario. Names of tokens in the record stand for the tokens that the server gives.
class longpoll_replay {
public:
  explicit longpoll_replay(const std::string& scenario,
                           std::chrono::milliseconds window = std::chrono::seconds(10));
  ~longpoll_replay();

  /// Changes a step before it is taken.
  [[nodiscard]] websock::json& step(std::size_t index) { return steps_.at(index); }
  [[nodiscard]] std::size_t size() const noexcept { return steps_.size(); }
  /// Takes this step, or all, and compares.
  void take(std::size_t index);
  void take_all();
  /// Sends the request of a step, and returns when its process waits for its session,
  /// which has joined one topic.
  [[nodiscard]] tcp_client begin(std::size_t index);
  /// Compares with the answer of the step.
  void end(std::size_t index, tcp_client& client);
  /// Waits until a callback has been heard whose JSON contains `text`.
  void await_callback(const std::string& text);
  void compare_callbacks();

  [[nodiscard]] runtime::node& node() noexcept { return node_; }

private:
  void await_processes(std::size_t count);
  [[nodiscard]] std::string request_of(const websock::json& step) const;
  [[nodiscard]] std::string real(std::string text) const;
  void compare_body(const websock::json& expected, const websock::json& step,
                    http_answer got);
  void learn_token(const websock::json& expected, const websock::json& got);

  notes notes_; // outlives the node's processes
  websock::json scenario_;
  std::vector<websock::json> steps_; // that are requests
  std::map<std::string, std::string> tokens_;
  std::size_t idle_ = 0;    // processes of the server
  std::size_t waiting_ = 0; // requests that have begun
  runtime::node node_;
  websock::server server_;
};

} // namespace tests::recorded
