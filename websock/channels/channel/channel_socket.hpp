// What an application writes of a client's connection: who may connect, and as whom.
// Elixir's Phoenix.Socket.
#pragma once

#include "websock/channels/envelope/json.hpp"
#include "websock/http/request.hpp"
#include "websock/http/response.hpp"

#include <optional>
#include <string>
#include <utility>

namespace websock {

/// What a connection comes with, besides its parameters.
struct connect_info {
  const http::request& request; // headers, path, peer
  /// The token of the client's option authToken; only with channels_options::auth_token.
  std::optional<std::string> auth_token;
};

/// What `connect` returns.
class [[nodiscard]] connect_result {
public:
  /// The client may connect.
  connect_result() = default;
  /// It gets this response instead.
  explicit connect_result(http::response refusal) : refusal_(std::move(refusal)) {}

  [[nodiscard]] std::optional<http::response>& refusal() noexcept { return refusal_; }

private:
  std::optional<http::response> refusal_;
};

/// The connection of one client. What `connect` stores in members, its channels read by
/// `socket<T>()`: it does not change afterwards.
class channel_socket {
public:
  channel_socket() = default;
  channel_socket(const channel_socket&) = delete;
  channel_socket& operator=(const channel_socket&) = delete;
  virtual ~channel_socket() = default;

  /// Decides on a connection from the parameters of its URL, nested by brackets in their
  /// names: strings, lists and objects. Runs on a shard and may not wait. An exception is
  /// answered with 500.
  virtual connect_result connect(const json& params, const connect_info& info) {
    static_cast<void>(params);
    static_cast<void>(info);
    return accept();
  }
  /// By which name `channels::disconnect` finds it, such as "users:7"; empty: by none.
  /// Asked once, after connect.
  [[nodiscard]] virtual std::string id() const { return {}; }

protected:
  [[nodiscard]] static connect_result accept() { return {}; }
  /// Answers 403, or with `response`.
  [[nodiscard]] static connect_result refuse();
  [[nodiscard]] static connect_result refuse(http::response response) {
    return connect_result(std::move(response));
  }
};

} // namespace websock
