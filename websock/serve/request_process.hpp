// The process that answers one request by a waiting_handler.
#pragma once

#include "websock/handshake/route_action.hpp"
#include "websock/http/request.hpp"
#include "websock/http/request_source.hpp"
#include "websock/runtime/behaviour/behaviour.hpp"
#include "websock/runtime/coroutine/callback.hpp"
#include "websock/runtime/mailbox/mailbox_limit.hpp"
#include "websock/serve/body_budget.hpp"
#include "websock/serve/pending_answer.hpp"

#include <memory>
#include <optional>
#include <string>
#include <typeinfo>
#include <utility>

namespace websock {

/// Where a request came from, for one that may outlive its socket.
class known_source final : public http::request_source {
public:
  explicit known_source(const http::request& of)
      : peer_(of.peer()), is_secure_(of.is_secure()) {}

  [[nodiscard]] std::string peer_name() const override { return peer_; }
  [[nodiscard]] bool is_secure() const noexcept override { return is_secure_; }

private:
  const std::string peer_;
  const bool is_secure_;
};

/// What a request_process starts with.
struct request_setup {
  answer_promise answer;
  std::unique_ptr<const known_source> source; // of the request
  http::request request;
  body_share share; // of its body
  std::shared_ptr<const waiting_handler> handler;
  runtime::mailbox_limit mailbox;
};

class request_process final : public runtime::behaviour {
public:
  explicit request_process(request_setup setup) noexcept : setup_(std::move(setup)) {}

private:
  /// A coroutine that only awaits the handler.
  class answering {
  public:
    using promise_type = runtime::detail::callback_promise<answering>;

    answering() noexcept = default;
    explicit answering(runtime::detail::running_callback call) noexcept
        : call_(std::move(call)) {}

    [[nodiscard]] static answering begin(runtime::process&,
                                         runtime::waiting<http::response> handler);
    [[nodiscard]] bool is_done() const noexcept { return call_ && call_.is_done(); }
    /// Rethrows what the handler threw. Call once, when it is done.
    [[nodiscard]] http::response take();

  private:
    runtime::detail::running_callback call_;
    std::optional<http::response> answer_;
  };

  void on_start() override;
  void on_message(runtime::term) override {}
  void on_resumed() override;
  void on_exit(const runtime::exit_reason&) noexcept override { call_ = {}; }
  [[nodiscard]] const std::type_info& type() const noexcept override {
    return setup_.handler->target_type();
  }

  request_setup setup_;
  answering call_;
};

} // namespace websock
