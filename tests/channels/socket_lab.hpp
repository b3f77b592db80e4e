// Clients of channels on a stepped node, with an endpoint of the test's own.
#pragma once

#include "websock/channels/channel/channel.hpp"
#include "websock/channels/channel/channel_socket.hpp"
#include "websock/channels/envelope/json.hpp"
#include "websock/channels/socket/endpoint.hpp"
#include "websock/channels/socket/transport.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/testing/stepped_node.hpp"
#include "websock/testing/client.hpp"

#include "tests/catch.hpp"
#include "tests/support/any_schedule.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

namespace tests {

using websock::channel_result;
using websock::join_result;
using websock::json;
using websock::channels::serializer;
using lines = std::vector<std::string>;

/// A channel that does what the test says.
class scripted_channel final : public websock::channel {
public:
  struct script {
    std::function<join_result(scripted_channel&, const payload&)> join =
        [](scripted_channel&, const payload&) { return accept(); };
    std::function<channel_result(scripted_channel&, std::string_view, const payload&)>
        handle_in = [](scripted_channel&, std::string_view, const payload& in) {
          return answer(in);
        };
    std::vector<std::string> intercepted{};
    lines log{};                                     // of terminate and handle_out
    std::map<std::string, runtime::pid> processes{}; // by topic
  };

  explicit scripted_channel(script& todo) : script_(todo) {}

  // What scripts need of a channel.
  using channel::broadcast;
  using channel::broadcast_from;
  using channel::push;
  using channel::self;
  using channel::topic;
  static join_result accept() { return ok(); }
  static channel_result answer(payload in) { return reply(std::move(in)); }

private:
  join_result join(std::string_view topic, const payload& params) override {
    script_.processes[std::string(topic)] = self().pid();
    return script_.join(*this, params);
  }
  channel_result handle_in(std::string_view event, const payload& in) override {
    return script_.handle_in(*this, event, in);
  }
  channel_result handle_out(std::string_view event, const payload& out) override {
    script_.log.push_back("handle_out " + std::string(event));
    push(event, out);
    return noreply();
  }
  [[nodiscard]] std::vector<std::string> intercepted() const override {
    return script_.intercepted;
  }
  void terminate(const runtime::exit_reason& why) override {
    script_.log.push_back("terminate " + to_string(why));
  }

  script& script_;
};

/// Sockets whose topics "room:*" are served by scripted channels.
struct scripted_endpoint {
  scripted_endpoint() {
    of->make_socket = [] { return std::make_shared<websock::channel_socket>(); };
    of->routes.add("room:*", [this]() -> std::unique_ptr<websock::channel> {
      return std::make_unique<scripted_channel>(script);
    });
  }

  [[nodiscard]] websock::testing::client connect(runtime::testing::stepped_node& on,
                                                 serializer how = serializer::v2) {
    return websock::testing::connect<websock::channels::transport>(
        on, std::shared_ptr<const websock::channels::endpoint>(of),
        std::shared_ptr<const websock::channel_socket>(of->make_socket()), how);
  }

  scripted_channel::script script; // outlives the processes
  std::shared_ptr<websock::channels::endpoint> of =
      std::make_shared<websock::channels::endpoint>();
};

/// The same on a node of its own.
struct socket_lab : scripted_endpoint {
  [[nodiscard]] websock::testing::client connect(serializer how = serializer::v2) {
    auto made = scripted_endpoint::connect(node, how);
    node.run_until_idle();
    return made;
  }
  /// What the client has got since it said `text`.
  [[nodiscard]] lines after(websock::testing::client& client, std::string_view text) {
    const auto before = client.texts().size();
    client.text(text);
    node.run_until_idle();
    return since(client, before);
  }
  [[nodiscard]] static lines since(const websock::testing::client& client,
                                   std::size_t before) {
    auto all = client.texts();
    all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(before));
    return all;
  }

  runtime::testing::stepped_node node{any_schedule()};
};

[[nodiscard]] inline std::string replied(const std::string& refs,
                                         const std::string& topic,
                                         const std::string& response,
                                         const std::string& status = "ok") {
  return "[" + refs + ",\"" + topic + R"(","phx_reply",{"response":)" + response
         + R"(,"status":")" + status + "\"}]";
}

inline const std::string join_a = R"(["1","1","room:a","phx_join",{}])";
inline const std::string joined_a = replied(R"("1","1")", "room:a", "{}");

} // namespace tests
