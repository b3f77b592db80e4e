// Exit reasons between nodes.
#include "websock/runtime/distribution/terms/exit_terms.hpp"

#include "websock/runtime/address/not_transmissible.hpp"
#include "websock/runtime/atom.hpp"
#include "websock/runtime/distribution/etf/malformed.hpp"

#include "tests/catch.hpp"
#include "tests/distribution/terms/fake_identities.hpp"

namespace runtime = websock::runtime;
namespace distribution = runtime::distribution;
namespace etf = runtime::etf;
namespace reason = runtime::reason;

using runtime::exit_reason;
using runtime::term;

namespace {

struct stranger {};

class crossing {
public:
  [[nodiscard]] std::string shown(const exit_reason& why) {
    std::string octets;
    etf::writer out(octets);
    distribution::reason_to_etf(why, out, *nodes_.ids);
    return show(octets);
  }
  [[nodiscard]] std::string shown_always(const exit_reason& why) {
    std::string octets;
    etf::writer out(octets);
    distribution::any_reason_to_etf(why, out, *nodes_.ids);
    return show(octets);
  }
  [[nodiscard]] exit_reason arrive(const etf::value& why) {
    return read(distribution::border::octets(why));
  }
  [[nodiscard]] exit_reason cross(const exit_reason& why) {
    std::string octets;
    etf::writer out(octets);
    distribution::reason_to_etf(why, out, *nodes_.ids);
    return read(octets);
  }
  [[nodiscard]] exit_reason read(std::string_view octets) {
    etf::reader in(octets);
    auto why = distribution::reason_from_etf(in, *nodes_.ids);
    CHECK(in.at_end());
    return why;
  }

private:
  [[nodiscard]] static std::string show(const std::string& octets) {
    etf::reader in(octets);
    return to_string(in.value());
  }
  distribution::border nodes_;
};

[[nodiscard]] etf::value tuple(std::vector<etf::value> elements) {
  return etf::tuple{std::move(elements)};
}

} // namespace

TEST_CASE("well-known exit reasons are Erlang's atoms, both ways") {
  crossing nodes;
  for (const auto kind :
       {reason::normal, reason::kill, reason::killed, reason::noproc,
        reason::noconnection, reason::timeout, exit_reason::kind::shutdown}) {
    const exit_reason why(kind);
    CHECK(nodes.shown(why) == to_string(why));
    CHECK(nodes.cross(why) == why);
    CHECK(nodes.arrive(etf::atom{to_string(why)}).what() == kind);
  }
}

TEST_CASE("a shutdown keeps its term") {
  crossing nodes;
  CHECK(nodes.shown(reason::shutdown(runtime::atom{"x"})) == "{shutdown,x}");
  const auto arrived = nodes.arrive(tuple({etf::atom{"shutdown"}, etf::atom{"x"}}));
  CHECK(arrived == reason::shutdown(runtime::atom{"x"}));
  CHECK(arrived.is_shutdown());
  CHECK(nodes.cross(reason::shutdown("restart")) == reason::shutdown("restart"));
  CHECK(nodes.cross(reason::shutdown(3)) == reason::shutdown(3));
}

TEST_CASE("an exception has the shape of an error of Erlang's, and comes back as one") {
  crossing nodes;
  CHECK(nodes.shown(reason::error("no such room")) == "{<<\"no such room\">>,[]}");
  CHECK(nodes.cross(reason::error("no such room")) == reason::error("no such room"));
  CHECK(nodes.shown(exit_reason::kind::error) == "{error,[]}");
  CHECK(nodes.cross(exit_reason::kind::error) == exit_reason::kind::error);
}

TEST_CASE("an error of Erlang's keeps its stack trace") {
  crossing nodes;
  const etf::value frame =
      tuple({etf::atom{"m"}, etf::atom{"f"}, 2, etf::list{{etf::atom{"x"}}}});
  for (const auto& why : {tuple({etf::atom{"oops"}, etf::list{{frame}}}),
                          tuple({etf::atom{"oops"}, etf::atom{"stack"}}),
                          tuple({etf::binary{"text"}, etf::list{{frame}}})}) {
    const auto arrived = nodes.arrive(why);
    CHECK(arrived.what() == exit_reason::kind::term);
    CHECK(arrived.detail().get<etf::value>() == why);
    CHECK(to_string(arrived) == to_string(why));
    CHECK(nodes.shown(arrived) == to_string(why));
  }
}

TEST_CASE("any other term is a reason, and goes back as it came") {
  crossing nodes;
  const etf::value any =
      tuple({etf::atom{"any"}, etf::string_list{"text"}, etf::binary{"bin"}, 1.5,
             etf::map{{{etf::atom{"k"}, etf::atom{"v"}}}}});
  const auto arrived = nodes.arrive(any);
  CHECK(to_string(arrived) == R"({any,"text",<<"bin">>,1.5,#{k => v}})");
  CHECK(nodes.shown(arrived) == to_string(any));
  CHECK(nodes.arrive(etf::atom{"bye"}) == reason::of(runtime::atom{"bye"}));
  CHECK(nodes.cross(reason::of("bye")) == reason::of("bye"));
  CHECK(nodes.cross(reason::of(17)) == reason::of(17));
  CHECK(nodes.arrive(tuple({etf::atom{"shutdown"}})).is_abnormal());
  CHECK(nodes.arrive(tuple({etf::atom{"shutdown"}, 1, 2})).is_abnormal());
  CHECK(nodes.arrive(etf::tuple{}).is_abnormal());
}

TEST_CASE("a reason that cannot leave its node is refused, or goes as its text") {
  crossing nodes;
  const auto why = reason::of(stranger());
  CHECK_THROWS_AS(nodes.shown(why), runtime::not_transmissible);
  CHECK(nodes.shown_always(why).find("stranger") != std::string::npos);
  CHECK(nodes.shown_always(reason::shutdown(stranger())).find("shutdown")
        != std::string::npos);
  CHECK(nodes.shown_always(reason::killed) == "killed");
}

TEST_CASE("a reason that is cut off is malformed") {
  crossing nodes;
  const auto whole = distribution::border::octets(
      tuple({etf::atom{"shutdown"}, etf::list{{1, etf::binary{"x"}}}}));
  for (std::size_t length = 0; length < whole.size(); ++length)
    CHECK_THROWS_AS(nodes.read(std::string_view(whole).substr(0, length)),
                    etf::malformed);
}
