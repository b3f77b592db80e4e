// A static file as HTTP serves it: with what tells a client that it has it already.
#pragma once

#include "websock/http/asset.hpp"
#include "websock/http/conditional.hpp"
#include "websock/http/request.hpp"
#include "websock/http/response.hpp"

#include <string>
#include <utility>
#include <vector>

namespace websock::http {

/// Its responses have ETag, Last-Modified where that is known, the headers given, and,
/// unless these have a Cache-Control, `no-cache`: a client asks each time, and gets a 304
/// as long as nothing has changed.
class stored_file {
public:
  /// Throws std::invalid_argument for a header that is not legal.
  stored_file(const asset& from,
              const std::vector<std::pair<std::string, std::string>>& headers);

  /// To GET and HEAD: 200, 304 or 412.
  [[nodiscard]] response answer(const request& request) const;

private:
  validators current_;
  response whole_;
  response not_modified_;
};

} // namespace websock::http
