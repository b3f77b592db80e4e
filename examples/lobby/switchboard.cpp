// The switchboard.
#include "examples/lobby/switchboard.hpp"

#include "websock/runtime/call_failed.hpp"
#include "websock/runtime/gen_server.hpp"
#include "websock/runtime/process.hpp"
#include "websock/runtime/pubsub.hpp"
#include "websock/runtime/supervisor_requests.hpp"

#include "examples/lobby/frames.hpp"
#include "examples/lobby/words.hpp"

namespace lobby {

using namespace std::chrono_literals;
namespace {

constexpr auto limit = 2s; // for the database to report its speed, and for its supervisor

[[nodiscard]] const char* word_for(speed now) noexcept {
  return now == speed::fast ? "fast" : "slow";
}

} // namespace

// Subscribes first, so that no later change is missed.
websock::handle_result switchboard::init() {
  websock::runtime::pubsub::subscribe(self(), database_topic);
  watch();
  try {
    const auto now = co_await self().call<speed>(watched_, limit, current_speed{});
    co_return show(word_for(now));
  } catch (const websock::runtime::call_failed&) {
    co_return show("down");
  }
}

websock::handle_result switchboard::handle_in(websock::message_view in) {
  const auto asked = json::parse(in.text(), nullptr, false);
  if (!asked.is_object())
    co_return websock::stop(websock::runtime::reason::normal,
                            {1008, "a JSON object, please"});
  const auto order = text_of(asked, "database");
  const auto supervisor = self().whereis(database_name);
  if (order == "down") {
    const websock::runtime::request::terminate_child stop{accounts_name};
    co_await self().call<websock::runtime::child_result>(supervisor, limit, stop);
  } else if (order == "fast" || order == "slow") {
    const websock::runtime::request::restart_child start{accounts_name}; // if it is down
    co_await self().call<websock::runtime::child_result>(supervisor, limit, start);
    websock::runtime::cast(self().whereis(accounts_name),
                           set_speed{order == "fast" ? speed::fast : speed::slow});
  } else if (order == "crash") {
    if (const auto database = self().whereis(accounts_name))
      self().exit(database, websock::runtime::reason::kill);
  }
  if (const auto found = visitors_.whereis_name(text_of(asked, "end")))
    self().exit(found, websock::runtime::reason::shutdown);
  co_return websock::ok();
}

websock::handle_result switchboard::handle_info(websock::runtime::term info) {
  if (const auto* up = info.get_if<database_is_up>()) {
    watch();
    return show(word_for(up->now));
  }
  const auto* gone = info.get_if<websock::runtime::down>();
  return gone != nullptr && gone->who == watched_ ? show("down") : websock::ok();
}

void switchboard::watch() {
  const auto now = self().whereis(accounts_name);
  if (now == watched_)
    return;
  watched_ = now;
  if (watched_)
    static_cast<void>(self().monitor(watched_));
}

websock::handle_result switchboard::show(const std::string& state) {
  const bool is_up = state != "down";
  return websock::push(websock::text(json{
      {"type", "database"},
      {"state", state},
      {"pid", is_up ? to_string(watched_)
                    : std::string()}}.dump()));
}

} // namespace lobby
