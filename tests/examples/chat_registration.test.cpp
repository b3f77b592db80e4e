// POST /names, who may connect, and what happens when the store refuses.
#include "examples/chat/registration.hpp"
#include "tests/examples/chat_scene.hpp"
#include "tests/support/any_schedule.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace tests;
using strings = std::vector<std::string>;
namespace http = websock::http;

/// Notes what it is told, or refuses it.
class noting_journal final : public chat::journal {
public:
  std::atomic<bool> refuses{false};

  [[nodiscard]] strings noted() {
    const std::lock_guard lock(mutex_);
    return noted_;
  }

private:
  void read(chat::rooms&, chat::reserved_names&) override {}
  std::string secret() override { return {}; }
  void add(const std::string& room, const chat::line& said, std::size_t) override {
    note("add " + room + ' ' + said.text);
  }
  void forget(const std::string& room) override { note("forget " + room); }
  void reserve(const std::string& name) override { note("reserve " + name); }
  void release(const std::string& name) override { note("release " + name); }
  void note(std::string what) {
    if (refuses)
      throw std::runtime_error("the disk is full");
    const std::lock_guard lock(mutex_);
    noted_.push_back(std::move(what));
  }

  std::mutex mutex_;
  strings noted_;
};

[[nodiscard]] std::optional<http::response> answer_to(chat_scene& scene,
                                                      const std::string& body) {
  std::optional<http::response> answer;
  scene.node.spawn([&](runtime::process& self) -> runtime::waiting<> {
    auto made = http::make_request("POST /names HTTP/1.1\r\nHost: chat\r\n\r\n");
    auto& request = std::get<http::request>(made);
    request.set_body(body);
    answer = co_await chat::registration(self, request, scene.chat.house());
  });
  for (const auto end = std::chrono::steady_clock::now() + 10s;
       !answer && std::chrono::steady_clock::now() < end; std::this_thread::yield())
    scene.node.run_until_idle();
  return answer;
}

/// Status and body.
[[nodiscard]] std::pair<int, json> registered(chat_scene& scene, const json& body) {
  const auto answer = answer_to(scene, body.dump());
  REQUIRE(answer);
  return {answer->status, json::parse(answer->body)};
}

/// Runs the node, and the threads that the store has.
void run_until(chat_scene& scene, const std::function<bool()>& is_done) {
  for (const auto end = std::chrono::steady_clock::now() + 10s;
       !is_done() && std::chrono::steady_clock::now() < end; std::this_thread::yield())
    scene.node.run_until_idle();
  REQUIRE(is_done());
}

} // namespace

TEST_CASE("a name belongs to whom asks first, and comes with a token") {
  chat_scene scene(any_schedule());
  const auto [status, ada] = registered(scene, {{"name", " Ada\u200b "}});
  CHECK(status == 200);
  CHECK(ada["name"] == "Ada");
  CHECK(scene.chat.house().tokens.name_of(ada["token"].get<std::string>()) == "Ada");
  CHECK(registered(scene, {{"name", "Ada"}}).first == 409);
  CHECK(registered(scene, {{"name", "Ada"}, {"token", "forged"}}).first == 409);
  const auto again = registered(scene, {{"name", "Ada"}, {"token", ada["token"]}});
  CHECK(again == std::pair(200, ada));
  const auto bob = registered(scene, {{"name", "Bob"}, {"token", ada["token"]}});
  CHECK(bob.first == 200);
  CHECK(bob.second["name"] == "Bob");
  CHECK(registered(scene, {{"name", "Ada"}, {"token", bob.second["token"]}}).first
        == 409);
}

TEST_CASE("what is no name gets a reason") {
  chat_scene scene(1);
  for (const auto& name : {std::string(), std::string(31, 'x'), std::string("a\x01"),
                           std::string("\u200b")}) {
    const auto [status, body] = registered(scene, {{"name", name}});
    CHECK(status == 422);
    CHECK(body["reason"].is_string());
  }
  for (const char* body :
       {"", "[]", "{}", R"({"name":1})", R"({"name":"\ud800"})", "{", "null"}) {
    const auto answer = answer_to(scene, body);
    REQUIRE(answer);
    CHECK(answer->status == 400);
  }
}

TEST_CASE("a socket without a valid token is refused") {
  chat_scene scene(1);
  const auto request = http::make_request("GET / HTTP/1.1\r\nHost: chat\r\n\r\n");
  const chat::name_tokens others("a secret of another");
  for (const auto& params :
       {json::object(), json{{"token", ""}}, json{{"token", json::array()}},
        json{{"token", others.issue("Ada")}}}) {
    chat::person subject(&scene.chat.house());
    auto result = subject.connect(params, {std::get<http::request>(request), {}});
    REQUIRE(result.refusal());
    CHECK(result.refusal()->status == 403);
  }
  chat::person subject(&scene.chat.house());
  const json params{{"token", scene.chat.house().tokens.issue("Ada")}};
  auto result = subject.connect(params, {std::get<http::request>(request), {}});
  CHECK_FALSE(result.refusal());
  CHECK(subject.id() == "person:Ada");
}

TEST_CASE("who is in the chat with a token has the name") {
  chat_scene scene(any_schedule());
  visitor ada(scene.chat, "Ada"); // her token is older than the server
  ada.join("room:lobby");
  CHECK(registered(scene, {{"name", "Ada"}}).first == 409);
}

TEST_CASE("lines and names are in the store before anybody hears of them") {
  const auto store = std::make_shared<noting_journal>();
  chat_scene scene(any_schedule(), {.store = store});
  CHECK(registered(scene, {{"name", "Ada"}}).first == 200);
  CHECK(store->noted() == strings{"reserve Ada"});
  visitor ada(scene.chat, "Ada");
  ada.begin("room:lobby", "phx_join", json::object());
  run_until(scene, [&] { return !ada.answer().is_null(); });
  ada.begin("room:lobby", "line", {{"id", "1"}, {"text", "hello"}});
  run_until(scene, [&] { return !ada.answer().is_null(); });
  CHECK(ada.answer()["status"] == "ok");
  CHECK(store->noted() == strings{"reserve Ada", "add lobby hello"});
}

TEST_CASE("a line that the store refuses is not said, and may be sent again") {
  const auto store = std::make_shared<noting_journal>();
  chat_scene scene(any_schedule(), {.store = store});
  visitor ada(scene.chat, "Ada");
  ada.begin("room:lobby", "phx_join", json::object());
  run_until(scene, [&] { return !ada.answer().is_null(); });
  store->refuses = true;
  ada.begin("room:lobby", "line", {{"id", "1"}, {"text", "hello"}});
  run_until(scene, [&] { return !ada.answer().is_null(); });
  CHECK(ada.answer()["status"] == "error");
  CHECK(ada.answer()["response"]["retry"] == true);
  CHECK(ada.heard("lobby").empty());
  CHECK(registered(scene, {{"name", "Bob"}}).first == 503);
  store->refuses = false;
  ada.begin("room:lobby", "line", {{"id", "1"}, {"text", "hello"}});
  run_until(scene, [&] { return !ada.answer().is_null(); });
  CHECK(ada.answer()["status"] == "ok");
  CHECK(ada.answer()["response"]["number"] == 1);
  scene.chat.run();
  CHECK(ada.heard("lobby") == strings{"hello"});
}
