// Erlang's own epmd and nodes beside ours, on ports of their own.
#include "websock/runtime/distribution/carrier/epmd_lookup.hpp"
#include "websock/runtime/distribution/carrier/epmd_registration.hpp"
#include "websock/runtime/distribution/carrier/small_epmd.hpp"

#include "tests/distribution/carrier/carrier_lab.hpp"
#include "tests/distribution/support/erlang_program.hpp"

#include <memory>
#include <optional>
#include <string>

using namespace std::chrono_literals;
using namespace tests;

namespace {

struct news final : distribution::epmd_registration::events {
  void registered(std::uint32_t creation) override { creations.put(creation); }
  void unregistered(distribution::epmd_error why) override { failures.put(why.text); }
  channel<std::uint32_t> creations;
  channel<std::string> failures;
};

/// A registration on the lab's shard.
class heard_registration {
public:
  heard_registration(carrier_lab& lab, std::uint16_t port, distribution::epmd_node what)
      : lab_(lab), entry_(lab.on([&] {
          return std::make_unique<distribution::epmd_registration>(
              lab.home(), lab.sockets, distribution::epmd_address{.port = port},
              std::move(what), heard);
        })) {}
  ~heard_registration() { withdraw(); }
  heard_registration(const heard_registration&) = delete;
  heard_registration& operator=(const heard_registration&) = delete;
  void withdraw() {
    lab_.on([&] { entry_.reset(); });
  }

  news heard;

private:
  carrier_lab& lab_;
  std::unique_ptr<distribution::epmd_registration> entry_;
};

[[nodiscard]] std::string look_up(carrier_lab& lab, std::uint16_t epmd,
                                  const std::string& name) {
  channel<std::string> answers;
  auto asks = lab.on([&] {
    return std::make_unique<distribution::epmd_lookup>(
        lab.home(), lab.sockets, distribution::epmd_address{.port = epmd}, name,
        [&](distribution::lookup_result result) {
          const auto* const found = std::get_if<distribution::epmd_node>(&result);
          answers.put(found != nullptr ? std::to_string(found->port)
                                       : std::get<distribution::epmd_error>(result).text);
        });
  });
  auto answer = answers.take();
  lab.on([&] { asks.reset(); });
  return answer;
}

[[nodiscard]] distribution::epmd_node chat() {
  distribution::epmd_node what;
  what.name = "chat";
  what.port = 4'370;
  return what;
}

/// On the lab's shard, on any port.
class our_epmd {
public:
  explicit our_epmd(carrier_lab& lab) : lab_(lab) {
    lab.on([&] {
      epmd_.emplace(lab.home(), lab.sockets, distribution::small_epmd_options{.port = 0});
    });
  }
  ~our_epmd() {
    lab_.on([&] { epmd_.reset(); });
  }
  our_epmd(const our_epmd&) = delete;
  our_epmd& operator=(const our_epmd&) = delete;

  [[nodiscard]] std::uint16_t port() const { return epmd_->port(); }
  [[nodiscard]] std::size_t size() {
    return lab_.on([&] { return epmd_->size(); });
  }

private:
  carrier_lab& lab_;
  std::optional<distribution::small_epmd> epmd_;
};

} // namespace

TEST_CASE("Erlang's epmd takes our node, finds it, and notices its end") {
  if (!has_erlang())
    return;
  carrier_lab lab;
  std::optional<erlang_epmd> epmd(std::in_place);
  heard_registration entry(lab, epmd->port(), chat());
  CHECK(entry.heard.creations.take() > 3);
  CHECK(look_up(lab, epmd->port(), "chat") == "4370");
  CHECK(look_up(lab, epmd->port(), "other").find("other") != std::string::npos);
  heard_registration rival(lab, epmd->port(), chat());
  CHECK_FALSE(rival.heard.failures.take().empty());
  entry.withdraw();
  CHECK(rival.heard.creations.take() > 3);
  const auto port = epmd->port();
  epmd.reset();
  CHECK_FALSE(rival.heard.failures.take().empty());
  epmd.emplace(port);
  CHECK(rival.heard.creations.take() > 3);
}

TEST_CASE("a node of Erlang registers at our epmd, and is found there") {
  if (!has_erlang())
    return;
  carrier_lab lab;
  our_epmd epmd(lab);
  {
    erlang_program erl(epmd.port(), "erl_at_ours",
                       "io:format(\"~p~n\", [erl_epmd:names(\"127.0.0.1\")])");
    CHECK(erl.line().find("{ok,[{\"erl_at_ours\",") == 0);
    CHECK(epmd.size() == 1);
    const auto port = look_up(lab, epmd.port(), "erl_at_ours");
    CHECK(failure(lab.dial(
              {.host = "127.0.0.1", .port = static_cast<std::uint16_t>(std::stoi(port))}))
          == "connected");
  }
  while (epmd.size() != 0)
    lab.settle();
}

TEST_CASE("a node of Erlang finds ours at our epmd") {
  if (!has_erlang())
    return;
  carrier_lab lab;
  our_epmd epmd(lab);
  heard_registration entry(lab, epmd.port(), chat());
  entry.heard.creations.take();
  erlang_program erl(
      epmd.port(), "asks",
      "io:format(\"~p~n\", [erl_epmd:port_please(\"chat\", {127,0,0,1})])");
  CHECK(erl.line() == "{port,4370,6}");
}

TEST_CASE("an epmd where one runs already is refused with the port's name") {
  if (!has_erlang())
    return;
  carrier_lab lab;
  const erlang_epmd theirs;
  CHECK_THROWS_WITH(lab.on([&] {
    return std::make_unique<distribution::small_epmd>(
        lab.home(), lab.sockets, distribution::small_epmd_options{.port = theirs.port()});
  }),
                    "listen on 127.0.0.1:" + std::to_string(theirs.port())
                        + ": Address already in use");
}
