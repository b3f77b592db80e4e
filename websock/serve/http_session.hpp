// An accepted socket until it becomes a WebSocket connection or closes: reads request
// heads, writes responses. Not a process: the only handlers that run here are those of
// routes.
#pragma once

#include "websock/handshake/route_result.hpp"
#include "websock/http/client_group.hpp"
#include "websock/http/head_parser.hpp"
#include "websock/runtime/time/timer_queue.hpp"
#include "websock/transport/output_backlog.hpp"
#include "websock/transport/transport.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace websock {

class connection_host;
struct accepted_upgrade;
struct http_service;

/// Lives on one shard, in a list that its owner keeps.
class http_session final : public runtime::io_target, public runtime::timer {
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
    response,
    last_response,
    idle,
    next_head
  };

  void on_ready(runtime::readiness what) override;
  void expire(runtime::time_point now) override;
  void failed() noexcept override;

  [[nodiscard]] then read();
  [[nodiscard]] then serve(std::string_view& in);
  [[nodiscard]] then answer(http::request& request, std::string_view rest);
  [[nodiscard]] route_result route(http::request& request);
  [[nodiscard]] std::variant<accepted_upgrade, http::response>
  decide(const http::request& request, upgrade_plan plan);
  [[nodiscard]] http::response raised(const http::request& request);
  [[nodiscard]] std::string last_words(const http::response& response);
  [[nodiscard]] then respond(const http::request& request,
                             const http::response& response);
  [[nodiscard]] then upgrade(accepted_upgrade accepted, std::string_view leftover);
  [[nodiscard]] bool may_stay(const http::request& request,
                              const http::response& response) const noexcept;
  [[nodiscard]] then write();
  [[nodiscard]] then close_with(std::string bytes);
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
  output_backlog unsent_;
  std::size_t requests_ = 0;
  phase phase_ = phase::first_head;
  bool was_heard_ = false;
  bool was_served_ = false; // since the last spend_chance
};

} // namespace websock
