// Handlers of events: attached, called, detached. Source: the documentation of telemetry.
#include "websock/runtime/telemetry/event_table.hpp"

#include "websock/runtime/telemetry/event.hpp"
#include "websock/runtime/telemetry/event_span.hpp"
#include "websock/runtime/telemetry/runtime_events.hpp"

#include "tests/catch.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace runtime = websock::runtime;

using runtime::event;
using runtime::event_facts;
using runtime::event_name;

namespace {

constexpr event_name sold("shop.order.sold");
constexpr event_name returned("shop.order.returned");
constexpr runtime::span_events packing{event_name("shop.packing.start"),
                                       event_name("shop.packing.stop"),
                                       event_name("shop.packing.exception")};

/// A table, what its handlers heard, and what it reported.
struct scene {
  std::vector<std::string> heard;
  std::vector<std::string> reports;
  runtime::event_table table{[this](std::string_view who) { reports.emplace_back(who); }};

  runtime::event_handler note(const std::string& as) {
    return [this, as](const event& what) {
      heard.push_back(as + " " + std::string(what.name.text()));
    };
  }
};

[[nodiscard]] event_facts two_books() {
  return {{{"count", 2}}, {{"title", std::string("Faust")}}};
}

} // namespace

TEST_CASE("a handler gets the measurements and metadata of the events it listens to") {
  scene on;
  std::int64_t count = 0;
  std::string title;
  on.table.attach("a", {sold}, [&](const event& what) {
    count = what.measured("count").value_or(-1);
    title = *what.find<std::string>("title");
    CHECK_FALSE(what.measured("weight"));
    CHECK(what.find<int>("title") == nullptr);
  });
  on.table.tell(sold, two_books);
  on.table.tell(returned, two_books);
  CHECK(count == 2);
  CHECK(title == "Faust");
}

TEST_CASE("handlers are called in the order in which they were attached") {
  scene on;
  on.table.attach("b", {sold, returned}, on.note("b"));
  on.table.attach("a", {sold}, on.note("a"));
  on.table.tell(sold, two_books);
  on.table.tell(returned, two_books);
  CHECK(on.heard
        == std::vector<std::string>{"b shop.order.sold", "a shop.order.sold",
                                    "b shop.order.returned"});
  CHECK(on.table.handlers_of(sold) == std::vector<std::string>{"b", "a"});
}

TEST_CASE("facts are not made when nobody listens") {
  scene on;
  on.table.attach("a", {returned}, on.note("a"));
  CHECK_FALSE(on.table.is_heard(sold));
  CHECK(on.table.is_heard(returned));
  on.table.tell(sold, []() -> event_facts { throw std::runtime_error("made"); });
  CHECK(on.reports.empty());
}

TEST_CASE("an id is attached once, until it is detached") {
  scene on;
  on.table.attach("a", {sold}, on.note("first"));
  CHECK_THROWS_AS(on.table.attach("a", {sold}, on.note("second")), std::invalid_argument);
  CHECK_THROWS_AS(on.table.attach("b", {sold}, {}), std::invalid_argument);
  CHECK(on.table.detach("a"));
  CHECK_FALSE(on.table.detach("a"));
  CHECK_FALSE(on.table.is_heard(sold));
  on.table.attach("a", {sold}, on.note("second"));
  on.table.tell(sold, two_books);
  CHECK(on.heard == std::vector<std::string>{"second shop.order.sold"});
}

TEST_CASE("the number of handlers has a limit") {
  scene on;
  for (std::size_t i = 0; i < runtime::event_table::most_handlers; ++i)
    on.table.attach(std::to_string(i), {sold}, on.note("many"));
  CHECK_THROWS_AS(on.table.attach("one more", {sold}, on.note("")), std::length_error);
}

TEST_CASE("a handler that throws is detached and reported, and the others are called") {
  scene on;
  on.table.attach("a", {sold}, [](const event&) { throw std::runtime_error("broken"); });
  on.table.attach("b", {sold}, on.note("b"));
  on.table.attach("c", {runtime::events::handler_failed}, [&](const event& what) {
    on.heard.push_back(*what.find<std::string>("handler") + " failed at "
                       + *what.find<std::string>("event"));
  });
  on.table.tell(sold, two_books);
  on.table.tell(sold, two_books);
  CHECK(on.heard
        == std::vector<std::string>{"a failed at shop.order.sold", "b shop.order.sold",
                                    "b shop.order.sold"});
  CHECK(on.reports == std::vector<std::string>{"event handler a is detached"});
}

TEST_CASE("a handler that throws when told of failed handlers is detached as well") {
  scene on;
  const auto fail = [](const event&) { throw std::runtime_error("broken"); };
  on.table.attach("a", {sold}, fail);
  on.table.attach("b", {runtime::events::handler_failed}, fail);
  on.table.tell(sold, two_books);
  CHECK(on.reports.size() == 2);
  CHECK_FALSE(on.table.is_heard(runtime::events::handler_failed));
}

TEST_CASE("a handler may detach itself and attach others while it is called") {
  scene on;
  on.table.attach("once", {sold}, [&](const event&) {
    CHECK(on.table.detach("once"));
    on.table.attach("next", {sold}, on.note("next"));
  });
  on.table.tell(sold, two_books);
  CHECK(on.heard.empty());
  on.table.tell(sold, two_books);
  CHECK(on.heard == std::vector<std::string>{"next shop.order.sold"});
}

TEST_CASE("facts that cannot be made are reported") {
  scene on;
  on.table.attach("a", {sold}, on.note("a"));
  on.table.tell(sold, []() -> event_facts { throw std::runtime_error("no memory"); });
  CHECK(on.heard.empty());
  CHECK(on.reports == std::vector<std::string>{"an event is not told"});
}

TEST_CASE("a span tells its start and its stop, with the duration") {
  scene on;
  on.table.attach(
      "a", {packing.start, packing.stop, packing.exception}, [&](const event& what) {
        on.note("a")(what);
        CHECK(*what.find<std::string>("who") == "Ada");
        CHECK(what.measured("duration").has_value() == (what.name == packing.stop));
      });
  const auto about = [] {
    return std::vector<runtime::metadatum>{{"who", std::string("Ada")}};
  };
  CHECK(runtime::span(on.table, packing, about, [] { return 7; }) == 7);
  CHECK(on.heard
        == std::vector<std::string>{"a shop.packing.start", "a shop.packing.stop"});
}

TEST_CASE("a span that throws tells the exception instead of the stop") {
  scene on;
  on.table.attach("a", {packing.stop, packing.exception}, on.note("a"));
  const auto nothing = [] { return std::vector<runtime::metadatum>{}; };
  const auto fail = [] { throw std::runtime_error("torn"); };
  CHECK_THROWS_AS(runtime::span(on.table, packing, nothing, fail), std::runtime_error);
  CHECK(on.heard == std::vector<std::string>{"a shop.packing.exception"});
}

TEST_CASE("a span to which nobody listens only does its work") {
  scene on;
  const auto about = []() -> std::vector<runtime::metadatum> {
    throw std::runtime_error("described");
  };
  CHECK(runtime::span(on.table, packing, about, [] { return 7; }) == 7);
}
