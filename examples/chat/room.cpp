// A room.
#include "examples/chat/room.hpp"

#include "runtime/pubsub.hpp"

namespace chat {

namespace {
constexpr std::size_t longest_history = 50;
}

runtime::server_result room::handle_cast(runtime::term request) {
  return request.match(
      [&](const enter& who) {
        join(who);
        return runtime::noreply();
      },
      [&](const say& line) {
        said(line);
        return runtime::noreply();
      },
      [&](const rename& change) {
        renamed(change);
        return runtime::noreply();
      },
      [&](retire) { return runtime::stop(runtime::normal); },
      [&](runtime::otherwise) { return runtime::noreply(); });
}

runtime::server_result room::handle_info(runtime::term info) {
  if (const auto* gone = info.get_if<runtime::down>())
    left(*gone);
  return runtime::noreply();
}

void room::join(const enter& who) {
  members_[who.who] = {who.nick, self().monitor(who.who)};
  const json you{{"id", to_string(who.who)}, {"nick", who.nick}};
  self().send(who.who, welcome{self().pid(), as_payload({{"type", "welcome"},
                                                         {"room", name_},
                                                         {"you", you},
                                                         {"members", members()},
                                                         {"history", history_}})});
  announce(who.who,
           {{"type", "joined"},
            {"id", you["id"]},
            {"nick", who.nick},
            {"at", milliseconds_now()}},
           true);
  report_population();
}

void room::left(const runtime::down& who) {
  const auto gone = members_.extract(who.who);
  if (gone.empty())
    return;
  announce(who.who, {{"type", "left"},
                     {"id", to_string(who.who)},
                     {"nick", gone.mapped().nick},
                     {"at", milliseconds_now()}});
  report_population();
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

// Encoded once, whatever the number of members.
void room::announce(const runtime::pid& about, const json& what, bool is_join) {
  runtime::pubsub::broadcast(self(), topic_of(name_),
                             event{about, is_join, as_payload(what)});
}

void room::report_population() {
  if (const auto directory = self().whereis(directory_name))
    runtime::cast(directory, population{name_, members_.size()});
}

json room::members() const {
  json list = json::array();
  for (const auto& [who, present] : members_)
    list.push_back({{"id", to_string(who)}, {"nick", present.nick}});
  return list;
}

} // namespace chat
