// Nodes of a cluster that keep their topics, and are members of one Phoenix.PubSub.
#include "websock/phoenix/pubsub/pubsub.hpp"
#include "websock/runtime/distribution/etf/value.hpp"

#include "tests/engines/three_clusters.hpp"

#include <algorithm>

namespace tests {

namespace {

class phoenix_lab final : public engine_lab {
public:
  phoenix_lab() {
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      join(i);
    mend();
  }

  const engine_kind& kind() const override { return kind_; }
  runtime::node& node(std::size_t i) override { return nodes_.node(i); }
  std::string name(std::size_t i) override { return three_clusters::name(i); }
  engine_flow flow(std::size_t i) override {
    const auto now = members_.at(i)->figures();
    return {.sent = now.sent, .received = now.received};
  }
  void interrupt() override {
    nodes_.disconnect();
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      wait_until([&] { return members_.at(i)->nodes().empty(); });
  }
  void mend() override {
    nodes_.connect([this](auto i, auto j) { return knows(i, j); });
  }
  void last_leaves() override {
    members_.at(last()).reset();
    for (std::size_t i = 0; i < last(); ++i)
      wait_until([&] { return !knows(i, last()); });
  }
  // The names of those that were there are free a moment later.
  void last_returns() override {
    for (const auto* each : {"Elixir.App.PubSub.Adapter", "Elixir.Phoenix.PubSub"})
      wait_until([&] { return !node(last()).whereis(each); });
    join(last());
    mend();
  }

private:
  void join(std::size_t i) {
    members_.at(i).emplace(nodes_.node(i), nodes_.cluster(i),
                           websock::phoenix::pubsub_options{.name = "App.PubSub"});
  }
  [[nodiscard]] bool knows(std::size_t i, std::size_t j) {
    const auto all = members_.at(i)->nodes();
    return std::find(all.begin(), all.end(), name(j)) != all.end();
  }

  const engine_kind kind_ = phoenix_kind();
  three_clusters nodes_{topics::kept};
  std::array<std::optional<websock::phoenix::pubsub>, 3> members_;
};

// Elixir's processes would get terms of Erlang, and so do those of this library.
[[nodiscard]] std::string text_of_erlang(const runtime::term& message) {
  if (const auto* const arrived = message.get_if<runtime::etf::value>())
    if (const auto* const text = arrived->get_if<runtime::etf::binary>())
      return text->octets;
  return plain_text(message);
}

} // namespace

engine_kind phoenix_kind() {
  return {.name = "Phoenix",
          .make = []() -> std::unique_ptr<engine_lab> {
            return std::make_unique<phoenix_lab>();
          },
          .text = text_of_erlang};
}

} // namespace tests
