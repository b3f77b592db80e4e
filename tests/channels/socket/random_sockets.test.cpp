// Random programs of sockets and channels under many schedules: clients that join twice,
// push, leave and vanish; channels that reply now, later or never, and crash.
// RANDOM_SEEDS=20000 draws more, RANDOM_SEED=n replays one.
#include "websock/channels/broadcast/broadcast.hpp"
#include "websock/channels/channel/channel_socket.hpp"
#include "websock/channels/socket/endpoint.hpp"
#include "websock/channels/socket/transport.hpp"
#include "websock/connection/connection_host.hpp"
#include "websock/runtime/process/node.hpp"

#include "tests/channels/socket/random_client.hpp"
#include "tests/channels/socket/random_guarantees.hpp"
#include "tests/channels/socket/random_room.hpp"
#include "tests/support/puppet.hpp"
#include "tests/support/seeds.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <random>
#include <set>

using namespace tests::random_sockets;
using namespace std::chrono_literals;
using tests::puppet;
using tests::tell;

namespace {

/// Can be disconnected by its name.
class named_socket final : public websock::channel_socket {
public:
  explicit named_socket(std::string id) : id_(std::move(id)) {}
  [[nodiscard]] std::string id() const override { return id_; }

private:
  const std::string id_;
};

/// A client, and how its connection may end.
struct member {
  random_client client;
  std::string id;
  std::set<int> codes{};
  bool has_vanished = false;
};

class program {
public:
  explicit program(std::uint64_t seed) : random_(seed), node_(seed) {
    for (std::size_t i = 0; i < notes_.helpers.size(); ++i)
      notes_.helpers.at(i) = node_.node().spawn_on<puppet>(i);
    of_->options.max_channels = 3;
    of_->options.join_timeout = 300ms;
    of_->options.rejoin_timeout = 100ms;
    of_->routes.add("room:*", [this]() -> std::unique_ptr<websock::channel> {
      return std::make_unique<random_room>(notes_);
    });
  }

  void run(int acts) {
    for (int i = 0; i < acts; ++i) {
      act();
      for (auto left = draw(12); left != 0; --left)
        node_.step();
    }
    settle();
    for (const auto& each : members_) {
      const auto wrong = violations(notes_, each.client);
      INFO((wrong.empty() ? std::string() : wrong.front()));
      REQUIRE(wrong.empty());
    }
    end();
  }

  [[nodiscard]] const ledger& notes() const noexcept { return notes_; }
  [[nodiscard]] const std::deque<member>& members() const noexcept { return members_; }

private:
  std::size_t draw(std::size_t below) { return random_() % below; }
  template <class Table>
  std::string draw_from(const Table& table) {
    return std::string(table.at(draw(table.size())));
  }
  std::string topic() {
    return draw(20) == 0 ? "void" : std::string("room:") + "abcd"[draw(4)];
  }
  std::string next_ref(char kind) { return kind + std::to_string(++last_ref_); }

  void act() {
    const auto what = draw(100);
    auto* const one = someone();
    if (one == nullptr || what < 5)
      return connect();
    if (what < 24)
      join(one->client);
    else if (what < 62)
      push(one->client);
    else if (what < 67)
      leave(one->client);
    else if (what < 70)
      one->client.beat(next_ref('h'));
    else if (what < 80)
      speak(draw(3));
    else if (what < 83)
      kill_one();
    else if (what < 86)
      part(*one);
    else if (what < 87)
      disconnect(one->id);
    else if (what < 90)
      draw(2) == 0 ? one->client.stop_reading() : one->client.go_on_reading();
    else
      node_.pass(std::chrono::milliseconds(draw(60)));
  }

  /// A client that is still connected, and knows all that has come.
  member* someone() {
    std::vector<member*> all;
    for (auto& each : members_) {
      if (!each.client.is_over())
        each.client.read();
      if (!each.client.is_over())
        all.push_back(&each);
    }
    return all.empty() ? nullptr : all[draw(all.size())];
  }
  void connect() {
    const auto how = draw(4) == 0 ? serializer::v1 : serializer::v2;
    const auto id = "users:" + std::to_string(draw(3));
    members_.push_back(
        {random_client(websock::testing::connect<websock::channels::transport>(
                           node_, std::shared_ptr<const websock::channels::endpoint>(of_),
                           std::shared_ptr<const websock::channel_socket>(
                               std::make_shared<named_socket>(id)),
                           how),
                       how),
         id});
  }

  void join(random_client& one) {
    one.join(topic(), next_ref('j'),
             {{"how", draw_from(join_manners)},
              {"ms", draw(400)},
              {"traps", draw(6) == 0},
              {"intercepts", draw(4) == 0}});
  }
  // Mostly to the newest join of the topic; else to an older one, or to whichever.
  std::string some_join(const random_client& one, const std::string& topic) {
    const auto all = one.joins_of(topic);
    if (all.empty() || draw(12) == 0)
      return {};
    return draw(8) == 0 ? all[draw(all.size())] : all.back();
  }
  // Mostly one that it has joined, or will have.
  std::string some_topic(const random_client& one) {
    auto where = topic();
    for (int tries = 0; tries < 3 && one.joins_of(where).empty(); ++tries)
      where = topic();
    return where;
  }
  void push(random_client& one) {
    const auto where = some_topic(one);
    const auto join = some_join(one, where);
    const auto event =
        draw(9) == 0 ? draw_from(deadly_manners) : draw_from(harmless_manners);
    const json body{{"ms", draw(80)}, {"count", draw(4)}};
    if (one.how() == serializer::v2 && !join.empty() && draw(5) == 0)
      one.push_octets(where, join, next_ref('p'), event, body);
    else
      one.push(where, join, next_ref('p'), event, body);
  }
  void leave(random_client& one) {
    const auto where = some_topic(one);
    one.leave(where, some_join(one, where), next_ref('l'));
  }

  // A process on each shard, and nobody.
  void speak(std::size_t who) {
    const auto where = topic();
    const auto said = [this, who, where] {
      const auto by = ledger::first_speaker + who;
      auto body = notes_.note({deed::kind::said, by, {}, 0, where});
      body["said"] = body["n"];
      body["s"] = by;
      return body;
    };
    if (who < notes_.helpers.size())
      tell(notes_.helpers.at(who), [said, where](runtime::process& self) {
        websock::channels::broadcast(self, where, "said", said());
      });
    else
      websock::channels::broadcast(node_.node(), where, "said", said());
  }

  void kill_one() {
    std::vector<room_record*> all;
    for (auto& each : notes_.rooms)
      if (each.is_alive && each.accepted)
        all.push_back(&each);
    if (all.empty())
      return;
    auto& one = *all[draw(all.size())];
    one.may_be_killed = true;
    const auto how = draw(3);
    node_.node().exit(one.who, how == 0   ? runtime::reason::kill
                               : how == 1 ? runtime::reason::shutdown
                                          : runtime::reason::error("from outside"));
  }
  void part(member& one) {
    const auto how = draw(3);
    if (how == 0)
      one.client.vanish();
    else if (how == 1)
      one.client.close();
    else
      one.client.garble(R"(["1","2"])");
    one.has_vanished = how == 0;
    one.codes.insert(how == 1 ? 1000 : 1011);
  }
  void disconnect(const std::string& id) {
    for (auto& each : members_)
      if (each.id == id)
        each.codes.insert(1001);
    websock::channels::disconnect(node_.node(), id);
  }

  /// Nothing moves any more, and all is read.
  void settle() {
    for (auto& each : members_) {
      each.client.go_on_reading();
      if (!each.client.is_over())
        each.client.beat(next_ref('h'));
    }
    node_.advance(20s);
    for (auto& each : members_)
      each.client.read();
  }

  // By the clients or by a drain: every channel hears of it once, and is gone.
  void end() {
    std::vector<const room_record*> alive;
    for (const auto& each : notes_.rooms)
      if (each.is_alive)
        alive.push_back(&each);
    const bool drains = draw(2) == 0;
    for (auto& each : members_)
      if (!each.client.is_over())
        drains ? drain(each) : each.client.close();
    for (auto& each : members_)
      each.codes.insert(drains ? 1001 : 1000);
    node_.advance(20s);
    for (const auto* each : alive)
      CHECK(each->terminated == 1);
    for (const auto& each : notes_.rooms) {
      CHECK_FALSE(each.is_alive);
      CHECK(each.terminated <= 1);
    }
    CHECK(node_.node().process_count() == notes_.helpers.size());
    for (auto& each : members_)
      check_end(each);
  }
  static void drain(member& one) {
    one.client.peer().with_host(
        [](websock::connection_host& host) { host.drain({}, 0, 1, [](auto) {}); });
  }
  static void check_end(member& one) {
    const auto frame = one.client.peer().close_frame();
    CHECK((frame || one.has_vanished));
    if (frame)
      CHECK(one.codes.contains(frame->first));
  }

  std::mt19937_64 random_;
  ledger notes_; // outlives the processes
  std::shared_ptr<websock::channels::endpoint> of_ =
      std::make_shared<websock::channels::endpoint>();
  runtime::testing::stepped_node node_;
  std::deque<member> members_;
  int last_ref_ = 0;
};

/// What all programs together have tried, so that none of it is forgotten.
struct tally {
  void add(const program& one) {
    for (const auto& each : one.notes().rooms)
      (each.accepted ? accepted : refused) += 1;
    for (const auto& each : one.notes().deeds)
      ++deeds[each.what];
    for (const auto& each : one.members())
      for (const auto& got : each.client.lines())
        if (got.what == line::kind::end)
          ++ends[got.event];
  }

  int accepted = 0;
  int refused = 0;
  std::map<deed::kind, int> deeds{};
  std::map<std::string, int> ends{};
};

} // namespace

TEST_CASE("random programs: no reply is lost or doubled, each join ends once, and all is "
          "in order") {
  const auto all = tests::seeds_of(1'000);
  tally tried;
  for (auto seed = all.first; seed < all.end; ++seed) {
    INFO("seed " << seed);
    program it(seed);
    it.run(200);
    tried.add(it);
  }
  if (all.end - all.first < 1'000)
    return;
  CHECK(tried.accepted > 5'000);
  CHECK(tried.refused > 5'000);
  CHECK(tried.ends["phx_close"] > 1'000);
  CHECK(tried.ends["phx_error"] > 1'000);
  for (const auto what : {deed::kind::replied, deed::kind::let_reply, deed::kind::pushed,
                          deed::kind::said, deed::kind::said_others})
    CHECK(tried.deeds[what] > 1'000);
}
