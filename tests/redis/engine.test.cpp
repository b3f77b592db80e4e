// Nodes that share topics through a Redis of the test's own.
#include "websock/runtime/address/not_transmissible.hpp"
#include "websock/runtime/metrics/metrics.hpp"
#include "websock/runtime/redis/engine_metrics.hpp"

#include "tests/redis/joined_node.hpp"

#include <memory>
#include <stdexcept>

using namespace tests;
using way = redis_server::way;

namespace {

[[nodiscard]] std::string why_not(const redis::engine_options& options) {
  runtime::node node({.shards = 1, .pool_threads = 1});
  try {
    const redis::engine made(node, options);
    return "joined";
  } catch (const std::exception& thrown) {
    return thrown.what();
  }
}

void check_has(const std::string& text, const std::string& part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
}

void check_talks(joined_node& one, joined_node& other) {
  meet(one, other);
  one.say(std::string("to all"));
  CHECK(one.text() == "to all");
  CHECK(other.text() == "to all");
  other.say(std::string("back"));
  CHECK(one.text() == "back");
  CHECK(other.text() == "back");
}

struct unregistered {
  int value;
};

} // namespace

TEST_CASE("a broadcast reaches subscribers on all nodes, once each and in order") {
  const redis_server server;
  joined_node ada(server, "ada");
  joined_node bob(server, "bob");
  meet(ada, bob);
  constexpr int many = 2'000;
  for (int i = 0; i < many; ++i)
    ada.say(i);
  ada.say(std::string(3'000'000, 'x'));
  ada.say(std::string("end"));
  for (auto* each : {&ada, &bob}) {
    for (int i = 0; i < many; ++i)
      REQUIRE(each->me.receive(patience, [i](int value) { REQUIRE(value == i); }));
    CHECK(each->text().size() == 3'000'000);
    CHECK(each->text() == "end");
  }
  bob.say(std::string("back"));
  CHECK(ada.text() == "back");
  CHECK_FALSE(ada.has_more()); // not what it published itself
  const auto figures = ada.engine.figures();
  CHECK(figures.is_connected);
  CHECK(figures.published == many + 2);
  CHECK(figures.dropped == 0);
  CHECK(figures.received == 1);
  CHECK(bob.engine.figures().received == many + 2);
  CHECK(bob.engine.figures().gaps == 0);
}

TEST_CASE(
    "the figures of an engine are among the metrics of its node while they are shown") {
  const redis_server server;
  joined_node ada(server, "ada");
  joined_node bob(server, "bob");
  meet(ada, bob);
  ada.say(std::string("once"));
  CHECK(bob.text() == "once");
  {
    const auto shown = redis::engine_metrics(bob.node, bob.engine);
    const auto text = runtime::metrics_text(bob.node);
    check_has(text, "\nwebsock_redis_connected 1\n");
    check_has(text, "\nwebsock_redis_received_total ");
  }
  CHECK(runtime::metrics_text(bob.node).find("websock_redis") == std::string::npos);
}

TEST_CASE("a direct broadcast reaches one node, and is no gap for others") {
  const redis_server server;
  joined_node ada(server, "ada");
  joined_node bob(server, "bob");
  joined_node eve(server, "eve");
  await([&] { return ada.engine.nodes() == std::vector<std::string>{"bob", "eve"}; });
  pubsub::direct_broadcast(ada.node, "bob", "news", std::string("secret"));
  pubsub::direct_broadcast(ada.node, "ada", "news", std::string("note"));
  pubsub::direct_broadcast(ada.node, "nobody", "news", std::string("nothing"));
  ada.say(std::string("end"));
  CHECK(bob.text() == "secret");
  CHECK(bob.text() == "end");
  CHECK(ada.text() == "note");
  CHECK(ada.text() == "end");
  CHECK(eve.text() == "end");
  CHECK_FALSE(eve.has_more());
}

TEST_CASE("a process hears who comes and who goes") {
  const redis_server server;
  joined_node ada(server, "ada");
  const auto next_event = [&] {
    std::string event;
    REQUIRE(ada.me.receive(
        patience, [&](const runtime::node_up& up) { event = to_string(up); },
        [&](const runtime::node_down& down) { event = to_string(down); },
        [&](const std::string& text) { event = text; }));
    return event;
  };
  ada.engine.monitor_nodes(ada.me.pid());
  for (int life = 0; life < 2; ++life) {
    {
      joined_node bob(server, "bob");
      bob.say(std::string("hello"));
      CHECK(next_event() == "node_up{bob}");
      CHECK(next_event() == "hello");
    }
    CHECK(next_event() == "node_down{bob, it has left}");
  }
  ada.engine.demonitor_nodes(ada.me.pid());
  joined_node eve(server, "eve");
  meet(ada, eve);
  CHECK_FALSE(ada.has_more());
  CHECK_THROWS_AS(ada.engine.monitor_nodes({}), std::invalid_argument);
}

TEST_CASE("for who leaves all others are gone") {
  const redis_server server;
  joined_node bob(server, "bob");
  runtime::node node({.shards = 1, .pool_threads = 1});
  auto engine = std::make_unique<redis::engine>(node, lively(server.options("ada")));
  runtime::thread_process me(node);
  engine->monitor_nodes(me.pid());
  await([&] { return engine->nodes() == std::vector<std::string>{"bob"}; });
  engine.reset();
  CHECK(me.receive(patience, [](const runtime::node_down& gone) {
    CHECK(to_string(gone) == "node_down{bob, this node has left}");
  }));
}

TEST_CASE("while Redis is away all others go, and come again when it is back") {
  redis_server server;
  joined_node ada(server, "ada");
  joined_node bob(server, "bob");
  meet(ada, bob);
  for (auto* each : {&ada, &bob})
    each->engine.monitor_nodes(each->me.pid());
  server.kill();
  for (auto* each : {&ada, &bob})
    CHECK(each->me.receive(patience, [](const runtime::node_down& gone) {
      CHECK(gone.why == "nothing is heard of it");
    }));
  server.restart();
  for (auto* each : {&ada, &bob})
    CHECK(each->me.receive(patience, [](const runtime::node_up&) {}));
}

TEST_CASE("what cannot cross is published nowhere, unless it stays on its node") {
  const redis_server server;
  joined_node ada(server, "ada");
  CHECK_THROWS_AS(ada.say(unregistered{1}), runtime::not_transmissible);
  CHECK_THROWS_AS(ada.say(ada.me.pid()), runtime::not_transmissible);
  CHECK_THROWS_AS(ada.say(std::string(17'000'000, 'x')), runtime::not_transmissible);
  CHECK_FALSE(ada.has_more());
  pubsub::local_broadcast(ada.node, "news", unregistered{1});
  CHECK(ada.me.receive(patience, [](const unregistered&) {}));
}

TEST_CASE("nodes reach Redis by TCP, by TLS and by a Unix socket") {
  for (const auto by : {way::tcp, way::tls, way::unix_socket}) {
    const redis_server server(by);
    joined_node ada(server, "ada");
    joined_node bob(server, "bob");
    check_talks(ada, bob);
  }
}

TEST_CASE("with TLS, Redis's certificate must be issued by the CA for the host") {
  const redis_server server(way::tls, {"--tls-auth-clients", "no"});
  auto options = lively(server.options("ada"));
  options.tls->certificate_file.clear();
  options.tls->key_file.clear();
  CHECK(why_not(options) == "joined"); // without a certificate of its own
  options.tls->certificate_host = "other.example";
  check_has(why_not(options), "the peer's certificate is refused: hostname mismatch");
  options.tls->certificate_host = "redis.example";
  CHECK(why_not(options) == "joined");
  const temporary_folder folder;
  const certificate_authority stranger(folder);
  options.tls->ca_file = stranger.file();
  check_has(why_not(options), "the peer's certificate is refused: ");
  options.tls->ca_file = folder.file("none");
  check_has(why_not(options), "tls.ca_file");
}

TEST_CASE("a password is needed where Redis asks for one, and is told to nobody else") {
  const redis_server server(
      way::unix_socket,
      {"--requirepass", "sesame", "--user", "chat", "on", ">open", "~*", "&*", "+@all"});
  auto options = lively(server.options("ada"));
  check_has(why_not(options), "PING is refused: NOAUTH");
  options.password = "wrong-one";
  const auto why = why_not(options);
  check_has(why, "AUTH is refused: WRONGPASS");
  CHECK(why.find("wrong-one") == std::string::npos);
  options.password = "sesame";
  joined_node ada(options);
  options.user = "chat";
  options.password = "open";
  options.name = "bob";
  joined_node bob(options);
  check_talks(ada, bob);
}

TEST_CASE("nodes that use different databases or prefixes do not hear each other") {
  const redis_server server;
  auto options = lively(server.options("ada"));
  joined_node ada(options);
  options.database = 7;
  joined_node other(options); // of the same name
  options.database = 0;
  options.prefix = "apart";
  joined_node third(options);
  options.name = "bob";
  joined_node fourth(options);
  check_talks(third, fourth);
  CHECK(ada.engine.nodes().empty());
  CHECK_FALSE(ada.has_more());
  CHECK_FALSE(other.has_more());
  options.database = 99;
  check_has(why_not(options), "SELECT is refused: ERR");
}

TEST_CASE("a name that a living node has is refused, and is free once it has left") {
  const redis_server server;
  {
    joined_node ada(server, "ada");
    check_has(why_not(lively(server.options("ada"))),
              "engine_options.name: \"ada\" is the name of another node");
  }
  joined_node again(server, "ada");
  CHECK(again.engine.name() == "ada");
}

TEST_CASE("the name of a node that has crashed is free a little later") {
  const redis_server server;
  CHECK(server.ask("SET websock:node:ada 17 PX 300") == "+OK");
  joined_node ada(server, "ada");
  CHECK(server.ask("SET websock:node:bob 17") == "+OK"); // not of a node
  check_has(why_not(lively(server.options("bob"))), "engine_options.name: \"bob\"");
}

TEST_CASE("a node that leaves is not there any more") {
  const redis_server server;
  joined_node ada(server, "ada");
  {
    joined_node bob(server, "bob");
    meet(ada, bob);
    bob.say(std::string("bye"));
    CHECK(ada.text() == "bye");
  }
  await([&] { return ada.engine.nodes().empty(); });
  ada.say(std::string("alone"));
  CHECK(ada.text() == "alone");
  CHECK(ada.engine.figures().gaps == 0);
}

TEST_CASE("what others publish on the channel is counted and ignored") {
  const redis_server server;
  joined_node ada(server, "ada");
  CHECK(server.ask("PUBLISH websock:topics:0 junk") == ":1");
  CHECK(server.ask("PUBLISH websock:topics:0 \"\\x83h\\x06w\\x07websocka\\x01\"")
        == ":1");
  CHECK(server.ask("PUBLISH websock:topics:0 \"\"") == ":1");
  await([&] { return ada.engine.figures().malformed == 3; });
  CHECK(ada.engine.nodes().empty());
  CHECK_FALSE(ada.has_more());
}

TEST_CASE("a Redis that is not there, or says something else, is an error at the start") {
  redis::engine_options options;
  options.name = "ada";
  options.unix_socket = "/tmp/no-redis-is-here";
  check_has(why_not(options), "redis: /tmp/no-redis-is-here: ");
  options.unix_socket.clear();
  options.port = 1;
  check_has(why_not(options), "redis: 127.0.0.1 port 1: ");
  runtime::node stopped({.shards = 1, .pool_threads = 1});
  stopped.stop();
  CHECK_THROWS_AS(redis::engine(stopped, options), std::logic_error);
}

TEST_CASE("a node has one engine at a time") {
  const redis_server server;
  joined_node ada(server, "ada");
  CHECK_THROWS_AS(redis::engine(ada.node, lively(server.options("bob"))),
                  std::logic_error);
  ada.say(std::string("on"));
  CHECK(ada.text() == "on");
  CHECK(ada.engine.figures().is_connected);
}

TEST_CASE("options out of range are refused by name, before Redis is asked") {
  const auto refused = [](auto change) {
    redis::engine_options options;
    options.name = "ada";
    change(options);
    return why_not(options);
  };
  using options = redis::engine_options;
  check_has(refused([](options& all) { all.name = ""; }),
            "engine_options.name must have");
  check_has(refused([](options& all) { all.name = "a b"; }), "engine_options.name");
  check_has(refused([](options& all) { all.prefix = ""; }), "engine_options.prefix");
  check_has(refused([](options& all) { all.host = ""; }), "engine_options.host");
  check_has(refused([](options& all) { all.port = 0; }),
            "engine_options.port is 0: it must be 1 to 65535");
  check_has(refused([](options& all) { all.user = "x"; }), "engine_options.password");
  check_has(refused([](options& all) { all.unix_socket = std::string(108, 'x'); }),
            "engine_options.unix_socket is too long");
  check_has(refused([](options& all) { all.tls = redis::engine_tls{}; }),
            "engine_options.tls has no ca_file");
  check_has(refused([](options& all) { all.ping_interval = 1ms; }),
            "engine_options.ping_interval is 1 ms: it must be 10 to 60000 ms");
  check_has(refused([](options& all) { all.longest_pause = 1ms; }),
            "engine_options.longest_pause is 1 ms: it must be 100 to 3600000 ms");
  check_has(refused([](options& all) { all.output_limit = 1; }),
            "engine_options.output_limit is 1: it must be 65536 to 1073741824");
  check_has(refused([](options& all) { all.message_size = 1; }),
            "engine_options.message_size is 1");
  check_has(refused([](options& all) { all.term_depth = 0; }),
            "engine_options.term_depth is 0");
}
