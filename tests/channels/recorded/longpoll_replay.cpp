// Replays polls.
#include "tests/channels/recorded/longpoll_replay.hpp"

#include "tests/catch.hpp"
#include "tests/channels/recorded/replay.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <thread>
#include <utility>

namespace tests::recorded {

using namespace std::chrono_literals;
using websock::json;

namespace {

// The head with names in lower case, as the record has them.
std::string header_of(const http_answer& got, const std::string& name) {
  std::size_t at = got.head.find("\r\n") + 2;
  while (at < got.head.size()) {
    const auto end = got.head.find("\r\n", at);
    const auto line = got.head.substr(at, end - at);
    const auto colon = line.find(':');
    if (colon == std::string::npos)
      break;
    std::string found = line.substr(0, colon);
    std::transform(found.begin(), found.end(), found.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (found == name)
      return line.substr(colon + 2);
    at = end + 2;
  }
  return "(none)";
}

// A hundred and more lines are recorded by their ends.
std::string body_of(const json& request) {
  const auto& body = request["body"];
  if (body.is_null())
    return {};
  if (body.is_string())
    return body;
  std::string all;
  for (int i = 1; i <= 105; ++i)
    all += (i > 1 ? "\n" : "") + std::string("[null,\"") + std::to_string(i)
           + R"(","phoenix","heartbeat",{}])";
  return all;
}

std::string topic_of(const json& message) {
  if (message.is_array())
    return message.at(2).dump();
  return message.is_object() ? message.at("topic").dump() : std::string("?");
}

// Messages as JSON where they are; between topics there is no order.
std::vector<json> in_order(const json& messages) {
  std::vector<json> all;
  for (const auto& each : messages) {
    auto parsed = json::parse(each.get<std::string>(), nullptr, false);
    all.push_back(parsed.is_discarded() ? each : std::move(parsed));
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return topic_of(a) < topic_of(b);
  });
  return all;
}

} // namespace

longpoll_replay::longpoll_replay(const std::string& scenario,
                                 std::chrono::milliseconds window)
    : scenario_(scenario_of(scenario)),
      node_({.shards = 1,
             .pool_threads = 1,
             .slow_turn = 0ms,
             .log = [](runtime::log_level, std::string_view) {}}),
      server_(node_, {.port = 0}) {
  for (const auto& each : scenario_["steps"])
    if (each.contains("request"))
      steps_.push_back(each);
  for (const auto* path : {"/socket", "/short", "/auth"}) {
    auto of = endpoint_at(path, notes_, nullptr);
    of->options.longpoll->window = window;
    static_cast<void>(websock::channels::mount(server_, path, std::move(of)));
  }
  server_.start();
  idle_ = node_.process_count();
}

longpoll_replay::~longpoll_replay() = default;

void longpoll_replay::take_all() {
  for (std::size_t i = 0; i < size(); ++i)
    take(i);
}

void longpoll_replay::take(std::size_t index) {
  tcp_client client(server_.port());
  client.send(request_of(steps_.at(index)));
  end(index, client);
}

// One shard: what is posted behind the request arrives behind it. A message with the
// reference of another join is dropped.
tcp_client longpoll_replay::begin(std::size_t index) {
  const auto idle = idle_ + 2 + waiting_++; // a session, a channel, requests that wait
  await_processes(idle);
  tcp_client client(server_.port());
  client.send(request_of(steps_.at(index)));
  await_processes(idle + 1);
  auto nothing = steps_.at(index)["request"];
  nothing["method"] = "POST";
  nothing["body"] = R"(["0","0","room:a","none",{}])";
  tcp_client other(server_.port());
  other.send(request_of({{"request", nothing}}));
  REQUIRE(take_answer(other).status == 200);
  return client;
}

void longpoll_replay::await_processes(std::size_t count) {
  const auto limit = std::chrono::steady_clock::now() + 60s;
  while (node_.process_count() != count)
    if (std::this_thread::yield(); std::chrono::steady_clock::now() > limit)
      throw std::runtime_error("processes: " + std::to_string(node_.process_count()));
}

std::string longpoll_replay::request_of(const json& step) const {
  const auto& request = step["request"];
  const auto body = body_of(request);
  auto text = request["method"].get<std::string>() + ' '
              + real(request["target"].get<std::string>())
              + " HTTP/1.1\r\nHost: localhost\r\n";
  for (const auto& [name, value] : request["headers"].items())
    text += name + ": " + real(value.get<std::string>()) + "\r\n";
  if (!request["body"].is_null())
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

std::string longpoll_replay::real(std::string text) const {
  for (const auto& [name, token] : tokens_)
    if (const auto at = text.find(name); at != std::string::npos)
      text.replace(at, name.size(), token);
  return text;
}

void longpoll_replay::end(std::size_t index, tcp_client& client) {
  const auto& step = steps_.at(index);
  const auto& wanted = step["response"];
  INFO("step " << step.dump().substr(0, 300));
  const auto got = take_answer(client);
  CHECK(got.status == wanted["http_status"].get<int>());
  if (wanted["http_status"] != 200)
    return;
  const bool has_body = wanted["body"] != "";
  for (const auto& [name, value] : wanted["headers"].items())
    if (has_body || name.starts_with("access-control-"))
      CHECK(header_of(got, name) == value.get<std::string>());
  if (!has_body)
    CHECK(got.body.empty());
  else if (wanted["body"].is_string())
    compare_body(json::parse(wanted["body"].get<std::string>()), step, got);
}

// What Phoenix gathers for one answer may take several here.
void longpoll_replay::compare_body(const json& expected, const json& step,
                                   http_answer got) {
  auto body = json::parse(got.body);
  CHECK(body["status"] == expected["status"]);
  learn_token(expected, body);
  const auto wanted = expected.value("messages", json::array());
  auto messages = body.value("messages", json::array());
  while (body["status"] == 200 && messages.size() < wanted.size()) {
    tcp_client client(server_.port());
    client.send(request_of(step));
    body = json::parse(take_answer(client).body);
    for (const auto& each : body["messages"])
      messages.push_back(each);
  }
  CHECK(in_order(messages) == in_order(wanted));
  CHECK(body.size() == expected.size());
}

void longpoll_replay::learn_token(const json& expected, const json& got) {
  if (!expected.contains("token"))
    return;
  const auto& token = got.at("token").get_ref<const std::string&>();
  const auto known = tokens_.emplace(expected["token"].get<std::string>(), token);
  CHECK(known.first->second == token); // it never changes
}

void longpoll_replay::await_callback(const std::string& text) {
  const auto limit = std::chrono::steady_clock::now() + 60s;
  while (std::chrono::steady_clock::now() < limit) {
    for (const auto& each : notes_.callbacks())
      if (each.dump().find(text) != std::string::npos)
        return;
    std::this_thread::sleep_for(1ms);
  }
  FAIL("no callback with " << text);
}

// Sessions that end behind the scenario are not in the record.
void longpoll_replay::compare_callbacks() {
  std::vector<std::string> wanted;
  std::vector<std::string> called;
  bool ends_inactive = false;
  for (auto each : scenario_["server_callbacks"]) {
    ends_inactive = ends_inactive || each.dump().find("inactive") != std::string::npos;
    normalize(each);
    wanted.push_back(real(each.dump()));
  }
  if (ends_inactive)
    await_callback(":inactive");
  for (auto each : notes_.callbacks()) {
    normalize(each);
    if (ends_inactive || each.dump().find("inactive") == std::string::npos)
      called.push_back(each.dump());
  }
  std::sort(wanted.begin(), wanted.end());
  std::sort(called.begin(), called.end());
  CHECK(called == wanted);
}

} // namespace tests::recorded
