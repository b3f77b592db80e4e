// Clients that come back to a topic with history, on a stepped node.
#pragma once

#include "websock/channels/broadcast/broadcast.hpp"
#include "websock/channels/broadcast/history.hpp"
#include "websock/channels/broadcast/topic_histories.hpp"
#include "websock/runtime/process/node.hpp"

#include "tests/channels/socket_lab.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace tests {

using websock::topic_options;
using websock::channels::topic_histories;

/// The sockets of socket_lab, whose topics "room:*" keep a history. A push "say" is
/// broadcast as "said".
struct recovery_lab : socket_lab {
  explicit recovery_lab(topic_options options = {.history = 100}) {
    histories().add(of.get(), "room:*", std::move(options));
    script.handle_in = [](scripted_channel& its, std::string_view, const auto& in) {
      its.broadcast("said", in);
      return scripted_channel::answer({});
    };
  }
  [[nodiscard]] topic_histories& histories() {
    return node.node().extension<topic_histories>();
  }
  void say(const std::string& topic, int n) {
    websock::channels::broadcast(node.node(), topic, "said", {{"n", n}});
  }
  /// The same from another thread, so that the shard which runs now is behind.
  void say_elsewhere(const std::string& topic, int n) {
    std::thread([&] { say(topic, n); }).join();
  }
};

/// What a page with phoenix.js does to miss nothing: it remembers the `recover` that came
/// last, and joins with it. Notes the numbers in what it gets.
class page {
public:
  page(recovery_lab& on, std::string topic) : on_(on), topic_(std::move(topic)) {}

  void connect() {
    client_.emplace(websock::testing::connect<websock::channels::transport>(
        on_.node, std::shared_ptr<const websock::channels::endpoint>(on_.of),
        std::shared_ptr<const websock::channel_socket>(on_.of->make_socket()),
        serializer::v2));
    read_ = 0;
    join();
  }
  void join() {
    json params = json::object();
    asks_ = !last_.is_null();
    if (asks_)
      params["recover"] = last_;
    ++joins_;
    client_->text(json::array({std::to_string(joins_), std::to_string(joins_), topic_,
                               "phx_join", params})
                      .dump());
    has_joined_ = false;
  }
  void push(int n) {
    client_->text(
        json::array({std::to_string(joins_), "p", topic_, "say", json{{"n", n}}}).dump());
  }
  /// Without a close frame, and what is in transit is lost.
  void vanish() {
    read();
    client_->reset();
    client_.reset();
    has_joined_ = false;
  }
  void read() {
    if (!client_)
      return;
    const auto all = client_->texts();
    for (; read_ < all.size(); ++read_)
      take(json::parse(all[read_]));
  }

  [[nodiscard]] bool is_connected() const { return client_.has_value(); }
  [[nodiscard]] bool has_joined() const { return has_joined_; }
  [[nodiscard]] bool has_recovered() const { return has_recovered_; }
  /// How many times it asked in vain.
  [[nodiscard]] int refusals() const { return refusals_; }
  /// The offset of the last join that was not recovered.
  [[nodiscard]] std::uint64_t begin() const { return begin_; }
  [[nodiscard]] const json& last() const { return last_; }
  /// In the order in which they came, since the last join that was not recovered.
  [[nodiscard]] const std::vector<int>& numbers() const { return numbers_; }
  /// And their offsets.
  [[nodiscard]] const std::vector<std::uint64_t>& offsets() const { return offsets_; }

private:
  void take(const json& frame) {
    const auto& body = frame.at(4);
    if (frame.at(3) == "phx_reply")
      return take_reply(frame.at(1), body.at("response"));
    if (body.contains("recover"))
      last_ = body.at("recover");
    if (frame.at(3) != "said")
      return;
    numbers_.push_back(body.at("n"));
    offsets_.push_back(body.at("recover").at("offset"));
  }
  void take_reply(const json& ref, const json& response) {
    if (ref == "p" || !response.contains("recovered"))
      return;
    has_joined_ = true;
    has_recovered_ = response.at("recovered");
    last_ = response.at("recover");
    if (has_recovered_)
      return;
    refusals_ += asks_ ? 1 : 0;
    begin_ = last_.at("offset");
    numbers_.clear();
    offsets_.clear();
  }

  recovery_lab& on_;
  const std::string topic_;
  std::optional<websock::testing::client> client_;
  std::size_t read_ = 0;
  int joins_ = 0;
  int refusals_ = 0;
  std::uint64_t begin_ = 0;
  bool asks_ = false;
  bool has_joined_ = false;
  bool has_recovered_ = false;
  json last_;
  std::vector<int> numbers_;
  std::vector<std::uint64_t> offsets_;
};

} // namespace tests
