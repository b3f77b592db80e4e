// Why a request head must be refused.
#pragma once

#include <optional>
#include <string_view>

namespace websock::http {

/// The status to answer with; `why` names the clause and has static lifetime.
struct head_error {
  int status = 400;
  std::string_view why;
};

/// Nothing if there is no error.
using verdict = std::optional<head_error>;

} // namespace websock::http
