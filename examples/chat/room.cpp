// A room.
#include "examples/chat/room.hpp"

#include "websock/runtime/pubsub.hpp"

#include <stdexcept>

namespace chat {

using namespace std::chrono_literals;

namespace {
constexpr std::size_t longest_history = 50;
constexpr auto kept_empty = 10min; // how long an empty room keeps its history
} // namespace

websock::runtime::server_result room::init() {
  if (!house_.rooms.register_key(self(), name_, population{0}).is_ok())
    return websock::runtime::ignore();
  population_is_new();
  return websock::runtime::noreply();
}

websock::runtime::server_result room::handle_cast(websock::runtime::term request) {
  return request.match(
      [&](const enter& who) {
        join(who);
        return websock::runtime::noreply();
      },
      [&](const say& line) {
        said(line);
        return websock::runtime::noreply();
      },
      [&](const rename& change) {
        renamed(change);
        return websock::runtime::noreply();
      },
      [](give_way) {
        return websock::runtime::stop(websock::runtime::reason::shutdown("elsewhere"));
      },
      [](websock::runtime::otherwise) { return websock::runtime::noreply(); });
}

// A visitor who enters once the room has decided to retire sees it go and creates a new
// one.
websock::runtime::server_result room::handle_info(websock::runtime::term info) {
  return info.match(
      [&](const websock::runtime::down& gone) {
        left(gone);
        return websock::runtime::noreply();
      },
      [&](retirement_due) {
        return members_.empty() ? websock::runtime::stop(websock::runtime::reason::normal)
                                : websock::runtime::noreply();
      },
      [&](websock::runtime::otherwise) { return websock::runtime::noreply(); });
}

void room::join(const enter& who) {
  members_[who.who] = {who.nick, self().monitor(who.who)};
  const json you{{"id", to_string(who.who)}, {"nick", who.nick}};
  self().send(who.who, welcome{self().pid(), as_message({{"type", "welcome"},
                                                         {"room", name_},
                                                         {"you", you},
                                                         {"members", members()},
                                                         {"history", history_}})});
  announce(who.who,
           {{"type", "joined"},
            {"id", you["id"]},
            {"nick", who.nick},
            {"again", who.again},
            {"at", milliseconds_now()}},
           true);
  population_is_new();
}

void room::left(const websock::runtime::down& who) {
  const auto gone = members_.extract(who.who);
  if (gone.empty())
    return;
  announce(who.who, {{"type", "left"},
                     {"id", to_string(who.who)},
                     {"nick", gone.mapped().nick},
                     {"at", milliseconds_now()}});
  population_is_new();
}

void room::said(const say& line) {
  const auto found = members_.find(line.who);
  if (found == members_.end())
    return;
  history_.push_back({{"type", "said"},
                      {"id", to_string(line.who)},
                      {"nick", found->second.nick},
                      {"text", line.text},
                      {"at", milliseconds_now()},
                      {"seq", ++sequence_}});
  announce(line.who, history_.back());
  if (history_.size() > longest_history)
    history_.pop_front();
  if (house_.crashable && line.text == "/crash")
    throw std::runtime_error("a visitor asked for it");
}

void room::renamed(const rename& change) {
  const auto found = members_.find(change.who);
  if (found == members_.end() || found->second.nick == change.nick)
    return;
  const auto before = std::exchange(found->second.nick, change.nick);
  announce(change.who, {{"type", "renamed"},
                        {"id", to_string(change.who)},
                        {"from", before},
                        {"to", change.nick},
                        {"at", milliseconds_now()}});
}

// Encodes once for all members.
void room::announce(const websock::runtime::pid& about, const json& what, bool is_join) {
  websock::runtime::pubsub::broadcast(
      self(), topic_of(name_), event{self().pid(), about, is_join, as_message(what)});
}

void room::population_is_new() {
  self().cancel_timer(std::exchange(retirement_, {}));
  if (members_.empty())
    retirement_ = self().send_after(kept_empty, self(), retirement_due{});
  house_.rooms.update_value(self(), name_, [&](const websock::runtime::term&) {
    return population{members_.size()};
  });
  if (const auto directory = self().whereis(directory_name))
    websock::runtime::cast(directory, population_changed{self().pid()});
}

json room::members() const {
  json list = json::array();
  for (const auto& [who, present] : members_)
    list.push_back({{"id", to_string(who)}, {"nick", present.nick}});
  return list;
}

} // namespace chat
