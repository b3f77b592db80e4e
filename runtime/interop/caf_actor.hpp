// The process as CAF sees it: an actor with handles, requests, monitors and links like
// any other. Internal; programs include runtime/interop/caf.hpp.
#pragma once

#include "../process/process_block.hpp"
#include "caf_requester.hpp"

#include <caf/actor.hpp>
#include <caf/behavior.hpp>

#include <memory>
#include <unordered_map>

namespace websock::runtime {

/// A process in CAF's hull.
class caf_actor final : public caf_requester, public detail::process_block {
public:
  caf_actor(caf::actor_config& config, runtime::shard& home);

  // Required by CAF of any actor.
  using caf::abstract_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit*) override;
  void launch(caf::execution_unit*, bool, bool) override {}
  void on_destroy() override;
  const char* name() const override { return "runtime::process"; }
  void add_link(caf::abstract_actor* other) override;
  void remove_link(caf::abstract_actor* other) override;
  bool add_backlink(caf::abstract_actor* other) override;
  bool remove_backlink(caf::abstract_actor* other) override;

  void add_multiplexed_response_handler(caf::message_id id,
                                        caf::behavior handler) override;
  void add_awaited_response_handler(caf::message_id id, caf::behavior handler) override;
  void call_error_handler(caf::error& failure) override;
  /// Runs the handler waiting for this response; a late response is dropped.
  void handle_response(caf::mailbox_element& element);

  using process::link;
  using process::monitor;
  using process::send;

private:
  void accept_element(caf::mailbox_element_ptr element);
  void notify_foreign(const exit_reason& why) override;
  void link_actor(const runtime::pid& other) override;
  void unlink_actor(const runtime::pid& other) override;
  void monitor_actor(const runtime::pid& other, reference ref) override;
  void demonitor_actor(const runtime::pid& other, reference ref) override;

  using response_handlers = std::unordered_map<caf::message_id, caf::behavior>;
  std::unique_ptr<response_handlers> waiting_; // created by the first request
};

namespace detail {
/// The process behind a control block; null for a foreign actor.
[[nodiscard]] process_block* as_process(caf::actor_control_block& block) noexcept;
} // namespace detail

} // namespace websock::runtime
