// The order of all lines.
#include "examples/chat/archive.hpp"

#include "websock/channels.hpp"
#include "websock/channels/presence.hpp"
#include "websock/runtime/log.hpp"
#include "websock/runtime/node.hpp"
#include "websock/runtime/pubsub.hpp"

#include "examples/chat/directory.hpp"
#include "examples/chat/names.hpp"

#include <exception>

namespace chat {

namespace runtime = websock::runtime;

namespace {

/// Between archives.
constexpr const char* archives_topic = "archives";
/// What finds it full is refused.
constexpr std::uint32_t most_waiting = 10'000;

} // namespace

runtime::server_result archive::init() {
  self().limit_mailbox(
      {.max_messages = most_waiting, .policy = runtime::when_full::drop_newest});
  self().register_name(archive_name);
  if (its_.has_other_nodes)
    runtime::pubsub::subscribe(self(), archives_topic);
  return runtime::noreply();
}

runtime::call_result archive::handle_call(runtime::term request, runtime::from) {
  return request.match(
      [&](const open_room& wanted) { return open(wanted); },
      [&](const say_line& wanted) { return say(wanted); },
      [&](const reserve_name& wanted) { return reserve(wanted); },
      [&](const lines_after& wanted) {
        return runtime::reply(its_.known->after(wanted.room, wanted.number));
      },
      [&](list_rooms) { return runtime::reply(its_.known->entries()); },
      [](runtime::otherwise) { return runtime::call_result(runtime::noreply()); });
}

runtime::server_result archive::handle_info(runtime::term info) {
  return info.match([&](const line_elsewhere& heard) { return hear(heard); },
                    [](runtime::otherwise) { return runtime::noreply(); });
}

// Who enters has a token of the name. Lines have another order on each node, so one that
// was seen on another says nothing of those before it.
runtime::call_result archive::open(open_room wanted) {
  static_cast<void>(co_await is_reserved(wanted.name));
  if (!co_await has_place(wanted.room))
    co_return runtime::reply(opened{});
  const auto since = its_.has_other_nodes ? std::string() : wanted.since;
  co_return runtime::reply(opened{true, its_.known->read(wanted.room, since)});
}

// Another room may have to go, in which nobody is.
runtime::waiting<bool> archive::has_place(std::string room) {
  auto& known = *its_.known;
  if (known.contains(room))
    co_return true;
  if (known.is_full()) {
    const auto gone = known.dispensable(moment_now(), [&](const std::string& each) {
      return its_.people->list_text(topic_of(each)) != "{}";
    });
    if (!gone)
      co_return false;
    const auto forget = [room = *gone](journal& from) { from.forget(room); };
    if (!co_await store(forget))
      co_return false;
    known.forget(*gone);
    tell_directory(self(), room_gone{*gone});
  }
  known.open(room, moment_now());
  tell_directory(self(), room_news{room, 0, moment_now()});
  co_return true;
}

runtime::call_result archive::say(say_line wanted) {
  using outcome = kept::outcome;
  if (const auto* known = its_.known->find(wanted.room, wanted.said.id)) {
    if (known->name != wanted.said.name)
      co_return runtime::reply(kept{outcome::taken});
    co_return runtime::reply(kept{outcome::kept, known->number, known->at});
  }
  const auto said = its_.known->next(wanted.room, wanted.said, moment_now());
  if (!co_await is_kept(wanted.room, said))
    co_return runtime::reply(kept{outcome::busy});
  if (its_.has_other_nodes)
    runtime::pubsub::broadcast_from(
        self(), archives_topic,
        line_elsewhere{wanted.room, said.id, said.name, said.text, said.at});
  co_return runtime::reply(kept{outcome::kept, said.number, said.at});
}

// A line of another node: the same, with the time at which it was said.
runtime::server_result archive::hear(line_elsewhere heard) {
  if (!is_room(heard.room) || !is_name(heard.name) || !is_line(heard.text)
      || !is_id(heard.id) || its_.known->find(heard.room, heard.id) != nullptr
      || !co_await has_place(heard.room))
    co_return runtime::noreply();
  auto said = its_.known->next(heard.room, {heard.id, 0, heard.name, heard.text, 0}, 0);
  said.at = heard.at;
  static_cast<void>(co_await is_kept(heard.room, said));
  co_return runtime::noreply();
}

// Kept first and told then: who has heard a line finds it here again.
runtime::waiting<bool> archive::is_kept(std::string room, line said) {
  const auto most = its_.known->bounds().lines;
  const auto add = [room, said, most](journal& to) { to.add(room, said, most); };
  if (!co_await store(add))
    co_return false;
  its_.known->append(room, said);
  tell_room(room, said);
  tell_directory(self(), room_news{room, said.number, said.at});
  co_return true;
}

// Other nodes' archives tell their own clients, in the order of their own numbers.
void archive::tell_room(const std::string& room, const line& said) {
  if (its_.has_other_nodes)
    websock::channels::local_broadcast(self(), topic_of(room), "line", to_json(said));
  else
    websock::channels::broadcast(self(), topic_of(room), "line", to_json(said));
}

runtime::call_result archive::reserve(reserve_name wanted) {
  if (wanted.by == reserve_name::claim::wanted && its_.names->contains(wanted.name))
    co_return runtime::reply(reservation::taken);
  const bool is_done = co_await is_reserved(wanted.name);
  co_return runtime::reply(is_done ? reservation::granted : reservation::busy);
}

runtime::waiting<bool> archive::is_reserved(std::string name) {
  if (!its_.names->contains(name)) {
    const auto reserve = [name](journal& in) { in.reserve(name); };
    if (!co_await store(reserve))
      co_return false;
  }
  if (const auto freed = its_.names->use(name)) {
    const auto release = [name = *freed](journal& in) { in.release(name); };
    static_cast<void>(co_await store(release));
  }
  co_return true;
}

runtime::waiting<bool> archive::store(std::function<void(journal&)> change) {
  if (its_.store == nullptr)
    co_return true;
  const auto work = [to = its_.store, change = std::move(change)] { change(*to); };
  try {
    co_await self().offload(work);
    co_return true;
  } catch (const std::exception& failed) {
    self().node().log(runtime::log_level::error, std::string("chat: ") + failed.what());
  }
  co_return false;
}

} // namespace chat
