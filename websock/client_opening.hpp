// A client's way to its server: dial, ask for the upgrade, judge the answer.
#pragma once

#include "runtime/timer_queue.hpp"
#include "websock/dialer.hpp"
#include "websock/http/client_handshake.hpp"
#include "websock/opening.hpp"
#include "websock/options.hpp"
#include "websock/tls_context.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace websock {

class tls_transport;

/// What a client asks for; checked.
struct client_plan {
  http::url to;
  std::shared_ptr<const client_options> options;
  http::client_offer offer;
  std::string request;
  std::shared_ptr<const tls_context> tls = nullptr; // of a wss URL
};

/// Reads `url`, draws a key, writes the request. Throws std::invalid_argument for a url
/// or options that are wrong.
[[nodiscard]] client_plan plan_client(std::string_view url,
                                      const client_options& options);

/// Everything under one connect_timeout.
class client_opening final : public opening,
                             private runtime::io_target,
                             private runtime::timer {
public:
  explicit client_opening(client_plan plan) : plan_(std::move(plan)) {}
  /// Over a stream that is connected already.
  client_opening(client_plan plan, std::unique_ptr<transport> connected)
      : plan_(std::move(plan)), socket_(std::move(connected)) {}
  ~client_opening() override;

  void start(runtime::shard& on, std::function<void(result)> done) override;

private:
  void on_ready(runtime::readiness what) override;
  void expire(runtime::time_point now) override;

  void dial();
  void dialed(dialer::result outcome);
  void begin_tls();
  void begin_handshake();
  void write();
  void read();
  void judge(const http::response_head& answer, std::string_view leftover);
  void refuse(const http::response_head& answer);
  /// The stream has ended too early.
  void peer_gone();
  void fail(connect_failed::kind what, std::string_view why);
  void finish(result outcome);
  /// Nothing is heard of any more.
  void stop();

  client_plan plan_;
  std::unique_ptr<transport> socket_;
  const tls_transport* tls_ = nullptr; // when the socket is one
  runtime::shard* shard_ = nullptr;    // once started
  std::function<void(result)> done_;
  std::optional<dialer> dialer_;
  std::optional<http::response_head_parser> parser_;
  std::size_t sent_ = 0; // of the request
};

} // namespace websock
