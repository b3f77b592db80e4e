// Finds the handler of a request by method and path, with the patterns of route_table.
#pragma once

#include "websock/http/request.hpp"
#include "websock/http/route_table.hpp"

#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace websock::http {

template <class Handler>
class router {
public:
  /// `handler` stays valid until the next `add`.
  struct matched {
    const Handler* handler = nullptr;
    path_params params;
  };
  using result = std::variant<matched, no_route, wrong_method, unknown_method>;

  /// Throws like route_table.
  void add(std::string_view method, std::string_view pattern, Handler handler) {
    table_.add(method, pattern);
    handlers_.push_back(std::move(handler));
  }

  /// `raw_path` is still percent-encoded (request::raw_path), never request::path.
  [[nodiscard]] result match(std::string_view method, std::string_view raw_path) const {
    auto outcome = table_.match(method, raw_path);
    if (auto* const found = std::get_if<route_table::found>(&outcome))
      return matched{&handlers_[found->index], std::move(found->params)};
    if (auto* const wrong = std::get_if<wrong_method>(&outcome))
      return std::move(*wrong);
    if (std::holds_alternative<unknown_method>(outcome))
      return unknown_method{};
    return no_route{};
  }

  [[nodiscard]] result match(const request& request) const {
    return match(request.method(), request.raw_path());
  }

private:
  route_table table_;
  std::vector<Handler> handlers_;
};

} // namespace websock::http
