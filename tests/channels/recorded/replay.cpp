// Replays recorded scenarios.
#include "tests/channels/recorded/replay.hpp"

#include "websock/channels/broadcast/broadcast.hpp"
#include "websock/channels/socket/channel_status.hpp"
#include "websock/channels/socket/connect.hpp"
#include "websock/connection/connection_host.hpp"
#include "websock/handshake/handshake.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/testing/client.hpp"

#include "tests/catch.hpp"
#include "tests/channels/recorded/application.hpp"
#include "tests/channels/recorded/peer.hpp"
#include "tests/channels/recorded/stage.hpp"
#include "tests/websock/http/heads.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

namespace tests::recorded {

namespace runtime = websock::runtime;
namespace channels = websock::channels;
using namespace std::chrono_literals;
using websock::json;

json scenario_of(const std::string& id) {
  std::ifstream file(std::string(WEBSOCK_TESTS_FOLDER) + "/semantics/channels.json");
  static const json all = json::parse(file);
  for (const auto& each : all)
    if (each["id"] == id)
      return each;
  throw std::invalid_argument("no scenario " + id);
}

void normalize(json& callback) {
  auto& arguments = callback[1];
  if (callback[0] == "socket.connect" && arguments[1].contains("auth_token"))
    arguments[1] = {{"auth_token", arguments[1]["auth_token"]}};
  if (callback[0] != "channel.terminate")
    return;
  auto& why = arguments[0];
  const auto text = why.is_string() ? why.get<std::string>() : "stack}";
  if (text.find("stack}") != std::string::npos || text.find("{exception") == 0
      || text.find("{:bad_return_value") == 0)
    why = "error";
}

namespace {

class player {
public:
  player(const json& scenario, const manner& how)
      : how_(how), stage_(stage_of(scenario["group"].get<std::string>())) {
    for (auto step : scenario["steps"]) {
      how.changed_step(step);
      if (!step.is_null())
        steps_.push_back(std::move(step));
    }
  }

  void play() {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      INFO("step " << steps_[i].dump().substr(0, 300));
      take(i);
    }
    world().run_until_idle();
    for (const auto& [name, its] : peers_)
      if (its.client) {
        INFO("connection " << name);
        CHECK(texts(in_order(got(its))) == texts(in_order(its.expected)));
      }
  }
  void compare_callbacks(json expected) {
    world().advance(500ms);
    std::vector<std::string> wanted;
    std::vector<std::string> called;
    for (auto& each : expected) {
      normalize(each);
      how_.changed_callback(each);
      wanted.push_back(each.dump());
    }
    for (const auto& each : how_.more_callbacks)
      wanted.push_back(each.dump());
    for (const auto& each : notes_.callbacks()) // tokens are any octets
      called.push_back(each.dump(-1, ' ', false, json::error_handler_t::replace));
    std::sort(wanted.begin(), wanted.end());
    std::sort(called.begin(), called.end());
    CHECK(called == wanted);
  }

private:
  static std::vector<std::string> texts(const std::vector<received>& all) {
    std::vector<std::string> lines;
    for (const auto& each : all)
      lines.push_back(each.what.dump());
    return lines;
  }
  [[nodiscard]] std::vector<received> in_order(std::vector<received> all) const {
    if (how_.by_topic)
      std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return a.topic() < b.topic();
      });
    return all;
  }

  [[nodiscard]] runtime::testing::steppable& world() { return stage_->all(); }

  // References differ from run to run: the record calls them <phx_ref:1> and so on.
  [[nodiscard]] std::vector<received> got(const peer& its) const {
    std::vector<received> counted;
    for (auto& each : its.got()) {
      name_references(each.what);
      if (how_.is_counted(each.what))
        counted.push_back(std::move(each));
    }
    return counted;
  }
  void name_references(json& value) const {
    if (value.is_string()) {
      const auto known = references_.find(value.get<std::string>());
      if (known != references_.end())
        value = known->second;
    } else if (value.is_structured()) {
      for (auto& each : value)
        name_references(each);
    }
  }
  void learn_references(const json& wanted, const json& found) {
    if (wanted.is_string() && found.is_string()
        && wanted.get<std::string>().starts_with("<phx_ref:"))
      references_.emplace(found.get<std::string>(), wanted.get<std::string>());
    if (wanted.is_object() && found.is_object()) {
      for (const auto& [key, each] : wanted.items())
        if (found.contains(key))
          learn_references(each, found.at(key));
    } else if (wanted.is_array() && found.is_array()) {
      for (std::size_t i = 0; i < std::min(wanted.size(), found.size()); ++i)
        learn_references(wanted[i], found[i]);
    }
  }

  void take(std::size_t index) {
    const auto& step = steps_[index];
    if (step.contains("ws_open"))
      open(step);
    else if (step.contains("note"))
      stage_->happens(step["note"].get<std::string>());
    else if (step.contains("control"))
      control(step);
    else if (step.contains("from") && step["from"] == "client")
      send(step, index);
    else if (step.contains("from"))
      expect(step, index);
  }

  [[nodiscard]] static bool is_from_client(const json& step) {
    return step.contains("from") && step["from"] == "client";
  }

  void open(const json& step) {
    const std::string name = step["ws_open"];
    auto& its = peers_[name];
    its = connect(step, place_of(name));
    CHECK(its.status == step["http_status"].get<int>());
    const auto wanted = step.value("response_headers", json::object());
    CHECK(its.subprotocol == wanted.value("sec-websocket-protocol", ""));
    if (its.client)
      stage_->connected(place_of(name), its.client->pid());
    world().run_until_idle();
  }

  // What a server does with a request, without its sockets.
  peer connect(const json& step, std::size_t place) {
    const auto request = websock::testing::request_of(head_of(step));
    const std::string path(request.path());
    const auto slash = path.find('/', 1);
    const auto of = endpoint_at(path.substr(0, slash), notes_, stage_->people(place));
    const websock::upgrade_options defaults = server_options_.connection;
    try {
      const auto route =
          channels::make_route(of, channels::connection_options(*of, defaults));
      auto result = route(request);
      if (const auto* refusal = std::get_if<websock::http::response>(&result.value()))
        return {refusal->status, {}, {}, {}};
      return upgraded(request, std::get<websock::upgrade_plan>(std::move(result.value())),
                      place);
    } catch (const std::runtime_error&) {
      return {500, {}, {}, {}};
    }
  }
  peer upgraded(const websock::http::request& request, websock::upgrade_plan plan,
                std::size_t place) {
    auto outcome = websock::accept_upgrade(
        request, std::move(plan),
        std::make_shared<const websock::upgrade_options>(server_options_.connection), {});
    auto* const accepted = std::get_if<websock::accepted_upgrade>(&outcome);
    if (accepted == nullptr)
      return {403, {}, {}, {}};
    return {
        101,
        std::string(accepted->agreed.subprotocol),
        websock::testing::client(stage_->node(place), *accepted->options, accepted->make),
        {}};
  }

  void send(const json& step, std::size_t index) {
    auto& client = *peers_[step["conn"]].client;
    if (step.contains("text"))
      client.text(step["text"].get<std::string>());
    else if (step.contains("binary_hex"))
      client.binary(octets_of(step["binary_hex"]));
    else if (step.contains("raw_hex"))
      client.raw(octets_of(step["raw_hex"]));
    else if (step.contains("close"))
      close(client, step["close"]);
    else
      client.disconnect();
    const bool is_last = index + 1 == steps_.size() || !is_from_client(steps_[index + 1]);
    if (how_.at_once && !is_last)
      return;
    world().run_until_idle();
    if (how_.pause.count() > 0)
      world().advance(how_.pause);
  }
  static void close(websock::testing::client& client, const json& how) {
    if (how["code"].is_null())
      client.close_without_code();
    else
      client.close(how["code"].get<std::uint16_t>());
  }

  void expect(const json& step, std::size_t index) {
    auto& its = peers_[step["conn"]];
    if (step.contains("close"))
      expect_close(*its.client, step["close"], index);
    else if (step.contains("tcp_closed"))
      expect_end(*its.client, index);
    else if (step.contains("opcode"))
      expect_pong(*its.client, octets_of(step["binary_hex"]));
    else
      expect_message(its, step, index);
  }
  void expect_message(peer& its, const json& step, std::size_t index) {
    if (step.contains("text"))
      its.expected.push_back({false, json::parse(step["text"].get<std::string>())});
    else
      its.expected.push_back({true, octet_values(octets_of(step["binary_hex"]))});
    const auto last = its.expected.size() - 1;
    wait(index, [&] { return got(its).size() > last; });
    REQUIRE(got(its).size() > last);
    learn_references(its.expected.back().what, got(its)[last].what);
    if (!how_.by_topic)
      CHECK(got(its)[last].what.dump() == its.expected.back().what.dump());
  }
  void expect_pong(websock::testing::client& client, const std::string& payload) {
    world().run_until_idle();
    const auto frames = client.frames();
    CHECK(std::count(
              frames.begin(), frames.end(),
              websock::testing::client::frame{websock::protocol::opcode::pong, payload})
          == 1);
  }
  static json octet_values(const std::string& octets) {
    return json::binary({octets.begin(), octets.end()});
  }
  void expect_close(websock::testing::client& client, const json& close,
                    std::size_t index) {
    wait(index, [&] { return client.close_frame().has_value(); });
    REQUIRE(client.close_frame());
    CHECK(client.close_frame()->first == close["code"].get<int>());
    CHECK(client.close_frame()->second == close["reason"].get<std::string>());
  }
  // A client answers a close frame.
  void expect_end(websock::testing::client& client, std::size_t index) {
    wait(index, [&] { return client.is_ended() || client.close_frame().has_value(); });
    if (const auto frame = client.close_frame(); frame && !client.is_ended())
      client.close(frame->first);
    world().run_until_idle();
    CHECK(client.is_ended());
  }

  // What the tester does stands behind its effects.
  template <class Condition>
  void wait(std::size_t index, Condition is_over) {
    world().run_until_idle();
    for (auto i = index + 1; i < steps_.size() && !is_over(); ++i) {
      if (is_from_client(steps_[i]) || steps_[i].contains("ws_open"))
        break;
      if (steps_[i].contains("control") && steps_[i]["control"] != "debug")
        control(steps_[i]);
    }
    const auto limit = world().now() + 20s;
    while (!is_over() && world().advance_to_next(limit))
      continue;
  }

  void control(const json& step) {
    if (!done_.insert(&step).second)
      return;
    const auto& arguments = step["args"];
    const std::string what = step["control"];
    if (what == "broadcast")
      channels::broadcast(here(), arguments["topic"].get<std::string>(),
                          arguments["event"].get<std::string>(), arguments["payload"]);
    else if (what == "disconnect")
      channels::disconnect(here(), arguments["id"].get<std::string>());
    else if (what == "info")
      tell_channel(arguments);
    else if (what == "exit_transport")
      here().exit(peers_[arguments["user"]].client->pid(), reason_named(arguments));
    else if (what == "debug")
      check_status(step["result"]);
    else if (what == "drain" || what == "stop_endpoint" || what == "stop_vm")
      drain();
    world().run_until_idle();
    stage_->happens(what);
  }
  // The record's tester is on the first node.
  [[nodiscard]] runtime::node& here() { return stage_->node(0).node(); }
  static runtime::exit_reason reason_named(const json& arguments) {
    const std::string name = arguments["reason"];
    if (name == "kill")
      return runtime::reason::kill;
    return name == "shutdown" ? runtime::exit_reason(runtime::reason::shutdown)
                              : runtime::reason::of(name);
  }
  void tell_channel(const json& arguments) {
    const auto key =
        arguments["topic"].get<std::string>() + ' ' + arguments["user"].dump();
    runtime::send(notes_.channel(key),
                  order{arguments["msg"], arguments.value("reason", ""), {}});
  }
  void drain() {
    for (auto& [name, its] : peers_)
      if (place_of(name) == 0)
        its.client->with_host(
            [](websock::connection_host& host) { host.drain({}, 0, 1, [](auto) {}); });
  }
  void check_status(const json& wanted) {
    json found = json::array();
    using statuses = std::vector<channels::channel_status>;
    stage_->node(0).spawn([&found, to = peers_["A"].client->pid()](
                              runtime::process& me) -> runtime::waiting<> {
      const auto all = co_await me.call<statuses>(to, 1s, channels::list_channels());
      for (const auto& each : all)
        found.push_back({{"topic", each.topic},
                         {"status", each.status == channels::channel_status::kind::leaving
                                        ? "leaving"
                                        : "joined"}});
    });
    world().run_until_idle();
    CHECK(found == wanted);
  }

  const manner how_;
  std::vector<json> steps_;
  std::set<const json*> done_; // controls
  notes notes_;                // outlives the node's processes
  websock::server_options server_options_;
  std::unique_ptr<stage> stage_;
  std::map<std::string, peer> peers_;
  std::map<std::string, std::string> references_; // each, and what the record calls it
};

} // namespace

void replay(const std::string& id, const manner& how) {
  const auto scenario = scenario_of(id);
  player all(scenario, how);
  all.play();
  if (how.compares_callbacks)
    all.compare_callbacks(scenario["server_callbacks"]);
}

} // namespace tests::recorded
