// The states of an outgoing connection before it is established.
#include "websock/client/client_opening.hpp"

#include "websock/handshake/accept_key.hpp"
#include "websock/handshake/deflate_negotiation.hpp"
#include "websock/handshake/nonce.hpp"
#include "websock/http/redirect.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/term/thrown.hpp"
#include "websock/tls/tls_transport.hpp"
#include "websock/transport/socket_transport.hpp"

#include <stdexcept>
#include <utility>

namespace websock {

client_opening::~client_opening() {
  if (shard_ != nullptr)
    stop();
}

void client_opening::start(runtime::shard& on, std::function<void(result)> done) {
  shard_ = &on;
  done_ = std::move(done);
  on.timers().arm(*this, on.now() + plan_.options->connect_timeout);
  if (socket_)
    begin_handshake();
  else
    dial();
}

void client_opening::dial() {
  dialer_.emplace(*shard_,
                  [this](dialer::result outcome) { dialed(std::move(outcome)); });
  if (plan_.options->unix_path.empty())
    dialer_->dial(plan_.to.dialed_host(), plan_.to.port);
  else
    dialer_->dial(plan_.options->unix_path);
}

void client_opening::dialed(dialer::result outcome) {
  dialer_.reset();
  if (auto* failed = std::get_if<connect_failed>(&outcome)) {
    fail(failed->what, failed->why);
    return;
  }
  socket_ = std::make_unique<socket_transport>(std::get<int>(outcome), shard_->sockets());
  try {
    if (plan_.tls)
      begin_tls();
    begin_handshake();
  } catch (const std::invalid_argument&) { // no certificate can match this host
    fail(connect_failed::kind::tls, runtime::detail::thrown_text());
  } catch (...) { // no memory for a session, or the socket cannot be watched
    fail(connect_failed::kind::unreachable, runtime::detail::thrown_text());
  }
}

// The first write starts the TLS handshake.
void client_opening::begin_tls() {
  auto secured = std::make_unique<tls_transport>(*shard_, std::move(socket_),
                                                 plan_.tls->new_session(plan_.to.host));
  tls_ = secured.get();
  socket_ = std::move(secured);
}

void client_opening::begin_handshake() {
  parser_.emplace(plan_.options->max_response_head);
  socket_->watch(*this, runtime::interest::write);
}

void client_opening::on_ready(runtime::readiness what) {
  if (sent_ < plan_.request.size() && what.writable)
    write();
  else if (what.readable)
    read();
}

void client_opening::write() {
  const auto written = socket_->write(std::string_view(plan_.request).substr(sent_));
  if (written.what == io_result::status::closed) {
    peer_gone();
    return;
  }
  sent_ += written.count;
  if (sent_ == plan_.request.size())
    socket_->watch(*this, runtime::interest::read);
}

void client_opening::read() {
  const auto buffer = shard_->scratch();
  const auto got = socket_->read(buffer);
  if (got.what == io_result::status::closed) {
    peer_gone();
    return;
  }
  std::string_view in(reinterpret_cast<const char*>(buffer.data()), got.count);
  while (!in.empty()) {
    const auto parsed = parser_->feed(in);
    if (const auto* bad = std::get_if<http::bad_response>(&parsed)) {
      fail(connect_failed::kind::malformed, bad->why);
      return;
    }
    const auto* answer = std::get_if<http::response_head>(&parsed);
    // RFC 9110 §15.2: other 1xx responses precede the final one and mean nothing here.
    if (answer == nullptr || (answer->status < 200 && answer->status != 101))
      continue;
    judge(*answer, in);
    return;
  }
}

void client_opening::judge(const http::response_head& answer, std::string_view leftover) {
  if (answer.status == 101)
    switched(answer, leftover);
  else if (http::is_redirect(answer.status) && plan_.options->max_redirects > 0)
    redirected(answer);
  else
    refuse(answer);
}

void client_opening::switched(const http::response_head& answer,
                              std::string_view leftover) {
  const auto checked =
      http::check_switching(answer, plan_.offer, accept_key(plan_.offer.key));
  if (const auto* bad = std::get_if<http::bad_response>(&checked)) {
    fail(connect_failed::kind::malformed, bad->why);
    return;
  }
  const auto& granted = std::get<http::switched>(checked);
  const auto& own = plan_.options->connection;
  const auto deflate =
      read_deflate_response(granted.extensions, own.compress ? &own.deflate : nullptr);
  if (const auto* bad = std::get_if<deflate_refusal>(&deflate)) {
    fail(connect_failed::kind::malformed, bad->reason);
    return;
  }
  static_cast<void>(socket_->unwatch(*this));
  agreement agreed;
  agreed.deflate = std::get<std::optional<protocol::deflate_params>>(deflate);
  agreed.self = protocol::role::client;
  agreed.mask_keys = &random_mask_key;
  for (const auto& each : plan_.options->subprotocols) // which stay in memory
    if (each == granted.protocol)
      agreed.subprotocol = each;
  finish(opened{std::move(socket_), agreed, std::string(leftover)});
}

// Does not read the body, if any: the next request uses a new socket.
void client_opening::redirected(const http::response_head& answer) {
  auto next = follow(plan_, answer);
  if (const auto* why = std::get_if<std::string>(&next)) {
    refuse(answer, ": not followed: " + *why);
    return;
  }
  plan_ = std::get<client_plan>(std::move(next));
  static_cast<void>(socket_->unwatch(*this));
  socket_.reset();
  tls_ = nullptr;
  sent_ = 0;
  dial();
}

void client_opening::refuse(const http::response_head& answer,
                            const std::string& not_followed) {
  const auto first = [&answer](std::string_view name) {
    const auto values = answer.values(name);
    return values.empty() ? std::string() : std::string(values[0]);
  };
  finish(connect_failed{
      connect_failed::kind::refused,
      at_place(std::to_string(answer.status) + ' ' + answer.reason + not_followed),
      answer.status, first("Location"), first("Retry-After")});
}

std::string client_opening::at_place(std::string_view why) const {
  std::string text(why);
  if (plan_.redirects > 0)
    text.append(" (at ").append(http::without_secrets(to_string(plan_.to))).append(")");
  return text;
}

void client_opening::expire(runtime::time_point) {
  const auto waits_for = dialer_ ? dialer_->state() : std::string();
  fail(connect_failed::kind::timeout,
       "no connection within " + std::to_string(plan_.options->connect_timeout.count())
           + " ms" + (waits_for.empty() ? "" : ": " + waits_for));
}

// Without the memory to report the failure, the deadline ends the attempt.
void client_opening::failed() noexcept {
  try {
    fail(connect_failed::kind::unreachable, runtime::detail::thrown_text());
  } catch (...) {
    shard_->log_thrown("a client does not connect");
  }
}

void client_opening::peer_gone() {
  if (tls_ != nullptr && !tls_->failure().empty())
    fail(connect_failed::kind::tls, tls_->failure());
  else
    fail(connect_failed::kind::malformed, "the peer closed the connection");
}

void client_opening::fail(connect_failed::kind what, std::string_view why) {
  finish(connect_failed{what, at_place(why)});
}

void client_opening::stop() {
  shard_->timers().disarm(*this);
  dialer_.reset();
  if (socket_)
    static_cast<void>(socket_->unwatch(*this));
}

// A process that is about to exit for another reason ignores the outcome but lives until
// its turn: nothing more may happen here until then.
void client_opening::finish(result outcome) {
  stop();
  const auto done = std::move(done_); // calling it may destroy this object
  done(std::move(outcome));
}

} // namespace websock
