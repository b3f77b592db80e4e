// An accepted socket until it becomes a WebSocket connection or closes: reads requests,
// writes responses. Not a process: the only handlers that run here are those of routes
// that answer at once.
#pragma once

#include "websock/handshake/route_action.hpp"
#include "websock/handshake/route_result.hpp"
#include "websock/http/client_group.hpp"
#include "websock/http/head_parser.hpp"
#include "websock/http/response.hpp"
#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/time/timer_queue.hpp"
#include "websock/serve/incoming_body.hpp"
#include "websock/serve/pending_answer.hpp"
#include "websock/transport/output_backlog.hpp"
#include "websock/transport/transport.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace websock {

class connection_host;
struct accepted_upgrade;
struct http_service;

/// Lives on one shard, in a list that its owner keeps.
class http_session final : public runtime::io_target,
                           public runtime::timer,
                           public pending_answer::receiver {
public:
  class owner {
  public:
    /// Called once, however the session ends, except on destruction; destroys the
    /// session.
    virtual void finished(http_session& session) = 0;
    /// Called when the first octets of HTTP arrive: by then a proxy has named the client.
    virtual void heard_from(http_session& session) = 0;
    /// The current value of the Date header; valid until the next call.
    [[nodiscard]] virtual std::string_view date() = 0;
    /// Sends the rest, and closes the socket once the peer has had time to read it.
    virtual void linger(std::unique_ptr<transport> socket, std::string unsent) = 0;

  protected:
    ~owner() = default;
  };

  http_session(http_service& service, connection_host& host,
               std::unique_ptr<transport> socket, owner& of);
  ~http_session() override;

  /// Answers an unfinished request with 503, as far as the socket accepts it at once.
  /// Destroy the session afterwards.
  void refuse();
  /// Whether a request was, or is being, served since the last call.
  [[nodiscard]] bool spend_chance() noexcept;

  /// As request_source::peer_name.
  [[nodiscard]] std::string peer_name() const { return socket_->peer_name(); }

  std::list<http_session>::iterator place; // the owner's, as is the next one
  http::client_group client = http::client_group::nobody;

private:
  enum class then : std::uint8_t { read_on, wait, gone };
  /// What the peer must do next; each phase has its own deadline.
  enum class phase : std::uint8_t {
    first_head,
    body,
    answer, // which a process owes
    response,
    last_response,
    idle,
    next_head
  };
  enum class body_of : std::uint8_t { unread, read };
  /// What the response to a request depends on besides its route.
  struct reply_terms {
    http::body_policy form;
    bool may_stay; // the socket, for another request
  };
  /// A request about which somebody listens.
  struct noted_request {
    std::string method;
    std::string path; // as sent
    runtime::time_point since;
    bool is_handshake;
    std::string_view refused_by = "route"; // a literal: what refuses a handshake
  };
  /// A request that a process answers.
  struct awaited_answer {
    reply_terms terms;
    const http_route& route;
    std::shared_ptr<pending_answer> answer{};
    runtime::pid process{};
    std::string path{};               // for the log
    std::string_view ends = "closed"; // why the process is no longer needed
    bool has_left = false;            // the client
  };

  void on_ready(runtime::readiness what) override;
  void expire(runtime::time_point now) override;
  void failed() noexcept override;
  void answered(std::optional<http::response> answer) noexcept override;

  [[nodiscard]] then read();
  [[nodiscard]] then serve(std::string_view& in);
  [[nodiscard]] then answer(http::request request, std::string_view rest);
  [[nodiscard]] std::variant<const http_route*, http::response>
  find(http::request& request) const;
  [[nodiscard]] then run(http::request request, const http_route& route, body_of body,
                         std::string_view rest, body_share share);
  [[nodiscard]] route_result call(const route_handler& handler,
                                  const http::request& request);
  [[nodiscard]] std::variant<accepted_upgrade, http::response>
  decide(const http::request& request, upgrade_plan plan);
  [[nodiscard]] http::response raised(const http::request& request);
  [[nodiscard]] std::string last_words(const http::response& response);
  [[nodiscard]] then respond(reply_terms terms, const http::response& response);
  [[nodiscard]] then upgrade(accepted_upgrade accepted, const http_route& route,
                             std::string_view leftover);
  [[nodiscard]] static reply_terms terms_of(const http::request& request,
                                            body_of body) noexcept;
  [[nodiscard]] bool may_stay(reply_terms terms,
                              const http::response& response) const noexcept;
  [[nodiscard]] then write();
  [[nodiscard]] then close_with(std::string bytes);
  // http_session_body.cpp
  [[nodiscard]] then begin_body(http::request request, const http_route& route,
                                std::string_view rest);
  [[nodiscard]] then take_body(std::string_view& in);
  [[nodiscard]] then end_body(std::string_view rest);
  [[nodiscard]] then refuse_body(const http::response& response);
  [[nodiscard]] bool keep_of_body(std::string_view octets);
  [[nodiscard]] then await(awaited_answer answer, http::request request,
                           const std::shared_ptr<const waiting_handler>& handler,
                           body_share share);
  [[nodiscard]] then read_meanwhile();
  [[nodiscard]] then give_up_answer();
  void dismiss_process() noexcept;
  [[nodiscard]] bool is_mid_request() const noexcept {
    return parser_.is_mid_head() || incoming_ || awaited_;
  }

  // http_session_events.cpp
  void note(const http::request& request);
  void note_refusal(const http::response& response) noexcept;
  void tell_answered(int status) noexcept;

  void enter(phase next);
  void note_progress_of_head();
  void restart_deadline();
  [[nodiscard]] std::chrono::milliseconds patience() const noexcept;

  http_service& service_;
  connection_host& host_;
  std::unique_ptr<transport> socket_;
  owner& owner_;
  http::head_parser parser_;
  std::string input_; // already read, but waiting for the response before it to be sent
  std::unique_ptr<incoming_body> incoming_;
  std::unique_ptr<awaited_answer> awaited_;
  std::unique_ptr<noted_request> noted_; // null when nobody listens
  output_backlog unsent_;
  std::size_t requests_ = 0;
  phase phase_ = phase::first_head;
  bool was_heard_ = false;
  bool was_served_ = false; // since the last spend_chance
};

} // namespace websock
