// A visitor.
#include "examples/chat/session.hpp"

#include "websock/runtime/supervisor_requests.hpp"

#include "examples/chat/json.hpp"
#include "examples/chat/names.hpp"

#include <algorithm>

namespace chat {

using namespace std::chrono_literals;

namespace {

constexpr auto ping_interval = 25s;   // browsers send no pings; a pong counts as activity
constexpr auto look_interval = 100ms; // how long to wait for a missing room ...
constexpr int most_looks = 30;        // ... and how many times
constexpr auto making_limit = 2s;     // for its supervisor to start it
constexpr double burst = 8;           // how many lines at once ...
constexpr double per_second = 3;      // ... and at what sustained rate

[[nodiscard]] websock::handle_result refuse(const char* why) {
  return websock::push(websock::text(as_text({{"type", "refused"}, {"why", why}})));
}

} // namespace

websock::handle_result session::init() {
  websock::runtime::pubsub::subscribe(self(), topic_of(room_));
  websock::runtime::pubsub::subscribe(self(), rooms_topic);
  self().send_after(ping_interval, self(), keep_alive{});
  allowance_ = burst;
  last_line_ = self().now();
  return look_for_room();
}

websock::handle_result session::handle_in(websock::message_view in) {
  if (in.is_binary())
    return websock::stop(websock::runtime::reason::normal, {1003, "text only"});
  const auto request = json::parse(in.text(), nullptr, /*allow_exceptions=*/false);
  if (!request.is_object())
    return refuse("That was not a message.");
  const auto word = [&](const char* name) {
    const auto found = request.find(name);
    return found != request.end() && found->is_string() ? found->get<std::string>()
                                                        : std::string();
  };
  if (word("type") == "ping") // the page checks whether the connection is alive
    return websock::push(websock::text(as_text({{"type", "pong"}})));
  if (!room_process_)
    return refuse(was_inside_ ? "The room is being restarted." : "Not in the room yet.");
  if (word("type") == "say")
    return say_line(word("text"));
  if (word("type") == "rename")
    return change_nick(word("nick"));
  return refuse("That was not a message.");
}

websock::handle_result session::handle_info(websock::runtime::term info) {
  return info.match(
      [&](const welcome& in) { return enter_room(in); },
      [&](const event& news) { return pass_on(news); },
      [&](const rooms& news) { return pass_on(news); },
      [&](keep_alive) {
        self().send_after(ping_interval, self(), keep_alive{});
        return websock::push(websock::ping());
      },
      [&](look_again) { return look_for_room(); },
      [&](const websock::runtime::response&) { // to start_child: the room exists now, or
                                               // its start failed
        return find_room() ? look_for_room() : look_later();
      },
      [&](const websock::runtime::down&) { // the room
        return std::exchange(room_process_, {}) ? look_for_room() : look_later();
      },
      [&](websock::runtime::otherwise) { return websock::ok(); });
}

websock::runtime::pid session::find_room() const {
  const auto here = house_.rooms.whereis_name(room_);
  return here ? here : house_.elsewhere.find(room_);
}

// Monitors the room before sending `enter`, so we hear of it if the room retires or
// crashes first. Sessions that request the same room end up in the same one: its name is
// unique.
websock::handle_result session::look_for_room() {
  ++times_looked_;
  if (const auto found = find_room()) {
    static_cast<void>(self().monitor(found));
    websock::runtime::cast(found, enter{self().pid(), nick_, was_inside_});
    return websock::ok();
  }
  if (house_.rooms.count() >= house_.most_rooms && !was_inside_)
    return websock::stop(websock::runtime::reason::normal,
                         {1008, "there are too many rooms"});
  const auto maker = self().whereis(rooms_name);
  if (!maker)
    return look_later();
  self().send_request(maker, making_limit,
                      websock::runtime::request::start_child{room_child(house_, room_)});
  return websock::ok();
}

websock::handle_result session::look_later() {
  if (times_looked_ >= most_looks)
    return websock::stop(websock::runtime::reason::shutdown("restart"),
                         {1012, "the room restarts"});
  self().send_after(look_interval, self(), look_again{});
  return websock::ok();
}

websock::handle_result session::enter_room(const welcome& in) {
  room_process_ = in.room;
  times_looked_ = 0;
  std::vector<websock::message> news;
  if (std::exchange(was_inside_, true))
    news.push_back(
        websock::text(as_text({{"type", "restarted"}, {"at", milliseconds_now()}})));
  news.push_back(*in.json);
  if (const auto early = std::exchange(early_rooms_, std::nullopt))
    news.push_back(*early);
  return websock::push(std::move(news));
}

// The welcome already covers everything before it. Until one of two rooms of one name on
// two nodes gives way, both publish.
websock::handle_result session::pass_on(const event& news) const {
  const bool is_own_join = news.is_join && news.about == self().pid();
  if (!room_process_ || news.room != room_process_ || is_own_join)
    return websock::ok();
  return websock::push(*news.json);
}

websock::handle_result session::pass_on(const rooms& news) {
  if (room_process_)
    return websock::push(news.json);
  early_rooms_ = news.json;
  return websock::ok();
}

websock::handle_result session::say_line(std::string text) {
  if (is_blank(text))
    return refuse("There was nothing in that message.");
  if (!is_line(text))
    return refuse("That message is too long: 2000 characters at most.");
  if (is_too_fast())
    return refuse("Too fast. Wait a moment.");
  websock::runtime::cast(room_process_, say{self().pid(), std::move(text)});
  return websock::ok();
}

websock::handle_result session::change_nick(std::string nick) {
  nick = clean_nick(nick);
  if (!is_nick(nick))
    return refuse("A name has 1 to 24 characters.");
  if (is_too_fast())
    return refuse("Too fast. Wait a moment.");
  nick_ = nick;
  websock::runtime::cast(room_process_, rename{self().pid(), std::move(nick)});
  return websock::ok();
}

// A token bucket: each line takes a token, and tokens come back over time.
bool session::is_too_fast() {
  const std::chrono::duration<double> passed = self().now() - last_line_;
  last_line_ = self().now();
  allowance_ = std::min(burst, allowance_ + passed.count() * per_second);
  if (allowance_ < 1)
    return true;
  allowance_ -= 1;
  return false;
}

} // namespace chat
