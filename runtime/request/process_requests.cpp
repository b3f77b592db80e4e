// Aliases, and requests that wait for a reply: a monitor, an alias and a timer that end
// together.
#include "../address/gen_call.hpp"
#include "../address/remote_gate.hpp"
#include "../address/remote_process.hpp"
#include "../address/remote_signals.hpp"
#include "../process/node.hpp"
#include "../process/process_block.hpp"
#include "../process/send_timers.hpp"
#include "../process/shard.hpp"
#include "../table/rollback.hpp"

#include <memory>
#include <utility>

namespace websock::runtime {

namespace detail {

namespace {

/// A message to an alias: dropped if the alias is inactive when it arrives.
class aliased final : public signal {
public:
  aliased(reference ref, letter* message)
      : signal(message->kind()), ref_(ref), message_(message) {}
  void handle(process_block& owner) override {
    const std::unique_ptr<aliased> own(this);
    if (const auto* ties = owner.existing_ties();
        ties != nullptr && ties->rare && ties->rare->aliases.contains(ref_))
      std::exchange(message_, nullptr)->handle(owner);
  }
  [[nodiscard]] const term_box* contents() const noexcept override {
    return message_->contents();
  }
  void dispose() noexcept override { delete this; }
  ~aliased() {
    if (message_ != nullptr)
      message_->dispose();
  }

private:
  const reference ref_;
  letter* message_;
};

/// Ends a request: carries the reply, or the reason why there is none.
class outcome final : public signal {
public:
  explicit outcome(response result)
      : signal(signal_kind::control), result_(std::move(result)) {}
  void handle(process_block& requester) override {
    const std::unique_ptr<outcome> own(this);
    requester.end_request(std::move(result_));
  }
  void dispose() noexcept override { delete this; }

private:
  response result_;
};

/// The destination of a gen_server's reply.
class target final : public reply_target {
public:
  target(pid caller, reference id) : caller_(std::move(caller)), id_(id) {}
  void reply(term value) override { answer_request(caller_, id_, std::move(value)); }

private:
  const pid caller_;
  const reference id_;
};

/// Begins a request, which `ask(id)` sends. On failure none remains: nobody would expect
/// its response.
template <class F>
reference start_request(process_block& self, duration limit, F ask) {
  const auto id = self.shard().make_reference();
  reference timer;
  rollback unasked([&] { self.forget_request(id, timer); });
  if (limit != infinity)
    timer = self.shard().message_timers().send_signal(
        limit, self.pid(), new outcome({id, {}, reason::timeout}));
  self.ties().rarely().requests.insert(
      id, timer); // before the monitor, which may answer at once
  ask(id);
  unasked.keep();
  return id;
}

} // namespace

void answer_request(const pid& caller, reference id, term value) {
  deliver(caller, new outcome({id, std::move(value), {}}));
}

void deliver_to_alias(const alias& to, letter* message) {
  if (auto* const elsewhere = find_remote(to.owner)) {
    const owned_signal own(message);
    return elsewhere->send_to_alias(to.ref, message->peek());
  }
  auto sent = to_alias(to.ref, message);
  if (auto* const owner = find_block(to.owner))
    deliver(*owner, sent.release());
}

owned_signal to_alias(reference ref, letter* message) {
  owned_signal own(message);
  owned_signal made(new aliased(ref, message));
  static_cast<void>(own.release()); // `made` has it
  return made;
}

} // namespace detail

alias process::alias() {
  const auto ref = shard_.make_reference();
  detail::block_of(*this).ties().rarely().aliases.insert(ref);
  return {pid(), ref};
}

bool process::unalias(const runtime::alias& address) {
  auto* ties = detail::block_of(*this).existing_ties();
  return ties != nullptr && ties->rare && address.owner == pid()
         && ties->rare->aliases.erase(address.ref);
}

reference process::start_request(const runtime::pid& server, duration limit,
                                 term request) {
  static_cast<void>(not_negative("the limit of a request", limit));
  auto& self = detail::block_of(*this);
  const bool is_to_itself = server == pid();
  return detail::start_request(self, is_to_itself ? infinity : limit, [&](reference id) {
    if (is_to_itself)
      return self.end_request({id, {}, reason::of(std::string("calling_self"))});
    self.start_monitor(id, server, {});
    if (auto* const remote = detail::find_remote(server))
      return remote->send_request(pid(), id, std::move(request));
    runtime::send(server, gen_call{from(std::make_shared<detail::target>(pid(), id)),
                                   std::move(request)});
  });
}

reference process::start_request(const name_at& server, duration limit, term request) {
  if (server.node == node().name())
    return start_request(whereis(server.name), limit, std::move(request));
  static_cast<void>(not_negative("the limit of a request", limit));
  auto& self = detail::block_of(*this);
  return detail::start_request(self, limit, [&](reference id) {
    self.start_monitor_at(id, server);
    if (auto* const gate = node().gate())
      gate->send_request(server, pid(), id, std::move(request));
  });
}

// A monitored process of this node may still report its exit, which is then ignored.
void detail::process_block::forget_request(reference id, reference timer) noexcept {
  if (ties_ && ties_->rare)
    ties_->rare->requests.erase(id);
  if (const auto watched = ties_ ? ties_->monitors.extract(id) : std::nullopt)
    demonitor_or_lose(*watched, id);
  cancel_timer(timer);
}

bool process::cancel_request(reference id) {
  auto* ties = detail::block_of(*this).existing_ties();
  const reference* const timer =
      ties != nullptr && ties->rare ? ties->rare->requests.find(id) : nullptr;
  if (timer == nullptr)
    return false;
  demonitor(id); // its down never enters the mailbox: it ends the request
  cancel_timer(*timer);
  return ties->rare->requests.erase(id);
}

void detail::process_block::end_request(response result) {
  if (cancel_request(result.id))
    arrive(make_kept_letter(std::move(result)));
}

} // namespace websock::runtime
