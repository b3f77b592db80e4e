// Registering and looking up at small_epmd, on a loopback: names that are taken, epmd
// that comes and goes, clients that say nothing.
#include "websock/runtime/distribution/carrier/epmd_lookup.hpp"
#include "websock/runtime/distribution/carrier/epmd_registration.hpp"
#include "websock/runtime/distribution/carrier/small_epmd.hpp"
#include "websock/runtime/distribution/testing/loopback.hpp"
#include "websock/runtime/testing/stepped_node.hpp"

#include "tests/catch.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace runtime = websock::runtime;
namespace distribution = websock::runtime::distribution;

using namespace std::chrono_literals;
using distribution::epmd_failure;
using distribution::epmd_node;
using distribution::epmd_registration;
using distribution::small_epmd;
using distribution::testing::loopback;

namespace {

constexpr const char* host = "127.0.0.1";

struct news final : epmd_registration::events {
  void registered(std::uint32_t creation) override { creations.push_back(creation); }
  void unregistered(distribution::epmd_error why) override {
    failures.push_back(why.reason);
    text = why.text;
  }
  std::vector<std::uint32_t> creations;
  std::vector<epmd_failure> failures;
  std::string text;
};

struct one_host {
  void start_epmd(distribution::small_epmd_options options = {.creation = 100}) {
    epmd.emplace(home(), net.at(host), options);
  }
  [[nodiscard]] std::unique_ptr<epmd_registration>
  enter(const std::string& name, news& hears, const std::string& from = host) {
    epmd_node what;
    what.name = name;
    what.port = 4'370;
    return std::make_unique<epmd_registration>(home(), net.at(from),
                                               distribution::epmd_address{}, what, hears);
  }
  /// The port, or why there is none.
  [[nodiscard]] std::string look_up(const std::string& name) {
    std::string answer = "nothing";
    const distribution::epmd_lookup asks(
        home(), net.at("elsewhere"), {}, name, [&](distribution::lookup_result result) {
          if (const auto* const failed = std::get_if<distribution::epmd_error>(&result))
            answer = failed->text;
          else
            answer = std::to_string(std::get<epmd_node>(result).port);
        });
    run();
    if (answer == "nothing")
      advance(6s);
    return answer;
  }
  void run() { net.run_until_idle(node); }
  void advance(std::chrono::milliseconds by) {
    for (; by > 0ms; by -= 100ms) {
      node.advance(100ms);
      run();
    }
  }
  [[nodiscard]] runtime::shard& home() { return node.node().shard_at(0); }

  runtime::testing::stepped_node node{1};
  loopback net{2};
  std::optional<small_epmd> epmd;
};

struct quiet final : distribution::carrier::events {
  void received(std::string_view octets) override { heard += octets; }
  void has_room() override {}
  void closed(std::string) override { heard += "[closed]"; }
  std::string heard;
};

} // namespace

TEST_CASE("a registered node is found until its registration ends") {
  one_host on;
  on.start_epmd();
  news heard;
  auto entry = on.enter("chat", heard);
  CHECK_FALSE(entry->is_registered());
  on.run();
  CHECK(entry->is_registered());
  CHECK(heard.creations == std::vector<std::uint32_t>{101});
  CHECK(on.epmd->size() == 1);
  CHECK(on.look_up("chat") == "4370");
  CHECK(on.look_up("other").find("other") != std::string::npos);
  entry.reset();
  on.run();
  CHECK(on.epmd->size() == 0);
  CHECK(on.look_up("chat") != "4370");
}

TEST_CASE("a name that is taken is told, and taken over once it is free") {
  one_host on;
  on.start_epmd();
  news one;
  news two;
  auto first = on.enter("chat", one);
  on.run();
  const auto second = on.enter("chat", two);
  on.run();
  CHECK(two.failures == std::vector<epmd_failure>{epmd_failure::taken});
  first.reset();
  on.advance(1s);
  CHECK(second->is_registered());
  CHECK(two.creations == std::vector<std::uint32_t>{102});
}

TEST_CASE("a registration survives epmd, with longer and longer pauses") {
  one_host on;
  news heard;
  const auto entry = on.enter("chat", heard);
  on.run();
  CHECK(heard.failures.size() == 1);
  CHECK(heard.text == "epmd: 127.0.0.1 port 4369: Connection refused");
  on.advance(500ms);
  CHECK(heard.failures.size() == 2);
  on.advance(900ms);
  CHECK(heard.failures.size() == 2);
  on.advance(100ms);
  CHECK(heard.failures.size() == 3);
  on.start_epmd();
  on.advance(2s);
  CHECK(entry->is_registered());
  on.epmd.reset();
  on.run();
  CHECK_FALSE(entry->is_registered());
  CHECK(heard.failures.size() == 4);
  on.start_epmd({.creation = 200});
  on.advance(600ms); // the pauses begin anew
  CHECK(entry->is_registered());
  CHECK(heard.creations == std::vector<std::uint32_t>{101, 201});
}

TEST_CASE("an epmd that does not answer is given up in time") {
  one_host on;
  struct mute final : distribution::listening::events {
    void accepted(std::unique_ptr<distribution::carrier> peer,
                  distribution::stranger_place) override {
      peers.push_back(std::move(peer));
    }
    void troubled(std::string) override {}
    std::vector<std::unique_ptr<distribution::carrier>> peers;
  } silent;
  const auto listening = on.net.at(host).listen(on.home(), {.port = 4'369}, silent);
  news heard;
  const auto entry = on.enter("chat", heard);
  on.run();
  CHECK(heard.failures.empty());
  CHECK(on.look_up("chat")
        == "node \"chat\": epmd at 127.0.0.1 port 4369 does not answer");
  CHECK(heard.text == "epmd at 127.0.0.1 port 4369 does not answer");
  silent.peers.clear();
}

TEST_CASE("only this host registers, others ask") {
  one_host on;
  on.start_epmd();
  news heard;
  const auto entry = on.enter("chat", heard, "10.0.0.8");
  on.run();
  CHECK(heard.failures == std::vector<epmd_failure>{epmd_failure::closed});
  CHECK(on.epmd->size() == 0);
}

TEST_CASE("clients that say nothing, or too much, are gone in time") {
  one_host on;
  on.start_epmd({.most_askers = 2, .creation = 1});
  std::vector<std::unique_ptr<distribution::carrier>> strangers;
  std::vector<std::unique_ptr<distribution::dialling>> going;
  for (int i = 0; i < 3; ++i)
    going.push_back(on.net.at("x").dial(
        on.home(), {.host = host, .port = 4'369}, [&](distribution::dial_result result) {
          strangers.push_back(
              std::move(std::get<std::unique_ptr<distribution::carrier>>(result)));
        }));
  on.run();
  REQUIRE(strangers.size() == 2);
  quiet talks;
  quiet waits;
  strangers[0]->start(talks);
  strangers[1]->start(waits);
  strangers[0]->write(std::string(2'000, '\xff'));
  on.run();
  CHECK(talks.heard == "[closed]");
  CHECK(strangers.size() == 3); // its place was free
  on.advance(5s);
  CHECK(waits.heard == "[closed]");
  strangers.clear();
}

TEST_CASE("a name that no epmd takes is refused at once") {
  one_host on;
  news heard;
  CHECK_THROWS_AS(on.enter("a@b", heard), std::invalid_argument);
  CHECK_THROWS_AS(on.enter("", heard), std::invalid_argument);
  CHECK_THROWS_AS(on.look_up("a b"), std::invalid_argument);
}
