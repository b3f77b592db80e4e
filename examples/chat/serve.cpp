// What the chat is made of.
#include "examples/chat/serve.hpp"

#include "websock/channels.hpp"

#include "examples/chat/directory.hpp"
#include "examples/chat/person.hpp"
#include "examples/chat/registration.hpp"
#include "examples/chat/room.hpp"
#include "examples/chat/room_list.hpp"

#include <memory>

namespace chat {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t longest_application = 4'096;

// In a cluster each node tells its own clients, so a history would miss nothing but know
// of nothing: visitors get their lines from the archive.
[[nodiscard]] websock::topic_options history_in(const house& in) {
  if (!in.node.empty())
    return {};
  return {.history = 1'000, .history_time = 10min, .unkept = {"typing"}};
}

} // namespace

void serve(websock::server& on, house& in, const archive_setup& setup) {
  websock::channels_options options;
  options.timeout = 150s; // hidden pages may run a timer once a minute
  options.max_channels = 32;
  options.longpoll = websock::longpoll_options();
  websock::channels::mount(on, "/socket", options,
                           [&in] { return std::make_shared<person>(&in); })
      .channel<room>("room:*", history_in(in), &in)
      .channel<room_list>(rooms_topic);
  on.post("/names", {.body_limit = longest_application},
          [&in](websock::runtime::process& self, const websock::http::request& request) {
            return registration(self, request, in);
          })
      .supervise(websock::runtime::child<archive>("archive", {}, setup))
      .supervise(websock::runtime::child<directory>("directory", {}, in.people));
}

} // namespace chat
