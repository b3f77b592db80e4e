// Why a server has ended by itself.
#pragma once

#include "websock/runtime/term/exit_reason.hpp"

#include <string>

namespace websock {

struct server_failure {
  std::string
      child; // that failed once too often; empty when it was the supervisor itself
  runtime::exit_reason reason; // of its last failure
  friend bool operator==(const server_failure&, const server_failure&) = default;
};

/// `child "listener" failed too often, at last with error: accept: Invalid argument`.
[[nodiscard]] std::string to_string(const server_failure& failure);

} // namespace websock
