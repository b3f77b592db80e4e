// Requests that take time: those whose body is arriving, and those that a process
// answers.
#include "websock/connection/connection_host.hpp"
#include "websock/http/token.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/serve/http_service.hpp"
#include "websock/serve/http_session.hpp"
#include "websock/serve/request_process.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace websock {

namespace {

constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

// RFC 9110 §10.1.1: an expectation of HTTP/1.0 is ignored.
[[nodiscard]] bool expects_anything(const http::request& request) noexcept {
  return request.version_minor() >= 1 && request.header("Expect");
}

[[nodiscard]] bool expects_continue(const http::request& request) {
  const auto all = request.header_values("Expect");
  return all.size() == 1 && http::equal_ignoring_case(all.front(), "100-continue");
}

} // namespace

// RFC 9110 §10.1.1: a client whose first octets are here already waits for no 100.
http_session::then http_session::begin_body(http::request request,
                                            const http_route& route,
                                            std::string_view rest) {
  const auto terms = terms_of(request, body_of::unread);
  http::body_parser parser(
      request, {.max_size = route.options.body_limit, .trailers = service_.options.head});
  std::string_view nothing;
  const auto first = parser.next(nothing);
  if (const auto* refusal = std::get_if<http::response>(&first))
    return respond(terms, *refusal);
  const bool expects = expects_anything(request);
  if (expects && !expects_continue(request))
    return respond(terms, http::plain_status(417));
  incoming_ = std::make_unique<incoming_body>(
      incoming_body{.request = std::move(request),
                    .route = route,
                    .parser = std::move(parser),
                    .share = body_share(service_.bodies),
                    .next_deadline = service_.options.body_progress});
  enter(phase::body);
  if (!expects || !rest.empty())
    return then::read_on;
  unsent_ = output_backlog(std::string(go_on));
  return write();
}

http_session::then http_session::take_body(std::string_view& in) {
  for (;;) {
    const auto next = incoming_->parser.next(in);
    if (std::holds_alternative<http::need_more>(next))
      return then::read_on;
    if (std::holds_alternative<http::body_end>(next))
      return end_body(in);
    if (const auto* refusal = std::get_if<http::response>(&next))
      return refuse_body(*refusal);
    if (!keep_of_body(std::get<http::body_data>(next).octets)) {
      // relaxed: a figure, which orders nothing.
      service_.bodies_refused.fetch_add(1, std::memory_order_relaxed);
      return refuse_body(service_.door.unavailable());
    }
  }
}

bool http_session::keep_of_body(std::string_view octets) {
  if (!incoming_->keep(octets))
    return false;
  const auto progress = service_.options.body_progress;
  if (progress != 0 && incoming_->octets.size() >= incoming_->next_deadline) {
    incoming_->next_deadline = incoming_->octets.size() + progress;
    restart_deadline();
  }
  return true;
}

http_session::then http_session::end_body(std::string_view rest) {
  auto whole = std::move(*incoming_);
  incoming_.reset();
  whole.request.set_body(std::move(whole.octets));
  return run(std::move(whole.request), whole.route, body_of::read, rest,
             std::move(whole.share));
}

http_session::then http_session::refuse_body(const http::response& response) {
  const auto terms = terms_of(incoming_->request, body_of::unread);
  incoming_.reset();
  return respond(terms, response);
}

// The socket is watched for reading all the while: a client that leaves is noticed.
http_session::then
http_session::await(awaited_answer answer, http::request request,
                    const std::shared_ptr<const waiting_handler>& handler,
                    body_share share) {
  answer.path = request.raw_path();
  answer.answer = std::make_shared<pending_answer>(host_.shard(), *this);
  awaited_ = std::make_unique<awaited_answer>(std::move(answer));
  enter(phase::answer);
  auto source = std::make_unique<const known_source>(request);
  request.set_source(source.get());
  request_setup setup{.answer = answer_promise(awaited_->answer),
                      .source = std::move(source),
                      .request = std::move(request),
                      .share = std::move(share),
                      .handler = handler,
                      .mailbox = service_.options.connection.mailbox};
  awaited_->process =
      service_.node.spawn_on<request_process>(host_.shard().index(), std::move(setup));
  return then::wait;
}

// What is read belongs to a later request: after one such read the rest stays in the
// kernel. At the end of the stream the client can still get what the process answers.
http_session::then http_session::read_meanwhile() {
  const auto buffer = host_.shard().scratch();
  const auto result = socket_->read(buffer);
  if (result.what == io_result::status::would_block)
    return then::wait;
  socket_->watch(*this, runtime::interest::nothing);
  if (result.what == io_result::status::done) {
    input_.append(reinterpret_cast<const char*>(buffer.data()), result.count);
    return then::wait;
  }
  awaited_->has_left = true;
  service_.node.exit(awaited_->process, runtime::reason::shutdown(awaited_->ends));
  return then::wait;
}

void http_session::answered(std::optional<http::response> answer) noexcept {
  try {
    const auto waited = std::exchange(awaited_, nullptr);
    auto next = then::gone;
    if (answer)
      next = respond(waited->terms, *answer);
    else if (!waited->has_left)
      next = respond(waited->terms, service_.door.is_closed()
                                        ? service_.door.unavailable()
                                        : http::internal_server_error());
    if (next == then::gone)
      owner_.finished(*this);
  } catch (...) {
    failed();
  }
}

http_session::then http_session::give_up_answer() {
  awaited_->ends = "timeout";
  service_.node.log(runtime::log_level::warning,
                    "route " + awaited_->path + " did not answer within answer_timeout");
  return awaited_->has_left ? then::gone
                            : close_with(last_words(service_.door.unavailable()));
}

void http_session::dismiss_process() noexcept {
  awaited_->answer->abandon();
  host_.shard().guarded("a process whose client is gone", [this] {
    service_.node.exit(awaited_->process, runtime::reason::shutdown(awaited_->ends));
  });
}

} // namespace websock
