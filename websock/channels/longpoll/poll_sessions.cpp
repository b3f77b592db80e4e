// All sessions at one path.
#include "websock/channels/longpoll/poll_sessions.hpp"

#include "websock/channels/longpoll/poll_messages.hpp"

#include <chrono>
#include <stdexcept>

namespace websock::channels {

namespace {

[[nodiscard]] session_tokens::time now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

[[nodiscard]] session_tokens tokens_of(const longpoll_options& options,
                                       const std::string& path) {
  return options.secret.empty() ? session_tokens(path)
                                : session_tokens(options.secret, path);
}

[[nodiscard]] std::shared_ptr<session_places> places_of(const longpoll_options& options) {
  const auto of_client = options.max_sessions_per_address != 0
                             ? options.max_sessions_per_address
                             : options.max_sessions - options.max_sessions / 2;
  return std::make_shared<session_places>(options.max_sessions, of_client);
}

} // namespace

poll_sessions::poll_sessions(std::shared_ptr<const endpoint> of,
                             const upgrade_options& its, const std::string& path)
    : of_(std::move(of)), origin_(its.origin), mailbox_(its.mailbox),
      tokens_(tokens_of(options(), path)), places_(places_of(options())) {
}

std::optional<session_places::place>
poll_sessions::take_place(const http::request& request) {
  auto found =
      is_closed_ ? std::nullopt : places_->take(http::client_group_of(request.peer()));
  if (!found)
    ++refusals_;
  return found;
}

// First it is listed: either `drain` finds it there, or it finds that all is over.
void poll_sessions::enter(runtime::process& self, std::string_view session) {
  if (!by_name_.register_key(self, session).is_ok())
    throw std::logic_error("two sessions of one name");
  if (is_closed_)
    throw std::runtime_error("the server stops");
}

runtime::pid poll_sessions::find(std::string_view token) const {
  const auto session = tokens_.session_of(token, now());
  return session ? by_name_.whereis_name(*session) : runtime::pid();
}

std::string poll_sessions::token_for(std::string_view session) const {
  return tokens_.issue(session, now());
}

void poll_sessions::drain() {
  is_closed_ = true;
  for (const auto& each : by_name_.select([](auto, const auto&) { return true; }))
    runtime::detail::send_kept(each.of.who, drain_session());
}

longpoll_statistics poll_sessions::statistics() const noexcept {
  return {by_name_.count(), overflows_, refusals_};
}

} // namespace websock::channels
