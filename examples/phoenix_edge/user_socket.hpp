// The connection of somebody whom the application has given a token.
#pragma once

#include "websock/channels.hpp"

#include "examples/phoenix_edge/login.hpp"

#include <string>

namespace phoenix_edge {

/// `tokens` must outlive it. The token is the parameter `token`, or the client's option
/// authToken, which keeps it out of the logs that URLs are written to.
class user_socket final : public websock::channel_socket {
public:
  explicit user_socket(const login& tokens) : tokens_(tokens) {}

  [[nodiscard]] const user& who() const noexcept { return who_; }
  /// `Endpoint.broadcast("users:7", "disconnect", %{})` closes it.
  [[nodiscard]] std::string id() const override { return "users:" + who_.id; }

private:
  websock::connect_result connect(const websock::json& params,
                                  const websock::connect_info& info) override;

  const login& tokens_;
  user who_;
};

} // namespace phoenix_edge
