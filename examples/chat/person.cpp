// Who may connect.
#include "examples/chat/person.hpp"

#include <chrono>

namespace chat {

using namespace std::chrono_literals;

websock::connect_result person::connect(const websock::json& params,
                                        const websock::connect_info& info) {
  const auto token = params.find("token");
  const auto named = token != params.end() && token->is_string()
                         ? house_->tokens.name_of(token->get<std::string>())
                         : std::nullopt;
  if (!named)
    return refuse();
  visit_ = house_->door.admit(info.request.peer(), std::chrono::steady_clock::now());
  if (!visit_)
    return refuse(websock::http::too_many_requests(10s));
  name_ = *named;
  rates_ = std::make_unique<rates>(rates{{8, 3}, {20, 2}});
  return accept();
}

} // namespace chat
