// Why a connection ends, as passed to `terminate`.
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
    remote,  // the peer closed; `code` and `body` are from its close frame
    timeout, // nothing was received for too long
    shutdown, // by the server, or by an exit signal `shutdown`
    error,    // everything else; see `reason`
  };

  kind what = kind::normal;
  std::uint16_t code = 0; // of the peer's close frame; 1005: it had none; 0: no frame
  std::string body;
  runtime::exit_reason reason;

  [[nodiscard]] static close_reason error(runtime::exit_reason why) {
    return {kind::error, 0, {}, std::move(why)};
  }
};

/// `normal`, `{remote, 1000}`, `{error, "closed"}`.
[[nodiscard]] std::string to_string(const close_reason& why);

} // namespace websock
