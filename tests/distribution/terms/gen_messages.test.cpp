// Requests, casts and replies of gen_server between nodes.
#include "websock/runtime/distribution/terms/gen_messages.hpp"

#include "websock/runtime/distribution/terms/register_message.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/terms/fake_identities.hpp"

namespace runtime = websock::runtime;
namespace distribution = runtime::distribution;
namespace etf = runtime::etf;

using distribution::remote_call;
using distribution::remote_cast;
using runtime::term;

namespace {

struct find {
  int id = 0;
};

[[nodiscard]] etf::value tuple(std::vector<etf::value> elements) {
  return etf::tuple{std::move(elements)};
}

const etf::pid caller{{"b@127.0.0.1"}, 17, 3, 1};
const etf::reference id{{"b@127.0.0.1"}, 1, {1, 2, 3}, 3};
const etf::value alias_tag(etf::improper_list{{etf::atom{"alias"}}, id});

class crossing {
public:
  [[nodiscard]] distribution::arrived_message arrive(const etf::value& message) {
    const auto octets = distribution::border::octets(message);
    etf::reader in(octets);
    auto arrived = distribution::arrived_from_etf(in, *nodes.ids);
    CHECK(in.at_end());
    return arrived;
  }
  template <class F>
  [[nodiscard]] std::string written(F write) {
    std::string octets;
    etf::writer out(octets);
    write(out);
    return octets;
  }
  [[nodiscard]] static etf::value value(const std::string& octets) {
    etf::reader in(octets);
    return in.value();
  }

  distribution::border nodes;
};

} // namespace

TEST_CASE("a request of Erlang's has a caller, a tag and a request") {
  runtime::register_message<find>("find", &find::id);
  crossing all;
  for (const etf::value& tag : {alias_tag, etf::value(id), tuple({1, 2})}) {
    const auto arrived = all.arrive(tuple(
        {etf::atom{"$gen_call"}, tuple({caller, tag}), tuple({etf::atom{"find"}, 5})}));
    REQUIRE(std::holds_alternative<remote_call>(arrived));
    const auto& call = std::get<remote_call>(arrived);
    CHECK(call.caller == all.nodes.ids->to_pid(caller));
    CHECK(call.tag == tag);
    CHECK(call.request.get<find>().id == 5);
  }
}

TEST_CASE("a cast of Erlang's is a message") {
  crossing all;
  const auto arrived = all.arrive(tuple({etf::atom{"$gen_cast"}, 5}));
  REQUIRE(std::holds_alternative<remote_cast>(arrived));
  CHECK(std::get<remote_cast>(arrived).message == term(5));
}

TEST_CASE("what only resembles a request or a cast is a message like any other") {
  crossing all;
  for (const etf::value& message :
       {tuple({etf::atom{"$gen_call"}, 1, 2}), tuple({etf::atom{"$gen_call"}, 1}),
        tuple({etf::atom{"$gen_call"}, tuple({caller}), 2}),
        tuple({etf::atom{"$gen_call"}, tuple({1, id}), 2}),
        tuple({etf::atom{"$gen_cast"}}), tuple({etf::atom{"$gen_cast"}, 1, 2}),
        etf::value(etf::atom{"$gen_cast"}), etf::value(etf::tuple{})}) {
    CAPTURE(to_string(message));
    const auto arrived = all.arrive(message);
    REQUIRE(std::holds_alternative<term>(arrived));
    CHECK(all.nodes.seen(std::get<term>(arrived)) == message);
  }
}

TEST_CASE("a request and a cast of ours are Erlang's") {
  runtime::register_message<find>("find", &find::id);
  crossing all;
  const auto self = all.nodes.ids->spawn();
  const runtime::reference ours(5);
  const auto call = crossing::value(all.written([&](etf::writer& out) {
    distribution::call_to_etf(self, ours, term(find{7}), out, *all.nodes.ids);
  }));
  const etf::value tag(
      etf::improper_list{{etf::atom{"alias"}}, all.nodes.ids->to_etf(ours)});
  CHECK(call
        == tuple({etf::atom{"$gen_call"}, tuple({all.nodes.ids->to_etf(self), tag}),
                  tuple({etf::atom{"find"}, 7})}));
  const auto cast = crossing::value(all.written([&](etf::writer& out) {
    distribution::cast_to_etf(term(1, "a"), out, *all.nodes.ids);
  }));
  CHECK(to_string(cast) == "{'$gen_cast',{1,<<\"a\">>}}");
}

TEST_CASE("requests, casts and replies are no deeper than the limit") {
  runtime::register_message<std::vector<std::vector<int>>>();
  crossing all;
  const auto self = all.nodes.ids->spawn();
  const etf::limits few{.depth = 2};
  const auto call = [&](const term& message, etf::writer& out) {
    distribution::call_to_etf(self, runtime::reference(5), message, out, *all.nodes.ids,
                              few);
  };
  const auto cast = [&](const term& message, etf::writer& out) {
    distribution::cast_to_etf(message, out, *all.nodes.ids, few);
  };
  const auto reply = [&](const term& message, etf::writer& out) {
    distribution::reply_to_etf(1, message, out, *all.nodes.ids, few);
  };
  const auto check = [&](auto write) {
    std::string octets;
    etf::writer out(octets);
    CHECK_NOTHROW(write(term(std::vector<int>{1}), out));
    CHECK_THROWS_AS(write(term(std::vector<std::vector<int>>{{1}}), out),
                    runtime::not_transmissible);
  };
  check(call);
  check(cast);
  check(reply);
}

TEST_CASE("a reply carries the tag of its request") {
  crossing all;
  const auto reply = crossing::value(all.written([&](etf::writer& out) {
    distribution::reply_to_etf(alias_tag, term("done"), out, *all.nodes.ids);
  }));
  CHECK(reply == tuple({alias_tag, etf::binary{"done"}}));
}

TEST_CASE("a reply goes to the alias of its tag, if there is one") {
  CHECK(distribution::reply_alias(alias_tag) == id);
  CHECK(distribution::reply_alias(etf::improper_list{{alias_tag}, 1}) == id);
  CHECK(distribution::reply_alias(etf::list{{alias_tag, 1}}) == id);
  for (const etf::value& other :
       {etf::value(id), etf::value(etf::list{}), etf::value(etf::list{{1}}),
        etf::value(etf::improper_list{{etf::atom{"other"}}, id}),
        etf::value(etf::improper_list{{etf::atom{"alias"}}, 1})})
    CHECK_FALSE(distribution::reply_alias(other));
}

TEST_CASE("a reply answers the request of its reference") {
  crossing all;
  const runtime::reference ours(5);
  const auto wire = all.nodes.ids->to_etf(ours);
  for (const etf::value& tag :
       {etf::value(wire), etf::value(etf::improper_list{{etf::atom{"alias"}}, wire})}) {
    const auto octets = distribution::border::octets(tuple({tag, 5}));
    etf::reader in(octets);
    const auto reply = distribution::reply_from_etf(in, *all.nodes.ids);
    REQUIRE(reply);
    CHECK(reply->id == ours);
    CHECK(reply->value.get<int>() == 5);
    CHECK(in.at_end());
  }
  for (const etf::value& other :
       {tuple({1, 2}), tuple({wire}), tuple({wire, 1, 2}), etf::value(wire),
        tuple({etf::list{{etf::atom{"alias"}}}, 1})}) {
    const auto octets = distribution::border::octets(other);
    etf::reader in(octets);
    CHECK_FALSE(distribution::reply_from_etf(in, *all.nodes.ids));
    CHECK(in.position() == 0);
  }
}
