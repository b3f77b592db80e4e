// The channels of random programs.
#include "tests/channels/socket/random_room.hpp"

#include "websock/channels/broadcast/broadcast.hpp"

#include "tests/support/puppet.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>

namespace tests::random_sockets {

using websock::channel_result;
using websock::join_result;
using websock::channels::payload;
using kind = deed::kind;

namespace {

/// To oneself: the time has come to reply.
struct due {
  websock::channels::socket_ref to;
  std::string ref;
};

[[nodiscard]] runtime::duration time_in(const json& in) {
  return std::chrono::milliseconds(in.value("ms", 0));
}

} // namespace

room_record& ledger::add_room() {
  auto& added = rooms.emplace_back();
  added.number = rooms.size();
  return added;
}

const room_record* ledger::find_room(std::string_view join) const {
  const auto found = std::find_if(rooms.begin(), rooms.end(),
                                  [join](const auto& each) { return each.join == join; });
  return found == rooms.end() ? nullptr : &*found;
}

json ledger::note(deed what) {
  what.number = ++last_number;
  deeds.push_back(what);
  return {{"n", what.number}, {"c", what.by}};
}

join_result random_room::join(std::string_view topic, const payload& params) {
  its_.topic = topic;
  its_.join = join_ref().octets();
  its_.who = self().pid();
  its_.intercepts = params["intercepts"];
  self().trap_exit(params["traps"]);
  const std::string how = params["how"];
  its_.may_be_killed = how.starts_with("slow");
  if (how.starts_with("slow"))
    return join_slowly(how, time_in(params.value()));
  if (how == "never")
    return join_slowly(how, std::chrono::hours(1));
  if (how == "crash")
    throw std::runtime_error("a join that crashes");
  return how == "ok" ? ok() : refuse();
}

join_result random_room::join_slowly(std::string how, runtime::duration time) {
  co_await self().sleep(time);
  if (how == "slow crash")
    throw std::runtime_error("a slow join that crashes");
  co_return how == "slow refuse" ? refuse() : ok();
}

// Asked when the join is accepted.
std::vector<std::string> random_room::intercepted() const {
  its_.accepted = notes_.deeds.size();
  return its_.intercepts ? std::vector<std::string>{"said"} : std::vector<std::string>();
}

channel_result random_room::handle_in(std::string_view event, const payload& in) {
  notes_.note({kind::handled, its_.number, ref().octets()});
  replies_with_octets_ = in.is_binary();
  const auto body = in.is_binary() ? json::parse(in.text()) : in.value();
  if (event.starts_with("waits"))
    return wait(std::string(event), ref().octets(), time_in(body));
  if (std::find(deadly_manners.begin(), deadly_manners.end(), event)
      != deadly_manners.end())
    return end(event, ref().octets());
  return do_harmless(event, body);
}

channel_result random_room::do_harmless(std::string_view how, const json& in) {
  if (how == "quiet")
    return noreply();
  if (how == "later") {
    self().send_after(time_in(in), self(), due{reference(), ref().octets()});
    return noreply();
  }
  if (how == "elsewhere" || how == "twice") {
    reply_elsewhere(how == "twice" ? 2 : 1);
    return noreply();
  }
  if (how == "pushes")
    for (int left = in.value("count", 0); left > 0; --left)
      push("pushed", notes_.note({kind::pushed, its_.number}));
  if (how == "say")
    say(kind::said);
  if (how == "say others")
    say(kind::said_others);
  return answer(ref().octets(), how == "error" ? "error" : "ok");
}

channel_result random_room::wait(std::string then, std::string ref,
                                 runtime::duration time) {
  co_await self().sleep(time);
  if (then == "waits, crash")
    throw std::runtime_error("a callback that crashes late");
  auto result = answer(ref);
  if (then == "waits, stop")
    co_return std::move(result).and_stop(runtime::reason::normal);
  co_return result;
}

channel_result random_room::end(std::string_view how, const std::string& ref) {
  its_.has_crashed = how == "exit";
  if (how == "exit")
    runtime::process::exit(runtime::reason::normal);
  if (how == "stop")
    return stop(runtime::reason::shutdown);
  if (how == "reply, stop")
    return answer(ref).and_stop(runtime::reason::shutdown(std::string("enough")));
  if (how == "bad stop")
    return stop(runtime::reason::error("a bad end"));
  throw std::runtime_error("a callback that crashes");
}

channel_result random_room::answer(const std::string& ref, std::string status) {
  const auto body = notes_.note({kind::replied, its_.number, ref, 0, its_.topic, status});
  return reply_as(status,
                  replies_with_octets_ ? payload::binary(body.dump()) : payload(body));
}

void random_room::say(kind to_whom) {
  auto body = notes_.note({to_whom, its_.number, {}, 0, its_.topic});
  body["said"] = body["n"];
  body["s"] = its_.number;
  if (to_whom == kind::said)
    broadcast("said", body);
  else
    broadcast_from("said", body);
}

// By processes on this shard and on the other, in the order in which they come to it.
void random_room::reply_elsewhere(std::size_t times) {
  for (std::size_t i = 0; i < times; ++i)
    tell(notes_.helpers.at(i), [&notes = notes_, by = its_.number, to = reference(),
                                ref = ref().octets()](runtime::process&) {
      to.reply(notes.note({kind::let_reply, by, ref, 0, {}, "ok"}));
    });
}

channel_result random_room::handle_info(runtime::term info) {
  if (const auto* now = info.get_if<due>())
    now->to.reply(
        notes_.note({kind::replied, its_.number, now->ref, 0, its_.topic, "ok"}));
  return noreply();
}

channel_result random_room::handle_out(std::string_view, const payload& out) {
  auto body = notes_.note({kind::pushed, its_.number});
  body["said"] = out["said"];
  body["s"] = out["s"];
  body["intercepted"] = true;
  push("said", body);
  return noreply();
}

void random_room::terminate(const runtime::exit_reason& why) {
  ++its_.terminated;
  its_.has_crashed = its_.has_crashed || why.is_abnormal();
}

} // namespace tests::random_sockets
