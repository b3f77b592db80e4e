// A static file as HTTP serves it, with validators for conditional requests.
#pragma once

#include "websock/http/asset.hpp"
#include "websock/http/conditional.hpp"
#include "websock/http/request.hpp"
#include "websock/http/response.hpp"

#include <string>
#include <utility>
#include <vector>

namespace websock::http {

/// Responses have ETag, Last-Modified if known, the headers given and, unless these
/// include Cache-Control, `no-cache`: clients ask each time, and get a 304 while nothing
/// has changed.
class stored_file {
public:
  /// Throws std::invalid_argument for an illegal header.
  stored_file(const asset& file,
              const std::vector<std::pair<std::string, std::string>>& headers);

  /// The response to GET and HEAD: 200, 304 or 412.
  [[nodiscard]] response answer(const request& request) const;

private:
  validators current_;
  response whole_;
  response not_modified_;
};

} // namespace websock::http
