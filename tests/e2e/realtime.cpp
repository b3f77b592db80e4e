// Channels with the conventions that @supabase/realtime-js expects of its own server, as
// far as an application can give them: broadcasts and presence.
#include "websock/channels.hpp"
#include "websock/channels/presence.hpp"
#include "websock/websock.hpp"

#include <iostream>
#include <stdexcept>
#include <string>

namespace {

using websock::json;
using websock::channels::presence;

class anybody final : public websock::channel_socket {};

struct after_join {};

/// A topic "realtime:*". What a client wants of it stands in the parameters of its join.
class realtime_channel final : public websock::channel {
public:
  explicit realtime_channel(presence* people) : people_(people) {}

private:
  websock::join_result join(std::string_view, const payload& params) override {
    const auto& config = params["config"];
    acknowledges_ = config.at("broadcast").value("ack", false);
    echoes_ = config.at("broadcast").value("self", false);
    key_ = config.at("presence").value("key", "");
    if (config.at("presence").value("enabled", false))
      self().send(self().pid(), after_join());
    return ok();
  }
  websock::channel_result handle_info(websock::runtime::term info) override {
    if (info.is<after_join>())
      people_->push_state(*this);
    return noreply();
  }
  websock::channel_result handle_in(std::string_view event, const payload& in) override {
    if (event == "broadcast")
      return pass_on(in);
    if (event == "presence")
      return track(in);
    if (event == "access_token")
      return noreply();
    throw std::invalid_argument("no such event: " + std::string(event));
  }

  websock::channel_result pass_on(const payload& in) {
    if (echoes_)
      broadcast("broadcast", in);
    else
      broadcast_from("broadcast", in);
    return acknowledges_ ? reply() : noreply();
  }
  websock::channel_result track(const payload& in) {
    if (in["event"] == "untrack")
      people_->untrack(*this, key_);
    else if (!people_->track(*this, key_, in["payload"]))
      people_->update(*this, key_, in["payload"]);
    return reply();
  }

  presence* const people_;
  std::string key_;
  bool acknowledges_ = false;
  bool echoes_ = false;
};

} // namespace

int main() {
  try {
    websock::runtime::node node({.shards = 2});
    presence people(node); // ends after the server
    websock::server server(node, {.port = 0});
    server.channels<anybody>("/realtime/v1")
        .channel<realtime_channel>("realtime:*", &people);
    return server.run([&] { std::cout << "listening on " << server.url() << std::endl; });
  } catch (const std::exception& failed) {
    std::cerr << "realtime: " << failed.what() << '\n';
    return 1;
  }
}
