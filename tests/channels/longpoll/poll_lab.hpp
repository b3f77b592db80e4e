// Clients that poll a stepped node: requests without sockets.
#pragma once

#include "websock/channels/broadcast/broadcast.hpp"
#include "websock/channels/longpoll/longpoll_requests.hpp"
#include "websock/channels/longpoll/poll_sessions.hpp"
#include "websock/runtime/process/node.hpp"

#include "tests/channels/socket_lab.hpp"
#include "tests/websock/http/heads.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace tests {

struct poll_lab : socket_lab {
  /// A request that has been sent.
  struct sent {
    runtime::pid process;
    std::optional<websock::http::response> answer;

    /// The body of the answer; the number of its status if that is not 200, and null if
    /// there is none yet.
    [[nodiscard]] json body() const {
      if (!answer)
        return nullptr;
      return answer->status == 200 ? json::parse(answer->body) : json(answer->status);
    }
    [[nodiscard]] json status() const {
      return body().is_object() ? body()["status"] : body();
    }
    [[nodiscard]] lines messages() const { return body()["messages"].get<lines>(); }
  };
  using pending = std::shared_ptr<sent>;

  explicit poll_lab(websock::longpoll_options options = {}) {
    of->options.longpoll = std::move(options);
    all = std::make_shared<websock::channels::poll_sessions>(
        of, websock::upgrade_options(), "/socket");
    gets = websock::channels::poll_requests(all);
    posts = websock::channels::post_requests(all);
  }

  /// The request as a whole; `query` behind the version.
  pending request(const std::string& method, const std::string& query,
                  const std::string& headers = {}, const std::string& body = {}) {
    auto made = std::make_shared<sent>();
    auto asked = std::make_shared<websock::http::request>(
        websock::testing::request_of(method + " /socket/longpoll?vsn=2.0.0" + query
                                     + " HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n"));
    asked->set_body(body);
    const auto& handler = method == "POST" ? posts : gets;
    made->process =
        node.spawn([made, asked, handler](runtime::process& me) -> runtime::waiting<> {
          made->answer = co_await handler(me, *asked);
        });
    node.run_until_idle();
    return made;
  }
  pending get() { return request("GET", "&token=" + token); }
  pending post(const std::string& body) {
    return request("POST", "&token=" + token, "Content-Type: application/x-ndjson\r\n",
                   body);
  }
  /// Begins a session.
  void open() {
    const auto opened = request("GET", "");
    CHECK(opened->status() == 410);
    token = opened->body()["token"].get<std::string>();
  }
  void open_and_join() {
    open();
    CHECK(post(join_a)->status() == 200);
    CHECK(get()->messages() == lines{joined_a});
  }
  void tell(int n) {
    websock::channels::broadcast(node.node(), "room:a", "ev", {{"n", n}});
    node.run_until_idle();
  }
  static std::string told(int n) {
    return R"([null,null,"room:a","ev",{"n":)" + std::to_string(n) + "}]";
  }

  std::shared_ptr<websock::channels::poll_sessions> all;
  websock::waiting_handler gets;
  websock::waiting_handler posts;
  std::string token;
};

} // namespace tests
