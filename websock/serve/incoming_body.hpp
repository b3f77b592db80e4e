// A request whose body is arriving.
#pragma once

#include "websock/http/body_parser.hpp"
#include "websock/http/request.hpp"
#include "websock/serve/body_budget.hpp"
#include "websock/serve/http_route.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace websock {

struct incoming_body {
  http::request request;
  const http_route& route;
  http::body_parser parser;
  body_share share;
  std::string octets{};
  std::size_t next_deadline = 0; // the size at which its time starts anew

  /// Memory grows with what has arrived. False if the budget is used up.
  [[nodiscard]] bool keep(std::string_view more);
};

} // namespace websock
