// Aliases, and requests that wait for an answer: a monitor, an alias and a timer that end
// together.
#include "runtime/access.hpp"
#include "runtime/gen_call.hpp"
#include "runtime/node.hpp"
#include "runtime/process.hpp"
#include "runtime/rollback.hpp"
#include "runtime/shard.hpp"

#include <memory>
#include <utility>

namespace runtime {

struct process_requests {
  /// A message to an alias: dropped if that is inactive when its turn comes.
  class aliased final : public detail::signal {
  public:
    aliased(reference ref, detail::letter* message)
        : signal(message->kind()), ref_(ref), message_(message) {}
    void handle(process& to) override {
      const std::unique_ptr<aliased> own(this);
      if (to.ties_ && to.ties_->aliases.contains(ref_))
        std::exchange(message_, nullptr)->handle(to);
    }
    [[nodiscard]] const detail::term_box* contents() const noexcept override {
      return message_->contents();
    }
    void dispose() noexcept override { delete this; }
    ~aliased() {
      if (message_ != nullptr)
        message_->dispose();
    }

  private:
    const reference ref_;
    detail::letter* message_;
  };

  /// What ends a request: its answer, or the reason why there is none.
  class outcome final : public detail::signal {
  public:
    explicit outcome(response result)
        : signal(detail::signal_kind::control), result_(std::move(result)) {}
    void handle(process& to) override {
      const std::unique_ptr<outcome> own(this);
      to.end_request(std::move(result_));
    }
    void dispose() noexcept override { delete this; }

  private:
    response result_;
  };

  /// Where a gen_server's answer goes.
  class target final : public detail::reply_target {
  public:
    target(pid caller, reference id) : caller_(std::move(caller)), id_(id) {}
    void reply(term value) override {
      detail::deliver(*detail::access::local(caller_),
                      new outcome({id_, std::move(value), {}}));
    }

  private:
    const pid caller_;
    const reference id_;
  };
};

namespace detail {

void deliver_to_alias(const alias& to, letter* message) {
  auto sent = to_alias(to.ref, message);
  if (auto* const owner = access::local(to.owner))
    deliver(*owner, sent.release());
}

owned_signal to_alias(reference ref, letter* message) {
  owned_signal own(message);
  owned_signal made(new process_requests::aliased(ref, message));
  static_cast<void>(own.release()); // `made` has it
  return made;
}

} // namespace detail

alias process::alias() {
  const auto ref = shard_.make_reference();
  ties().aliases.insert(ref);
  return {pid(), ref};
}

bool process::unalias(const runtime::alias& address) {
  return ties_ && address.owner == pid() && ties_->aliases.erase(address.ref);
}

// What fails leaves no request: nobody would expect its response.
reference process::start_request(const runtime::pid& server, duration limit,
                                 term request) {
  static_cast<void>(not_negative("the limit of a request", limit));
  const auto id = shard_.make_reference();
  reference timer;
  detail::rollback unasked([&] { forget_request(id, timer); });
  if (limit != infinity && server != pid())
    timer = shard_.message_timers().send_signal(
        limit, pid(), new process_requests::outcome({id, {}, timeout}));
  ties().requests.insert(id, timer); // before the monitor, which may answer at once
  if (server == pid()) {
    end_request({id, {}, reason(std::string("calling_self"))});
  } else {
    start_monitor(id, server, {});
    runtime::send(server,
                  gen_call{from(std::make_shared<process_requests::target>(pid(), id)),
                           std::move(request)});
  }
  unasked.keep();
  return id;
}

// Whom it monitors may tell of its end yet, and is not heard.
void process::forget_request(reference id, reference timer) noexcept {
  if (!ties_)
    return;
  ties_->requests.erase(id);
  ties_->monitors.erase(id);
  cancel_timer(timer);
}

bool process::cancel_request(reference id) {
  const reference* const timer = ties_ ? ties_->requests.find(id) : nullptr;
  if (timer == nullptr)
    return false;
  demonitor(id); // its down is never in the mailbox: it ends the request
  cancel_timer(*timer);
  return ties_->requests.erase(id);
}

void process::end_request(response result) {
  if (cancel_request(result.id))
    accept(detail::make_kept_letter(std::move(result)));
}

} // namespace runtime
