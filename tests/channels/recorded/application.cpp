// The recorded application.
#include "tests/channels/recorded/application.hpp"

#include "websock/channels/broadcast/broadcast.hpp"
#include "websock/channels/channel/channel.hpp"
#include "websock/channels/channel/channel_socket.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/server/server_result.hpp"

#include "tests/channels/recorded/presence_events.hpp"

#include <chrono>
#include <functional>
#include <stdexcept>
#include <string_view>

namespace tests::recorded {

namespace runtime = websock::runtime;
using websock::channel_result;
using websock::join_result;
using websock::json;
using websock::channels::payload;

namespace {

std::string hex(const std::string& octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char each : octets) {
    const auto octet = static_cast<unsigned char>(each);
    text += digits[octet >> 4U];
    text += digits[octet & 15U];
  }
  return text;
}

// The record shows binary payloads so.
json shown(const payload& what) {
  return what.is_binary() ? json{{"binary_hex", hex(what.text())}} : what.value();
}

json inspected(const payload& what) {
  const auto value = shown(what);
  if (value.is_object() || value.is_string())
    return value;
  return value.is_null() ? json("nil") : json(value.dump());
}

std::chrono::milliseconds time_of(const payload& in) {
  return std::chrono::milliseconds(in["ms"].get<int>());
}

const payload one_octet = payload::binary("\x01");

class user_socket final : public websock::channel_socket {
public:
  user_socket(notes& all, bool has_handler, bool shows_info)
      : all_(all), has_handler_(has_handler), shows_info_(shows_info) {}

  websock::connect_result connect(const json& params,
                                  const websock::connect_info& info) override {
    json details = json::object();
    if (shows_info_)
      details["auth_token"] = info.auth_token ? '"' + *info.auth_token + '"' : "nil";
    all_.add("socket.connect", json::array({params, details}));
    const auto token = params.find("token");
    if (token == params.end())
      return accept();
    user = *token;
    if (user == "crash")
      throw std::runtime_error("boom in connect");
    if (user == "reason" && has_handler_)
      return refuse({429, {}, "refused: :my_reason"});
    if (user == "reason" || user == "bad" || user == "wrong" || user == "badid")
      return refuse();
    return accept();
  }
  [[nodiscard]] std::string id() const override {
    return user.is_null() ? std::string() : "users:" + user.get<std::string>();
  }

  json user;

private:
  notes& all_;
  const bool has_handler_;
  const bool shows_info_;
};

/// The channel "room" of the record.
class room final : public websock::channel {
public:
  explicit room(notes& all, websock::channels::presence* people, json v = nullptr)
      : all_(all), people_(people), v_(std::move(v)) {}

private:
  join_result join(std::string_view topic, const payload& params) override {
    all_.add("channel.join", json::array({topic, inspected(params)}));
    all_.add_channel(std::string(topic) + ' ' + user().dump(), self().pid());
    if (params["trap"] == true)
      self().trap_exit(true);
    const auto& todo = params["do"];
    if (todo.is_string())
      return join_as(todo.get<std::string>(), params);
    const auto value = shown(params);
    return ok({{"params", value.is_object() ? value : json::object()}, {"topic", topic}});
  }
  join_result join_as(const std::string& todo, const payload& params) {
    if (todo == "presence" || todo == "state_first")
      self().send(self().pid(), order{todo, params["key"], params["meta"]});
    if (todo == "error")
      return refuse({{"reason", "unauthorized"}});
    if (todo == "exit")
      runtime::process::exit(runtime::reason::shutdown);
    if (todo == "crash" || todo == "bad")
      throw std::runtime_error("boom in join");
    if (todo == "list")
      return ok(json::array({1, 2}));
    if (todo == "binary")
      return ok(payload::binary("\x01\x02\x03"));
    if (todo == "slow")
      return join_slowly(time_of(params));
    if (todo == "push")
      push("too_early");
    if (todo == "assign")
      v_ = params["v"];
    return ok();
  }
  join_result join_slowly(std::chrono::milliseconds time) {
    co_await self().sleep(time);
    co_return ok();
  }

  channel_result handle_in(std::string_view event, const payload& in) override {
    all_.add("channel.handle_in", json::array({event, shown(in)}));
    if (people_ != nullptr)
      if (auto answer = answer_of_presence(*people_, *this, topic(), event, in))
        return reply_as(answer->status, answer->body);
    for (const auto& group : {&room::reply_to, &room::push_for, &room::end_by,
                              &room::binary_for, &room::state_for})
      if (auto result = (this->*group)(event, in))
        return std::move(*result);
    throw std::runtime_error("no such event");
  }

  using outcome = std::unique_ptr<channel_result>;
  static outcome done(channel_result result) {
    return std::make_unique<channel_result>(std::move(result));
  }

  outcome reply_to(std::string_view event, const payload& in) {
    if (event == "ok")
      return done(reply({{"got", in.value()}}));
    if (event == "error")
      return done(reply_error({{"why", in.value()}}));
    if (event == "ok_atom")
      return done(reply());
    if (event == "error_atom")
      return done(reply_error());
    if (event == "custom")
      return done(reply_as("weird_status", {{"got", in.value()}}));
    if (event == "noreply" || event == "hibernate")
      return done(noreply());
    if (event == "nonmap")
      return done(reply(json::array({1, "two", nullptr})));
    if (event == "strreply")
      return done(reply(json("text")));
    if (event == "unserializable")
      return done(reply({{"bad", "\xFF"}}));
    if (event == "noreply_timeout")
      return done(noreply_until(std::chrono::milliseconds(50)));
    if (event == "slow")
      return done(reply_slowly(time_of(in), in["n"]));
    if (event == "async")
      return done(reply_later(in));
    return nullptr;
  }
  channel_result reply_slowly(std::chrono::milliseconds time, json n) {
    co_await self().sleep(time);
    co_return reply({{"n", n}});
  }
  channel_result reply_later(const payload& in) {
    self().spawn([to = reference(), in](runtime::process& me) -> runtime::waiting<> {
      co_await me.sleep(time_of(in));
      to.reply({{"late", in["n"]}});
    });
    return noreply();
  }

  outcome push_for(std::string_view event, const payload& in) {
    if (event == "push")
      push("pushed", in);
    else if (event == "info")
      self().send(self().pid(), order{"push", "from_info", in.value()});
    else if (event == "push_list")
      push("list", json::array({1}));
    else if (event == "bcast_list")
      broadcast("list", json::array({1}));
    else if (event == "bcast")
      broadcast("ev", in);
    else
      return push_and_reply(event, in);
    return done(noreply());
  }
  outcome push_and_reply(std::string_view event, const payload& in) {
    if (event == "bcast_reply") {
      broadcast("ev", in);
    } else if (event == "bcast_from") {
      broadcast_from("ev", in);
    } else if (event == "longevent") {
      push(long_name('e', in));
    } else if (event == "order_icept") {
      push("p1");
      broadcast("icept", {{"n", 2}});
      push("p3");
      return done(reply({{"n", 4}}));
    } else {
      return nullptr;
    }
    return done(reply());
  }

  outcome end_by(std::string_view event, const payload& in) {
    const auto why = [&] { return reason_called(in["reason"].get<std::string>()); };
    if (event == "crash")
      throw std::runtime_error("boom in handle_in");
    if (event == "throw")
      throw 5;
    if (event == "badreturn" || event == "badreply")
      throw std::logic_error("a result that no compiler accepts");
    if (event == "exit")
      runtime::process::exit(why());
    if (event == "killself")
      self().exit(self().pid(), runtime::reason::kill);
    if (event == "stop")
      return done(stop(why()));
    if (event == "stop_reply")
      return done(reply({{"bye", true}}).and_stop(why()));
    if (event == "stop_reply_atom")
      return done(reply_error().and_stop(why()));
    if (event == "push_stop") {
      push("last_words");
      return done(stop(why()));
    }
    return nullptr;
  }

  outcome binary_for(std::string_view event, const payload& in) {
    if (event == "to_bin")
      return done(reply(payload::binary(std::string("\0\xFF\x80", 3))));
    if (event == "bin")
      return done(reply(payload::binary(in.text() + in.text())));
    if (event == "bin_error")
      return done(reply_error(in));
    if (event == "bin_len")
      return done(reply({{"size", in.text().size()}}));
    if (event == "to_bin_longstatus")
      return done(reply_as(long_name('s', in), one_octet));
    if (event != "to_bin_longevent")
      return nullptr;
    push(long_name('e', in), one_octet);
    return done(reply());
  }
  static std::string long_name(char of, const payload& in) {
    return std::string(in["n"].get<std::size_t>(), of);
  }

  outcome state_for(std::string_view event, const payload& in) {
    if (event == "get")
      return done(reply({{"user", user()}, {"v", v_}}));
    if (event == "set") {
      v_ = in["v"];
      return done(reply());
    }
    if (event == "len")
      return done(reply({{"size", in["data"].get<std::string>().size()}}));
    if (event == "big")
      return done(reply({{"data", long_name('x', in)}}));
    if (event != "refs")
      return nullptr;
    const auto id = socket<user_socket>().id();
    return done(reply({{"id", id.empty() ? json() : json(id)},
                       {"join_ref", json::parse(join_ref().json())},
                       {"joined", true},
                       {"ref", json::parse(ref().json())},
                       {"topic", topic()}}));
  }

  channel_result handle_info(runtime::term info) override {
    if (const auto* todo = info.get_if<order>())
      return obey(*todo);
    if (info.is<runtime::idle>())
      note_info(":timeout");
    else if (const auto* signal = info.get_if<runtime::exit_signal>())
      note_info("{:EXIT, #PID<>, " + noted(signal->reason) + '}');
    else
      note_info(to_string(info));
    return noreply();
  }
  void note_info(const std::string& what) {
    all_.add("channel.handle_info", json::array({what}));
  }
  channel_result obey(const order& todo) {
    if (todo.what == "presence" || todo.what == "state_first")
      return appear(todo);
    if (todo.what == "push") {
      note_info("{:push, \"from_info\", %{\"y\" => 2}}");
      push(todo.event, todo.body);
      return noreply();
    }
    if (todo.what == "stop") {
      note_info("{:stop, \"" + todo.event + "\"}");
      return stop(reason_called(todo.event));
    }
    note_info(':' + todo.what);
    if (todo.what == "reply")
      return reply();
    throw std::runtime_error("boom in handle_info");
  }

  channel_result appear(const order& todo) {
    const bool is_state_first = todo.what == "state_first"; // has the state first
    note_info(
        std::string(is_state_first ? "{:presence_state_first, \"" : "{:presence, \"")
        + todo.event + "\", " + elixir(todo.body) + '}');
    if (!is_state_first)
      people_->push_state(*this);
    people_->track(*this, todo.event, todo.body);
    if (is_state_first)
      people_->push_state(*this);
    return noreply();
  }

  channel_result handle_out(std::string_view event, const payload& out) override {
    all_.add("channel.handle_out", json::array({event, out.value()}));
    auto mine = out.value();
    mine["for"] = user();
    push(event, mine);
    return noreply();
  }
  [[nodiscard]] std::vector<std::string> intercepted() const override {
    return {"icept"};
  }
  void terminate(const runtime::exit_reason& why) override {
    all_.add("channel.terminate", json::array({noted(why), topic()}));
  }

  [[nodiscard]] const json& user() const { return socket<user_socket>().user; }

  notes& all_;
  websock::channels::presence* const people_;
  json v_;
};

/// The channel "any" of the record: answers with what it gets.
class any final : public websock::channel {
public:
  explicit any(notes& all) : all_(all) {}

private:
  join_result join(std::string_view topic, const payload& params) override {
    all_.add("any.join", json::array({topic, shown(params)}));
    return ok();
  }
  channel_result handle_in(std::string_view event, const payload& in) override {
    all_.add("any.handle_in", json::array({event, shown(in), json::parse(ref().json())}));
    return reply({{"event", event}, {"payload", shown(in)}});
  }

  notes& all_;
};

template <class Channel, class... Args>
websock::channels::channel_factory making(Args... args) {
  return [args...]() -> std::unique_ptr<websock::channel> {
    return std::make_unique<Channel>(args...);
  };
}

websock::channels_options options_at(const std::string& path) {
  websock::channels_options its;
  its.longpoll.emplace();
  if (path == "/limit") {
    its.max_channels = 2;
    its.connection = [](websock::upgrade_options& all) {
      all.limits.max_frame_size = 2'000;
    };
  }
  if (path == "/origin")
    its.origin =
        websock::http::origins({"https://example.com", "http://*.other.com",
                                "https://*.other.com:99", "https://other.com:99"});
  if (path == "/auth")
    its.auth_token = true;
  if (path == "/err")
    its.subprotocols = {"proto1", "proto2"};
  if (path == "/short")
    its.timeout = std::chrono::milliseconds(900);
  return its;
}

} // namespace

std::string noted(const runtime::exit_reason& why) {
  using kind = runtime::exit_reason::kind;
  const auto* const word = why.detail().get_if<std::string>();
  switch (why.what()) {
  case kind::normal:
    return ":normal";
  case kind::shutdown:
    return word == nullptr ? ":shutdown" : "{:shutdown, :" + *word + '}';
  case kind::killed:
    return ":killed";
  case kind::term:
    return ':' + *word;
  default:
    return "error";
  }
}

runtime::exit_reason reason_called(const std::string& name) {
  if (name == "normal")
    return runtime::reason::normal;
  if (name == "shutdown")
    return runtime::reason::shutdown;
  if (name == "shutdown_t")
    return runtime::reason::shutdown(std::string("because"));
  return runtime::reason::of(std::string("other_reason"));
}

std::shared_ptr<websock::channels::endpoint>
endpoint_at(const std::string& path, notes& all, websock::channels::presence* people) {
  auto made = std::make_shared<websock::channels::endpoint>();
  made->options = options_at(path);
  const bool has_handler = path == "/err";
  const bool shows_info = path == "/auth";
  made->make_socket = [&all, has_handler, shows_info] {
    return std::make_shared<user_socket>(all, has_handler, shows_info);
  };
  made->routes.add("room:special", making<any>(std::ref(all)));
  for (const auto* each : {"room:*", "lobby", "pre*"})
    made->routes.add(each, making<room>(std::ref(all), people));
  made->routes.add("any:*", making<any>(std::ref(all)));
  made->routes.add("withassigns:*",
                   making<room>(std::ref(all), people, json("from_channel_opts")));
  return made;
}

} // namespace tests::recorded
