// The requests of clients that poll. Almost all of them get 200; what a client goes by is
// the status in the body.
#include "websock/channels/longpoll/longpoll_requests.hpp"

#include "websock/channels/longpoll/poll_session.hpp"
#include "websock/channels/longpoll/posted_lines.hpp"
#include "websock/channels/socket/connect.hpp"
#include "websock/channels/socket/connect_params.hpp"
#include "websock/runtime/process/process.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace websock::channels {

namespace {

using runtime::call_failed;
using runtime::waiting;
using sessions = std::shared_ptr<poll_sessions>;

enum class status : std::uint16_t {
  ok = 200,
  nothing_new = 204,
  forbidden = 403,
  timed_out = 408,
  gone = 410, // of a GET: here is a new session
};

[[nodiscard]] std::string text_of(status what) {
  return std::to_string(static_cast<std::uint16_t>(what));
}

// How much later than the window an answer of a session may come.
constexpr std::chrono::seconds slack{5};

[[nodiscard]] http::response answer(std::string body) {
  http::response made{.status = 200, .headers = {}, .body = std::move(body)};
  made.with_header("Access-Control-Allow-Origin", "*");
  made.with_header("Cache-Control", "no-store");
  made.with_header("Content-Type", "application/json; charset=utf-8");
  return made;
}

[[nodiscard]] http::response answer(status what) {
  return answer(R"({"status":)" + text_of(what) + '}');
}

[[nodiscard]] http::response answer(status what, const std::string& messages,
                                    const std::string& token) {
  return answer(R"({"messages":)" + messages + R"(,"status":)" + text_of(what)
                + R"(,"token":")" + token + "\"}");
}

[[nodiscard]] http::response no_room() {
  return http::service_unavailable(std::chrono::seconds(5));
}

[[nodiscard]] std::string token_of(const http::request& request, const json& params) {
  if (const auto header = request.header("X-Phoenix-Longpoll-Token"))
    return std::string(*header);
  const auto found = params.find("token");
  return found != params.end() && found->is_string() ? found->get<std::string>()
                                                     : std::string();
}

[[nodiscard]] std::optional<std::string> auth_token_of(const http::request& request,
                                                       const endpoint& of) {
  const auto header = request.header("X-Phoenix-AuthToken");
  return of.options.auth_token && header ? std::optional<std::string>(*header)
                                         : std::nullopt;
}

[[nodiscard]] http::response begin_session(runtime::process& self,
                                           const http::request& request,
                                           const json& params, const sessions& all) {
  auto place = all->take_place(request);
  if (!place)
    return no_room();
  auto outcome = connect(*all->of(), request, params, auth_token_of(request, *all->of()));
  if (std::holds_alternative<http::response>(outcome))
    return answer(status::forbidden);
  const auto name = session_tokens::new_session();
  const auto started = self.start<poll_session>(session_setup{
      all, name, std::get<connected>(std::move(outcome)), *std::move(place)});
  return started.is_up() ? answer(status::gone, "[]", all->token_for(name)) : no_room();
}

// Empty if the session has ended before this poll.
waiting<std::optional<poll_answer>> ask(runtime::process& self, runtime::pid session,
                                        runtime::duration limit) {
  const poll asked{self.pid()};
  try {
    co_return co_await self.call<poll_answer>(session, limit, asked);
  } catch (const call_failed& failed) {
    if (failed.reason() == runtime::reason::noproc)
      co_return std::nullopt;
  }
  co_return poll_answer{poll_answer::kind::nothing};
}

waiting<http::response> answer_poll(runtime::process& self, const http::request& request,
                                    sessions all) {
  if (request.method() == "HEAD")
    co_return http::method_not_allowed("GET, POST, OPTIONS");
  if (is_foreign(all->origin(), request))
    co_return answer(status::forbidden);
  const auto params = connect_params(query_of(request));
  if (!params)
    co_return http::bad_request("the query cannot be decoded");
  const auto token = token_of(request, *params);
  const auto session = all->find(token);
  if (!session)
    co_return begin_session(self, request, *params, all);
  const auto over = self.now() + all->options().window;
  const auto got = co_await ask(self, session, all->options().window + slack);
  if (!got)
    co_return begin_session(self, request, *params, all);
  if (got->what == poll_answer::kind::messages)
    co_return answer(status::ok, *got->messages, token);
  // If this one ended early, its client would poll again and supersede the other.
  if (got->what == poll_answer::kind::superseded && over > self.now())
    co_await self.sleep(over - self.now());
  co_return answer(status::nothing_new, "[]", token);
}

// A session that crashes has not done what was posted.
[[nodiscard]] status status_of(const runtime::exit_reason& why) {
  if (why == runtime::reason::noproc || !why.is_abnormal())
    return status::gone;
  return status::timed_out;
}

waiting<http::response> answer_post(runtime::process& self, const http::request& request,
                                    sessions all) {
  if (is_foreign(all->origin(), request))
    co_return answer(status::forbidden);
  const auto params = connect_params(query_of(request));
  if (!params)
    co_return http::bad_request("the query cannot be decoded");
  const auto session = all->find(token_of(request, *params));
  if (!session)
    co_return answer(status::gone);
  auto lines = posted_lines(request);
  if (!lines)
    co_return http::bad_request("a line is neither an array nor base64");
  const batch posted{std::make_shared<const std::vector<message>>(*std::move(lines))};
  try {
    co_await self.call<batch_done>(session, all->options().window, posted);
  } catch (const call_failed& failed) {
    co_return answer(status_of(failed.reason()));
  }
  co_return answer(status::ok);
}

} // namespace

waiting_handler poll_requests(std::shared_ptr<poll_sessions> all) {
  return [all = std::move(all)](runtime::process& self, const http::request& request) {
    return answer_poll(self, request, all);
  };
}

waiting_handler post_requests(std::shared_ptr<poll_sessions> all) {
  return [all = std::move(all)](runtime::process& self, const http::request& request) {
    return answer_post(self, request, all);
  };
}

http::response preflight(const http::request& request) {
  http::response made;
  if (const auto wanted = request.header("Access-Control-Request-Headers"))
    made.with_header("Access-Control-Allow-Headers", std::string(*wanted));
  made.with_header("Access-Control-Allow-Methods", "get, post, options");
  made.with_header("Access-Control-Allow-Origin", "*");
  made.with_header("Access-Control-Max-Age", "3600");
  return made;
}

request_options longpoll_requests(const longpoll_options& options) {
  return {.body_limit = options.max_body, .answer_timeout = options.window + 2 * slack};
}

} // namespace websock::channels
