// A thread that owns client connections, with a mailbox for their messages.
#pragma once

#include "websock/client/client.hpp"
#include "websock/client/client_session.hpp"
#include "websock/runtime/server/thread_process.hpp"

#include "tests/support/channel.hpp"

#include <string>

namespace runtime = websock::runtime;

namespace tests {

/// On a timeout, each wait returns a value that no test expects.
struct client_owner : runtime::thread_process {
  using thread_process::thread_process;

  /// Opens a connection and monitors it.
  runtime::pid open(const std::string& url, const websock::client_options& options = {}) {
    return in_process([&](runtime::process& self) {
      return websock::connect_monitor<websock::client_session>(self, url, options,
                                                               self.pid())
          .first;
    });
  }
  [[nodiscard]] bool is_connected() {
    return receive(patience, [](const websock::connected&) {});
  }
  [[nodiscard]] std::string next_payload() {
    return receive(patience, [](const websock::received& in) { return in.payload; })
        .value_or("nothing came");
  }
  [[nodiscard]] std::string next_exit() {
    return receive(patience,
                   [](const runtime::down& gone) { return to_string(gone.reason); })
        .value_or("no exit");
  }
  [[nodiscard]] websock::connect_failed next_failure() {
    const auto gone = receive(patience, [](const runtime::down& each) { return each; });
    const auto* failed =
        gone ? gone->reason.detail().get_if<websock::connect_failed>() : nullptr;
    return failed != nullptr ? *failed : websock::connect_failed{{}, "no failure"};
  }
};

} // namespace tests
