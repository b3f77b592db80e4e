// The database.
#include "examples/lobby/accounts.hpp"

#include "websock/runtime/pubsub.hpp"
#include "websock/runtime/supervisor.hpp"

namespace lobby {

using namespace std::chrono_literals;

namespace {

constexpr auto quickness = 80ms;
constexpr std::size_t most_names = 1'000; // at this limit, all are forgotten
constexpr std::size_t most_crashes = 100; // within the default period of 5 s

} // namespace

websock::runtime::server_result accounts::init() {
  self().register_name(accounts_name);
  tell();
  return websock::runtime::noreply();
}

// If the caller has timed out by then, the reply is dropped.
websock::runtime::call_result accounts::handle_call(websock::runtime::term request,
                                                    websock::runtime::from caller) {
  if (request.is<current_speed>())
    return websock::runtime::reply(speed_);
  self().send_after(speed_ == speed::fast ? quickness : slowness_, self(),
                    due{std::move(caller), request.get<find_account>().name});
  return websock::runtime::noreply();
}

websock::runtime::server_result accounts::handle_cast(websock::runtime::term request) {
  if (const auto* wanted = request.get_if<set_speed>()) {
    speed_ = wanted->to;
    tell();
  }
  return websock::runtime::noreply();
}

websock::runtime::server_result accounts::handle_info(websock::runtime::term info) {
  if (const auto* ready = info.get_if<due>()) {
    if (visits_.size() >= most_names)
      visits_.clear();
    websock::runtime::reply(ready->caller, account{ready->name, ++visits_[ready->name]});
  }
  return websock::runtime::noreply();
}

void accounts::tell() {
  websock::runtime::pubsub::broadcast(self(), database_topic, database_is_up{speed_});
}

websock::runtime::child_spec database_child(websock::runtime::duration slowness) {
  const websock::runtime::supervisor_options options{
      .max_restarts = most_crashes,
      .children = {websock::runtime::child<accounts>(accounts_name, {}, slowness)},
      .name = database_name};
  return websock::runtime::child<websock::runtime::supervisor>(database_name, {},
                                                               options);
}

} // namespace lobby
