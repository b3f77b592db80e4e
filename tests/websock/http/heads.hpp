// Request heads for tests: parses text into a request, and prints a result as one line.
#pragma once

#include "websock/http/head_parser.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

namespace websock::testing {

/// The request with this head; throws if it is refused or incomplete.
inline http::request request_of(std::string_view head) {
  http::head_parser parser;
  auto result = parser.feed(head);
  if (auto* refused = std::get_if<http::response>(&result))
    throw std::runtime_error{refused->body};
  return std::get<http::request>(std::move(result));
}

/// "GET /path [name: value]...", "400 why" or "need_more".
inline std::string line_of(const http::head_result& result) {
  if (const auto* refused = std::get_if<http::response>(&result))
    return std::to_string(refused->status) + ' ' + refused->body;
  const auto* request = std::get_if<http::request>(&result);
  if (request == nullptr)
    return "need_more";
  std::string line =
      std::string{request->method()} + ' ' + std::string{request->target()};
  for (const auto& [name, value] : request->headers())
    line.append(" [").append(name).append(": ").append(value).append("]");
  return line;
}

} // namespace websock::testing
