// What happens to a connection when one of its callbacks returns a given answer: what the
// client receives, what `terminate` is told, what monitors and the log see.
#pragma once

#include "tests/catch.hpp"
#include "tests/support/stage.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace runtime = websock::runtime;

namespace tests {

enum class callback : std::uint8_t { init, handle_in, binary, handle_info, ping, pong };

[[nodiscard]] inline lines operator+(lines all, const lines& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

/// One line per frame received: "text hi", "ping ", "close 1000 bye".
[[nodiscard]] inline lines heard(const websock::testing::client& peer) {
  using websock::protocol::opcode;
  lines found;
  for (const auto& each : peer.frames()) {
    const std::string name = each.code == opcode::text     ? "text "
                             : each.code == opcode::binary ? "binary "
                             : each.code == opcode::ping   ? "ping "
                                                           : "pong ";
    if (each.code != opcode::close) {
      found.push_back(name + each.payload);
      continue;
    }
    const auto sent = peer.close_frame().value_or(websock::testing::close_frame{0, "?"});
    found.push_back("close " + std::to_string(sent.first)
                    + (sent.second.empty() ? "" : " " + sent.second));
  }
  return found;
}

/// What the client receives before `which` is called: the pong to its ping.
[[nodiscard]] inline lines answered_before(callback which) {
  return which == callback::ping ? lines{"pong go"} : lines{};
}

using answer = std::function<websock::handle_result()>;

/// `which` returns `what`, the other callbacks ok.
[[nodiscard]] inline script answering(callback which, const answer& what) {
  script todo;
  todo.handle_in = [=](websock::message_view in) {
    const auto asked = in.is_text() ? callback::handle_in : callback::binary;
    return which == asked && in.text() == "go" ? what() : websock::ok();
  };
  if (which == callback::init)
    todo.init = [=](runtime::process&) { return what(); };
  if (which == callback::handle_info)
    todo.handle_info = [=](runtime::term) { return what(); };
  if (which == callback::ping || which == callback::pong)
    todo.handle_control = [=](websock::control_view in) {
      return in.is_ping() == (which == callback::ping) ? what() : websock::ok();
    };
  return todo;
}

/// A connection whose callback `which` is called once and returns `what`.
class asked : public observed {
public:
  asked(stage& on, callback which, const answer& what)
      : observed(on, answering(which, what)), on_(on), which_(which) {
    if (which == callback::handle_in)
      peer.text("go");
    else if (which == callback::binary)
      peer.binary("go");
    else if (which == callback::handle_info)
      runtime::send(pid(), std::string("go"));
    else if (which == callback::ping)
      peer.ping("go");
    else if (which == callback::pong)
      peer.pong("go");
    on.node.run_until_idle();
  }

  /// The callbacks up to and including that one.
  [[nodiscard]] lines called() const {
    switch (which_) {
    case callback::init:
      break;
    case callback::handle_in:
    case callback::binary:
      return {"init", "in go"};
    case callback::handle_info:
      return {"init", "info \"go\""};
    case callback::ping:
      return {"init", "ping go"};
    case callback::pong:
      return {"init", "pong go"};
    }
    return {"init"};
  }

  /// The connection has sent `frames` and is up; then the client sends a message and
  /// closes.
  void check_goes_on(lines frames) {
    CHECK(heard(peer) == frames);
    CHECK(end() == "alive");
    peer.text("again");
    peer.close(1000);
    on_.node.run_until_idle();
    frames.push_back("close 1000");
    CHECK(heard(peer) == frames);
    CHECK(callbacks()
          == called() + lines{"in again", "terminate {remote, 1000}", "destroyed"});
    check_over("{shutdown, \"remote\"}");
    CHECK(on_.node.log_lines().empty());
  }

  /// The connection has sent `frames`, the last one a close frame with `code`, and awaits
  /// the client's close frame. Since then only `terminate(told)` has been called.
  void check_stops(const lines& frames, std::uint16_t code, const std::string& told,
                   const std::string& exit) {
    CHECK(heard(peer) == frames);
    CHECK(callbacks() == called() + lines{"terminate " + told});
    CHECK(end() == "alive");
    peer.text("again");
    peer.ping("again");
    runtime::send(pid(), std::string("again"));
    peer.close(code);
    on_.node.run_until_idle();
    CHECK(heard(peer) == frames);
    CHECK(callbacks() == called() + lines{"terminate " + told, "destroyed"});
    check_over(exit);
    CHECK(on_.node.log_lines().empty());
  }

  /// The connection has sent `frames` and 1011, and exited with `reason`.
  void check_crashed(const lines& frames, const std::string& reason) {
    CHECK(heard(peer) == frames + lines{"close 1011"});
    const lines end_of_callbacks =
        which_ == callback::init // `init` did not succeed
            ? lines{"destroyed"}
            : lines{"terminate {error, " + reason + "}", "destroyed"};
    CHECK(callbacks() == called() + end_of_callbacks);
    check_over(reason);
  }

  /// One log line names the process, the callback and the reason.
  void check_logged(const std::string& reason) {
    const std::string name = which_ == callback::init          ? "init"
                             : which_ == callback::handle_info ? "handle_info"
                             : which_ == callback::ping || which_ == callback::pong
                                 ? "handle_control"
                                 : "handle_in";
    REQUIRE(on_.node.log_lines().size() == 1);
    CHECK(on_.node.log_lines()[0]
          == "connection " + to_string(pid()) + " (websock::testing::scripted) raised in "
                 + name + ": " + reason);
  }

  void check_over(const std::string& exit) {
    CHECK(peer.is_ended());
    CHECK(end() == exit);
  }

private:
  stage& on_;
  callback which_;
};

/// Like asked::check_goes_on, on a new connection.
inline void check_goes_on(callback which, const answer& what, const lines& frames) {
  stage on;
  asked(on, which, what).check_goes_on(frames);
}

inline void check_stops(callback which, const answer& what, const lines& frames,
                        std::uint16_t code, const std::string& told,
                        const std::string& exit) {
  stage on;
  asked(on, which, what).check_stops(frames, code, told, exit);
}

/// Like asked::check_crashed, on a new connection; also checks the log line.
inline void check_crashes(callback which, const answer& what, const lines& frames,
                          const std::string& reason) {
  stage on;
  asked connection(on, which, what);
  connection.check_crashed(frames, reason);
  connection.check_logged(reason);
}

/// The same for a normal or shutdown reason: nothing is logged.
inline void check_exits(callback which, const answer& what, const lines& frames,
                        const std::string& reason) {
  stage on;
  asked(on, which, what).check_crashed(frames, reason);
  CHECK(on.node.log_lines().empty());
}

} // namespace tests
