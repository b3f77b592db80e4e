// Why a request head is rejected.
#pragma once

#include <optional>
#include <string_view>

namespace websock::http {

/// The status to respond with; `why` names the clause and is static.
struct head_error {
  int status = 400;
  std::string_view why;
};

/// Empty if there is no error.
using verdict = std::optional<head_error>;

} // namespace websock::http
