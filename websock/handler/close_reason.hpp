// Why a connection ends, as `terminate` hears it.
#pragma once

#include "websock/runtime/term/exit_reason.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace websock {

/// The argument of handler::terminate, in WebSock's terms.
struct close_reason {
  enum class kind : std::uint8_t {
    normal,  // the handler stopped with `normal`, {shutdown, "restart"} or "disconnected"
    remote,  // the peer closed; `code` and `body` are the peer's
    timeout, // nothing came in for too long
    shutdown, // the server, or an exit signal `shutdown`
    error,    // everything else; `reason` says what
  };

  kind what = kind::normal;
  std::uint16_t code = 0; // of the peer's close frame; 1005 when it had none; 0 otherwise
  std::string body;
  runtime::exit_reason reason;

  [[nodiscard]] static close_reason error(runtime::exit_reason why) {
    return {kind::error, 0, {}, std::move(why)};
  }
};

/// `normal`, `{remote, 1000}`, `{error, "closed"}`.
[[nodiscard]] std::string to_string(const close_reason& why);

} // namespace websock
