// An accepted socket until it becomes a WebSocket connection or closes.
#include "websock/serve/http_session.hpp"

#include "websock/connection/connection_host.hpp"
#include "websock/handshake/handshake.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/serve/http_service.hpp"
#include "websock/serve/server_metrics.hpp"

#include <array>
#include <utility>
#include <variant>

namespace websock {

namespace {
constexpr int switching_protocols = 101;
}

http_session::http_session(http_service& service, connection_host& host,
                           std::unique_ptr<transport> socket, owner& of)
    : service_(service), host_(host), socket_(std::move(socket)), owner_(of),
      parser_(service.options.head) {
  restart_deadline();
  try {
    socket_->watch(*this, runtime::interest::read);
  } catch (...) {
    host_.shard().timers().disarm(*this);
    throw;
  }
}

http_session::~http_session() {
  if (awaited_)
    dismiss_process();
  host_.shard().timers().disarm(*this);
  if (socket_)
    static_cast<void>(socket_->unwatch(*this));
}

// Closes after a refusal: such a client has little more to say.
bool http_session::may_stay(reply_terms terms,
                            const http::response& response) const noexcept {
  return response.status < 400 && terms.may_stay
         && requests_ < service_.options.max_requests && !service_.door.is_closed();
}

// A request behind a body that is not read cannot be found.
http_session::reply_terms http_session::terms_of(const http::request& request,
                                                 body_of body) noexcept {
  return {.form = request.method() == "HEAD" ? http::body_policy::head_only
                                             : http::body_policy::with_body,
          .may_stay =
              (body == body_of::read || !request.has_body()) && request.keep_alive()};
}

void http_session::refuse() {
  if (is_mid_request() && unsent_.empty())
    static_cast<void>(socket_->write(last_words(service_.door.unavailable())));
}

bool http_session::spend_chance() noexcept {
  return std::exchange(was_served_, false) || awaited_ || !unsent_.empty();
}

void http_session::enter(phase next) {
  phase_ = next;
  restart_deadline();
}

// A head has one deadline, counted from its first octet: a trickle of octets does not
// extend it.
void http_session::note_progress_of_head() {
  if (phase_ == phase::idle && parser_.is_mid_head())
    enter(phase::next_head);
}

std::chrono::milliseconds http_session::patience() const noexcept {
  switch (phase_) {
  case phase::response:
  case phase::last_response:
    return service_.options.connection.send_timeout;
  case phase::idle:
    return service_.options.keep_alive_timeout;
  case phase::body:
    return service_.options.body_timeout;
  case phase::answer:
    return awaited_->route.options.answer_timeout;
  default:
    return service_.options.handshake_timeout;
  }
}

void http_session::restart_deadline() {
  auto& timers = host_.shard().timers();
  timers.disarm(*this);
  timers.arm(*this, host_.shard().now() + patience());
}

void http_session::expire(runtime::time_point) {
  if (awaited_)
    static_cast<void>(give_up_answer());
  else if (is_mid_request() && unsent_.empty())
    static_cast<void>(close_with(last_words(http::plain_status(408))));
  owner_.finished(*this);
}

void http_session::on_ready(runtime::readiness what) {
  auto next = then::wait;
  if (what.writable && !unsent_.empty())
    next = write();
  else if (what.readable && awaited_)
    next = read_meanwhile();
  else if (what.readable && unsent_.empty())
    next = read();
  else if (what.hung_up)
    next = then::gone;
  if (next == then::gone)
    owner_.finished(*this);
}

// Usually there was no memory for a request, or the socket could no longer be watched.
void http_session::failed() noexcept {
  service_.node.log_thrown("a client is cut off", runtime::log_level::warning);
  owner_.finished(*this);
}

http_session::then http_session::read() {
  const auto buffer = host_.shard().scratch();
  const auto result = socket_->read(buffer);
  if (result.what == io_result::status::closed)
    return then::gone;
  if (result.what == io_result::status::would_block)
    return then::wait;
  if (!std::exchange(was_heard_, true))
    owner_.heard_from(*this);
  std::string_view in(reinterpret_cast<const char*>(buffer.data()), result.count);
  const auto next = serve(in);
  if (next == then::wait)
    input_.append(in);
  return next;
}

// Answers pipelined requests that arrived in one read in a loop, until one has to wait.
http_session::then http_session::serve(std::string_view& in) {
  auto next = then::read_on;
  while (next == then::read_on && !in.empty()) {
    if (incoming_) {
      next = take_body(in);
      continue;
    }
    auto parsed = parser_.feed(in);
    if (auto* request = std::get_if<http::request>(&parsed))
      next = answer(std::move(*request), in);
    else if (const auto* refusal = std::get_if<http::response>(&parsed))
      next = close_with(last_words(*refusal));
  }
  if (next == then::read_on)
    note_progress_of_head();
  return next;
}

http_session::then http_session::answer(http::request request, std::string_view rest) {
  ++requests_;
  request.set_source(socket_.get());
  note(request);
  auto found = find(request);
  if (const auto* refusal = std::get_if<http::response>(&found))
    return respond(terms_of(request, body_of::unread), *refusal);
  const http_route& route = *std::get<const http_route*>(found);
  if (route.options.body_limit != 0 && request.has_body())
    return begin_body(std::move(request), route, rest);
  return run(std::move(request), route, body_of::unread, rest, {});
}

std::variant<const http_route*, http::response>
http_session::find(http::request& request) const {
  auto found = service_.routes.match(request);
  if (std::holds_alternative<http::unknown_method>(found))
    return http::plain_status(501);
  if (const auto* wrong = std::get_if<http::wrong_method>(&found))
    return request.method() == "OPTIONS" ? http::allowed_methods(wrong->allow)
                                         : http::method_not_allowed(wrong->allow);
  auto* matched = std::get_if<http::router<http_route>::matched>(&found);
  if (matched == nullptr)
    return http::not_found();
  request.set_params(std::move(matched->params));
  return matched->handler;
}

http_session::then http_session::run(http::request request, const http_route& route,
                                     body_of body, std::string_view rest,
                                     body_share share) {
  if (const auto* waits =
          std::get_if<std::shared_ptr<const waiting_handler>>(&route.action.value())) {
    const auto terms = terms_of(request, body);
    return await({.terms = terms, .route = route}, std::move(request), *waits,
                 std::move(share));
  }
  auto wish = call(std::get<route_handler>(route.action.value()), request);
  auto* plan = std::get_if<upgrade_plan>(&wish.value());
  if (plan == nullptr)
    return respond(terms_of(request, body), std::get<http::response>(wish.value()));
  auto decided = decide(request, std::move(*plan));
  if (auto* accepted = std::get_if<accepted_upgrade>(&decided))
    return upgrade(std::move(*accepted), route, rest);
  note_refusal(std::get<http::response>(decided));
  return respond(terms_of(request, body), std::get<http::response>(decided));
}

route_result http_session::call(const route_handler& handler,
                                const http::request& request) {
  const runtime::shard::held mark(host_.shard(), "a route handler");
  try {
    return handler(request);
  } catch (...) {
    return raised(request);
  }
}

// A route may bring an options change, which is application code too.
std::variant<accepted_upgrade, http::response>
http_session::decide(const http::request& request, upgrade_plan plan) {
  const auto through = request.is_secure() ? http::channel::secure : http::channel::plain;
  try {
    return service_.door.decide(request, std::move(plan), {through, owner_.date()});
  } catch (...) {
    return raised(request);
  }
}

// Call inside an exception handler. Logs the path as received: decoded, it could inject
// log lines.
http::response http_session::raised(const http::request& request) {
  service_.node.log_thrown("route " + std::string(request.raw_path()) + " raised");
  return http::internal_server_error();
}

std::string http_session::last_words(const http::response& response) {
  return response.serialize(http::body_policy::with_body, http::connection_policy::close,
                            owner_.date());
}

http_session::then http_session::respond(reply_terms terms,
                                         const http::response& response) {
  tell_answered(response.status);
  const bool stays = may_stay(terms, response);
  auto bytes = response.serialize(terms.form,
                                  stays ? http::connection_policy::keep_alive
                                        : http::connection_policy::close,
                                  owner_.date());
  was_served_ = true;
  unsent_ = output_backlog(std::move(bytes));
  enter(stays ? phase::response : phase::last_response);
  return write();
}

http_session::then http_session::write() {
  std::array<std::string_view, 1> all;
  const auto result = socket_->write(unsent_.unsent(all).front());
  if (result.what == io_result::status::closed)
    return then::gone;
  unsent_.consume(result.count);
  if (unsent_.empty() && phase_ == phase::last_response)
    return close_with({});
  if (phase_ == phase::response && unsent_.empty())
    enter(phase::idle);
  else if (phase_ != phase::body && result.count > 0)
    restart_deadline();
  socket_->watch(*this,
                 unsent_.empty() ? runtime::interest::read : runtime::interest::write);
  if (!unsent_.empty())
    return then::wait;
  if (input_.empty())
    return then::read_on;
  const std::string input = std::exchange(input_, {});
  std::string_view in = input;
  const auto next = serve(in);
  if (next == then::wait)
    input_.append(in);
  return next;
}

http_session::then http_session::upgrade(accepted_upgrade accepted,
                                         const http_route& route,
                                         std::string_view leftover) {
  auto expected = host_.expect(); // first: it already counts as a connection
  auto leaving =
      service_.is_metered ? visit(route, std::move(expected)) : std::move(expected);
  static_cast<void>(socket_->unwatch(*this));
  tell_answered(switching_protocols);
  host_.begin(std::move(socket_), std::move(accepted), std::string(leftover),
              std::move(leaving));
  return then::gone;
}

http_session::then http_session::close_with(std::string bytes) {
  static_cast<void>(socket_->unwatch(*this));
  owner_.linger(std::move(socket_), std::move(bytes));
  return then::gone;
}

} // namespace websock
