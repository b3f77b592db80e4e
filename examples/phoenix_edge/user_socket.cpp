// Who may connect.
#include "examples/phoenix_edge/user_socket.hpp"

namespace phoenix_edge {

websock::connect_result user_socket::connect(const websock::json& params,
                                             const websock::connect_info& info) {
  auto token = info.auth_token.value_or("");
  if (const auto found = params.find("token");
      found != params.end() && found->is_string())
    token = found->get<std::string>();
  const auto verified = tokens_.verify(token);
  if (const auto* const why = std::get_if<websock::phoenix::token_error>(&verified))
    return refuse(websock::http::forbidden(std::string(to_string(*why)) + " token"));
  who_ = std::get<user>(verified);
  return accept();
}

} // namespace phoenix_edge
