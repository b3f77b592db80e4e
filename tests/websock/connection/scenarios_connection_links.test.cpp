// Recorded scenarios: what linked processes see when a connection ends.
#include "websock/connection/connection_process.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/testing/memory/memory_transport.hpp"

#include "tests/catch.hpp"
#include "tests/support/puppet.hpp"
#include "tests/support/stage.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using namespace tests;
using websock::testing::close_frame;

namespace {

/// LT, which traps exits, LN, which does not, and the connection that links to both in
/// its `init` and stops as its client says.
struct linked {
  [[nodiscard]] script todo() {
    script how;
    how.init = [*this](process& self) {
      self.link(lt);
      self.link(ln);
      return websock::ok();
    };
    how.handle_in = [](websock::message_view in) -> websock::handle_result {
      if (in.text() == "stopn")
        return websock::stop(runtime::reason::normal);
      if (in.text() == "stopb")
        return websock::stop(runtime::reason::of(std::string("boom")));
      if (in.text() == "restart")
        return websock::stop(runtime::reason::shutdown("restart"));
      throw std::runtime_error("boom");
    };
    return how;
  }

  pid lt;
  pid ln;
};

class scene : public stage {
public:
  /// What is left once the connection has ended with `why`: `ln` is the end of LN.
  void check_links_saw(const pid& who, const std::string& why, const std::string& ln) {
    me.sleep(50ms);
    CHECK(tests::reports(me, 0ms)
          == lines{"exit_signal{" + to_string(who) + ", " + why + "}"});
    CHECK(end_of(lt_) == "alive");
    CHECK(end_of(ln_) == ln);
  }

  linked links{node.spawn<puppet>([](process& self) { self.trap_exit(true); }, me.pid()),
               node.spawn<puppet>()};

private:
  runtime::reference lt_ = watch(links.lt);
  runtime::reference ln_ = watch(links.ln);
};

/// The client sends `text`, gets `sent`, a close frame, and answers it.
void stop_by(scene& on, observed& c, const std::string& text, const close_frame& sent) {
  c.peer.text(text);
  on.node.run_until_idle();
  CHECK(c.peer.close_frame() == sent);
  CHECK(c.end() == "alive");
  c.peer.close(sent.first);
  on.node.run_until_idle();
  CHECK(c.peer.frames().size() == 1);
  CHECK(c.peer.is_ended());
}

} // namespace

TEST_CASE("links of a connection whose client closes see {shutdown, remote}",
          "[conn-links-see-client-close-1000]") {
  scene on;
  observed c(on, on.links.todo());
  c.peer.close(1000);
  on.check_links_saw(c.pid(), "{shutdown, \"remote\"}", "{shutdown, \"remote\"}");
  CHECK(c.callbacks() == lines{"init", "terminate {remote, 1000}", "destroyed"});
  CHECK(c.peer.close_frame() == close_frame{1000, ""});
  CHECK(c.peer.is_ended());
  CHECK(c.end() == "{shutdown, \"remote\"}");
  CHECK(on.node.log_lines().empty());
}

TEST_CASE("links of a connection whose client is gone see {shutdown, closed}",
          "[conn-links-see-client-fin]") {
  scene on;
  observed c(on, on.links.todo());
  c.peer.disconnect();
  on.check_links_saw(c.pid(), "{shutdown, \"closed\"}", "{shutdown, \"closed\"}");
  CHECK(c.callbacks() == lines{"init", "terminate {error, error: closed}", "destroyed"});
  CHECK(c.peer.received().empty());
  CHECK(c.end() == "{shutdown, \"closed\"}");
  CHECK(on.node.log_lines().empty());
}

TEST_CASE("links of a connection that is killed see killed", "[conn-links-see-kill]") {
  scene on;
  observed c(on, on.links.todo());
  on.me.exit(c.pid(), runtime::reason::kill);
  on.check_links_saw(c.pid(), "killed", "killed");
  CHECK(c.callbacks() == lines{"init", "destroyed"});
  CHECK(c.peer.close_frame() == close_frame{1011, ""});
  CHECK(c.end() == "killed");
}

TEST_CASE("links of a connection whose callback throws see the error",
          "[conn-links-see-raise]") {
  scene on;
  observed c(on, on.links.todo());
  c.peer.text("raise");
  on.check_links_saw(c.pid(), "error: boom", "error: boom");
  CHECK(c.callbacks()
        == lines{"init", "in raise", "terminate {error, error: boom}", "destroyed"});
  CHECK(c.peer.close_frame() == close_frame{1011, ""});
  CHECK(c.peer.is_ended());
  CHECK(c.end() == "error: boom");
  CHECK(on.node.log_lines().size() == 1);
}

TEST_CASE("links of a connection that stops with a reason see it",
          "[conn-links-see-stop-boom]") {
  scene on;
  observed c(on, on.links.todo());
  stop_by(on, c, "stopb", {1011, ""});
  on.check_links_saw(c.pid(), "\"boom\"", "\"boom\"");
  CHECK(c.callbacks()
        == lines{"init", "in stopb", "terminate {error, \"boom\"}", "destroyed"});
  CHECK(c.end() == "\"boom\"");
}

TEST_CASE("links of a connection that stops normally see normal",
          "[conn-links-see-stop-normal]") {
  scene on;
  observed c(on, on.links.todo());
  stop_by(on, c, "stopn", {1000, ""});
  on.check_links_saw(c.pid(), "normal", "alive");
  CHECK(c.callbacks() == lines{"init", "in stopn", "terminate normal", "destroyed"});
  CHECK(c.end() == "normal");
  CHECK(on.node.log_lines().empty());
}

TEST_CASE("links of a connection that stops for a restart see {shutdown, restart}",
          "[conn-links-see-stop-restart]") {
  scene on;
  observed c(on, on.links.todo());
  stop_by(on, c, "restart", {1012, ""});
  on.check_links_saw(c.pid(), "{shutdown, \"restart\"}", "{shutdown, \"restart\"}");
  CHECK(c.callbacks() == lines{"init", "in restart", "terminate normal", "destroyed"});
  CHECK(c.end() == "{shutdown, \"restart\"}");
  CHECK(on.node.log_lines().empty());
}

TEST_CASE("links of a connection see shutdown when its server ends",
          "[conn-links-see-server-shutdown]") {
  scene on;
  auto& shard = on.node.node().shard_at(0);
  websock::connection_host host(shard);
  const auto pipe = std::make_shared<websock::testing::memory_pipe>(shard);
  const auto work = std::make_shared<script>(on.links.todo());
  websock::connection_setup setup{
      &host,
      std::make_unique<websock::testing::memory_transport>(pipe),
      std::make_shared<const websock::upgrade_options>(),
      websock::detail::make_factory<websock::testing::scripted>(work),
      {},
      {},
      host.expect()};
  const pid c = on.node.node().spawn_on<websock::connection_process>(0, std::move(setup));
  const auto end = on.watch(c);

  bool is_drained = false;
  shard.post(
      [&](runtime::shard&) { host.drain({}, 0, 1, [&](auto) { is_drained = true; }); });
  on.node.run_until_idle();
  CHECK(work->log == lines{"init", "terminate shutdown"});
  CHECK(pipe->to_client == "\x88\x02\x03\xE9"); // a close frame with 1001
  CHECK(on.end_of(end) == "alive");
  pipe->to_server = std::string("\x88\x82\0\0\0\0\x03\xE9", 8);
  pipe->client_ended = true;
  pipe->notify();
  on.check_links_saw(c, "shutdown", "shutdown");
  CHECK(work->log == lines{"init", "terminate shutdown", "destroyed"});
  CHECK(on.end_of(end) == "shutdown");
  CHECK(is_drained);
  CHECK(on.node.log_lines().empty());
}

TEST_CASE("a process that a connection has spawned linked goes with it",
          "[conn-spawn_link-child-survival]") {
  stage on;
  script todo;
  pid child;
  todo.init = [&](process& self) {
    child = self.spawn_link<puppet>();
    return websock::ok();
  };
  observed c(on, todo);
  const auto of_child = on.watch(child);
  CHECK(on.end_of(of_child) == "alive");
  c.peer.close(1000);
  on.node.run_until_idle();
  CHECK(c.callbacks() == lines{"init", "terminate {remote, 1000}", "destroyed"});
  CHECK(c.peer.close_frame() == close_frame{1000, ""});
  CHECK(c.peer.is_ended());
  CHECK(c.end() == "{shutdown, \"remote\"}");
  CHECK(on.end_of(of_child) == "{shutdown, \"remote\"}");
  CHECK_FALSE(child.is_alive());
}
