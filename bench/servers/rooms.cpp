// Rooms as a user would write them.
#include "bench/servers/rooms.hpp"

#include "websock/channels.hpp"
#include "websock/channels/presence.hpp"
#include "websock/websock.hpp"

#include <string>
#include <string_view>

namespace runtime = websock::runtime;

namespace bench {

namespace {

using websock::channels::presence;

class room final : public websock::channel {
  websock::join_result join(std::string_view, const payload&) override { return ok(); }
  websock::channel_result handle_in(std::string_view event, const payload& in) override {
    if (event == "echo")
      return reply(in);
    if (event == "values")
      return reply({{"body", in["body"]}});
    broadcast(event, in);
    return noreply();
  }
};

struct after_join {};

class person final : public websock::channel {
public:
  explicit person(presence* people) : people_(people) {}

private:
  websock::join_result join(std::string_view, const payload&) override {
    self().send(self().pid(), after_join());
    return ok();
  }
  websock::channel_result handle_info(runtime::term info) override {
    if (info.is<after_join>()) {
      people_->push_state(*this);
      people_->track(*this, "me", {{"status", "online"}});
    }
    return noreply();
  }

  presence* const people_;
};

} // namespace

struct rooms::content {
  explicit content(websock::server& on) : people(on.node()) {}

  presence people;
};

rooms::rooms(websock::server& on, std::size_t present)
    : content_(std::make_unique<content>(on)) {
  auto& people = content_->people;
  on.channels<websock::channel_socket>("/socket", {.timeout = std::chrono::hours(1)})
      .channel<room>("room:*")
      .channel<room>("kept:*", {.history = 1'000})
      .channel<person>("people:*", &people);
  if (present == 0)
    return;
  const auto crowd = on.node().spawn([](runtime::process& self) -> runtime::waiting<> {
    co_await self.sleep(std::chrono::hours(24));
  });
  for (std::size_t i = 0; i < present; ++i)
    people.track(crowd, "people:lobby", "user " + std::to_string(i),
                 {{"status", "online"}, {"name", "User " + std::to_string(i)}});
}

rooms::~rooms() = default;

} // namespace bench
