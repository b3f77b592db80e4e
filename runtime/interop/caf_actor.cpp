// The seam to CAF: everything that CAF calls on a process, and everything that a process
// calls on CAF.
#include "caf_actor.hpp"

#include "../address/exit_signals.hpp"
#include "../address/gen_call.hpp"
#include "../process/node.hpp"
#include "../process/shard.hpp"
#include "../term/access.hpp"
#include "caf_error.hpp"
#include "caf_term.hpp"

#include <caf/actor_system.hpp>
#include <caf/attachable.hpp>
#include <caf/make_actor.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <caf/system_messages.hpp>

#include <mutex>
#include <new>
#include <stdexcept>

namespace websock::runtime {

namespace {

[[nodiscard]] bool is_remote(const caf::actor_control_block& actor) {
  return actor.home_system != nullptr && actor.nid != actor.home_system->node();
}

/// A request from a CAF actor. Replies once, with an error if nothing else does.
class caf_promise final : public detail::reply_target {
public:
  caf_promise(caf::strong_actor_ptr self, caf::strong_actor_ptr caller,
              caf::message_id id)
      : self_(std::move(self)), caller_(std::move(caller)), id_(id) {}
  ~caf_promise() override {
    try {
      answer(caf::make_message(make_error(caf::sec::request_receiver_down)));
    } catch (...) {
      detail::find_block(pid(self_.get()))
          ->node()
          .log_thrown("a CAF actor does not hear that its request has no answer");
    }
  }
  void reply(term value) override {
    // An exception here goes to the replying code; the caller still gets an error at the
    // end.
    if (const caf::strong_actor_ptr receiver = caller(); receiver && is_remote(*receiver))
      detail::check_sendable(value, *receiver->home_system);
    answer(detail::to_message(value));
  }

private:
  [[nodiscard]] caf::strong_actor_ptr caller() {
    const std::lock_guard lock(mutex_);
    return caller_;
  }
  void answer(caf::message message) {
    caf::strong_actor_ptr receiver;
    {
      const std::lock_guard lock(mutex_); // a `from` may be answered on any thread
      receiver.swap(caller_);
    }
    if (receiver)
      receiver->enqueue(self_, id_.response_id(), std::move(message), nullptr);
  }

  std::mutex mutex_;
  const caf::strong_actor_ptr self_;
  caf::strong_actor_ptr caller_;
  const caf::message_id id_;
};

/// A CAF actor's response on its way to the process that sent the request.
class caf_response final : public detail::signal {
public:
  explicit caf_response(caf::mailbox_element_ptr element)
      : signal(detail::signal_kind::event), element_(std::move(element)) {}
  void handle(detail::process_block& target) override {
    const std::unique_ptr<caf_response> own(this);
    static_cast<caf_actor&>(target).handle_response(*element_);
  }
  void dispose() noexcept override { delete this; }

private:
  const caf::mailbox_element_ptr element_;
};

/// The exit reason of a foreign actor: one ended by the signal `kill` was `killed`.
[[nodiscard]] exit_reason end_reason(const caf::error& why) {
  auto reason = detail::to_reason(why);
  return reason == exit_reason(reason::kill) ? exit_reason(reason::killed)
                                             : std::move(reason);
}

/// Our monitor of a foreign actor: CAF's own has no reference, so two of them could not
/// be told apart.
class foreign_monitor final : public caf::attachable {
public:
  static constexpr std::size_t token_type = 0x77;
  struct key {
    static constexpr std::size_t token_type = foreign_monitor::token_type;
    reference ref;
  };

  foreign_monitor(pid watcher, pid watched, reference ref)
      : watcher_(std::move(watcher)), watched_(std::move(watched)), ref_(ref) {}
  void actor_exited(const caf::error& why, caf::execution_unit*) override {
    try {
      detail::send_down(watcher_, {ref_, watched_, {}, end_reason(why)});
    } catch (...) {
      detail::find_block(watcher_)->node().log_thrown(
          "the end of a CAF actor is not told");
    }
  }
  bool matches(const token& other) override {
    return other.subtype == token_type && static_cast<const key*>(other.ptr)->ref == ref_;
  }

private:
  const pid watcher_;
  const pid watched_;
  const reference ref_;
};

[[nodiscard]] bool has_exited(caf::actor_control_block& actor) {
  return actor.get()->getf(caf::abstract_actor::is_terminated_flag);
}

void enqueue_exit(process& target, const caf::exit_msg& message) {
  const auto source = caf::actor_cast<caf::strong_actor_ptr>(message.source);
  const pid from(source.get());
  // CAF sends the same message for the end of a linked actor and for exit(pid, reason).
  // If the sender has exited, it comes from the link. The proxy of a remote actor may
  // outlive that message, and repeats it when it ends.
  if (source && has_exited(*source))
    detail::send_link_exit(target, from, end_reason(message.reason));
  else if (source && is_remote(*source))
    detail::send_remote_exit(target, from, end_reason(message.reason));
  else
    detail::send_exit(target.pid(), from, detail::to_reason(message.reason));
}

} // namespace

caf_actor::caf_actor(caf::actor_config& config, runtime::shard& home)
    : caf_requester(config), process_block(home) {
}

// CAF calls this from its own threads, where no caller could handle an exception.
void caf_actor::enqueue(caf::mailbox_element_ptr element, caf::execution_unit*) {
  try {
    accept_element(std::move(element));
  } catch (...) {
    process::node().log_thrown("a message of a CAF actor is lost");
  }
}

void caf_actor::accept_element(caf::mailbox_element_ptr element) {
  const auto& content = element->content();
  if (element->mid.is_response()) {
    detail::deliver(*this, new caf_response(std::move(element)));
  } else if (content.match_elements<caf::exit_msg>()) {
    enqueue_exit(*this, content.get_as<caf::exit_msg>(0));
  } else if (element->mid.is_request()) {
    from caller(std::make_shared<caf_promise>(ctrl(), element->sender, element->mid));
    runtime::send(
        process::pid(),
        gen_call{std::move(caller), detail::to_term(element->move_content_to_message())});
  } else {
    runtime::send(process::pid(), detail::to_term(element->move_content_to_message()));
  }
}

void caf_actor::on_destroy() {
  // For a process that never ran. Not local_actor::cleanup, which uses the actor system:
  // a pid may outlive that.
  caf::error why; // empty when there is no memory for one
  try {
    why = caf::exit_reason::unreachable;
  } catch (const std::bad_alloc&) {
    why = {};
  }
  caf::monitorable_actor::cleanup(std::move(why), nullptr);
}

void caf_actor::add_link(caf::abstract_actor* other) {
  process::link(runtime::pid(caf::actor_control_block::from(other)));
}

void caf_actor::remove_link(caf::abstract_actor* other) {
  process::unlink(runtime::pid(caf::actor_control_block::from(other)));
}

bool caf_actor::add_backlink(caf::abstract_actor* other) {
  const bool is_new = caf::monitorable_actor::add_backlink(other);
  if (is_new)
    detail::send_link(*this, runtime::pid(caf::actor_control_block::from(other)));
  return is_new;
}

bool caf_actor::remove_backlink(caf::abstract_actor* other) {
  if (is_alive())
    detail::send_unlink(*this, runtime::pid(caf::actor_control_block::from(other)));
  return caf::monitorable_actor::remove_backlink(other);
}

void caf_actor::add_multiplexed_response_handler(caf::message_id id,
                                                 caf::behavior handler) {
  if (!waiting_)
    waiting_ = std::make_unique<response_handlers>();
  waiting_->emplace(id, std::move(handler));
}

void caf_actor::add_awaited_response_handler(caf::message_id, caf::behavior) {
  throw std::logic_error("request(...).await is not for processes: use .then");
}

void caf_actor::call_error_handler(caf::error& failure) {
  process::exit(detail::to_reason(failure));
}

void caf_actor::handle_response(caf::mailbox_element& element) {
  const auto found =
      waiting_ ? waiting_->extract(element.mid) : response_handlers::node_type();
  if (found.empty())
    return;
  if (auto& handler = found.mapped(); !handler(element.content())) {
    auto unexpected = caf::make_message(
        make_error(caf::sec::unexpected_response, element.move_content_to_message()));
    handler(unexpected);
  }
}

void caf_actor::notify_foreign(const exit_reason& why) {
  waiting_.reset();
  // Not local_actor::cleanup, which on every exit pushes into a small blocking ring of
  // CAF's clock.
  caf::monitorable_actor::cleanup(detail::to_error(why), context());
}

void caf_actor::link_actor(const runtime::pid& other) {
  if (has_exited(*detail::access::control_block(other)))
    detail::send_link_exit(*this, other, reason::noproc);
  else
    caf::monitorable_actor::add_link(detail::access::control_block(other)->get());
}

void caf_actor::unlink_actor(const runtime::pid& other) {
  caf::monitorable_actor::remove_link(detail::access::control_block(other)->get());
}

void caf_actor::monitor_actor(const runtime::pid& other, reference ref) {
  if (has_exited(*detail::access::control_block(other)))
    detail::send_down(process::pid(), {ref, other, {}, reason::noproc});
  else
    detail::access::control_block(other)->get()->attach(
        std::make_unique<foreign_monitor>(process::pid(), other, ref));
}

void caf_actor::demonitor_actor(const runtime::pid& other, reference ref) {
  const foreign_monitor::key key{ref};
  detail::access::control_block(other)->get()->detach(caf::attachable::token(key));
}

pid node::create_process(shard& home) {
  auto& system = actor_system();
  caf::actor_config config(&home.execution_unit());
  const auto actor = caf::make_actor<caf_actor, caf::strong_actor_ptr>(
      system.next_actor_id(), system.node(), &system, config, home);
  ++processes_;
  return pid(actor.get());
}

namespace detail {

process_block* as_process(caf::actor_control_block& block) noexcept {
  return dynamic_cast<caf_actor*>(block.get());
}

void deliver_to_actor(const pid& target, term message) {
  auto* block = detail::access::control_block(target);
  if (is_remote(*block))
    check_sendable(message, *block->home_system);
  block->enqueue(nullptr, caf::make_message_id(), to_message(message), nullptr);
}

void exit_actor(const pid& target, const pid& from, const exit_reason& why) {
  detail::access::control_block(target)->get()->eq_impl(
      caf::make_message_id(), nullptr, nullptr,
      caf::exit_msg{from ? caf::actor_cast<caf::actor_addr>(
                        caf::strong_actor_ptr(detail::access::control_block(from), true))
                         : caf::actor_addr(),
                    to_error(why)});
}

} // namespace detail
} // namespace websock::runtime
