// Connects a client to its server: dials, requests the upgrade, checks the response.
#pragma once

#include "websock/client/client_plan.hpp"
#include "websock/connection/opening.hpp"
#include "websock/dial/dialer.hpp"
#include "websock/http/response_head.hpp"
#include "websock/runtime/time/timer_queue.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace websock {

class tls_transport;

/// One connect_timeout covers everything, redirects included.
class client_opening final : public opening,
                             private runtime::io_target,
                             private runtime::timer {
public:
  explicit client_opening(client_plan plan) : plan_(std::move(plan)) {}
  /// Uses a stream that is already connected.
  client_opening(client_plan plan, std::unique_ptr<transport> connected)
      : plan_(std::move(plan)), socket_(std::move(connected)) {}
  ~client_opening() override;

  void start(runtime::shard& on, std::function<void(result)> done) override;

private:
  void on_ready(runtime::readiness what) override;
  void expire(runtime::time_point now) override;
  void failed() noexcept override;

  void dial();
  /// The text of a failure: `why`, followed by the URL after a redirect.
  [[nodiscard]] std::string at_place(std::string_view why) const;
  void dialed(dialer::result outcome);
  void begin_tls();
  void begin_handshake();
  void write();
  void read();
  void judge(const http::response_head& answer, std::string_view leftover);
  void switched(const http::response_head& answer, std::string_view leftover);
  void redirected(const http::response_head& answer);
  void refuse(const http::response_head& answer, const std::string& not_followed = {});
  /// The stream ended too early.
  void peer_gone();
  void fail(connect_failed::kind what, std::string_view why);
  void finish(result outcome);
  /// Stops everything: no more events arrive.
  void stop();

  client_plan plan_;
  std::unique_ptr<transport> socket_;
  const tls_transport* tls_ = nullptr; // set if the socket is one
  runtime::shard* shard_ = nullptr;    // set once started
  std::function<void(result)> done_;
  std::optional<dialer> dialer_;
  std::optional<http::response_head_parser> parser_;
  std::size_t sent_ = 0; // octets of the request
};

} // namespace websock
