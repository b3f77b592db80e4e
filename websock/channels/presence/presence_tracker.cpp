// Events in, diffs and wakes out.
#include "websock/channels/presence/presence_tracker.hpp"

#include "websock/channels/broadcast/broadcast.hpp"
#include "websock/channels/presence/presence_text.hpp"
#include "websock/runtime/address/node_events.hpp"
#include "websock/runtime/process/node.hpp"

#include <atomic>
#include <exception>

namespace websock::channels {

void presence_tracker::start(const begin& with) {
  ear_ = with.ear;
  self().link(ear_);
  self().send_interval(table_->options().periods.heartbeat, self().pid(), tick{});
}

void presence_tracker::on_message(runtime::term message) {
  if (message.is<presence_table::wake>())
    return;
  message.match(
      [this](const tick&) { beat(); }, [this](const begin& with) { start(with); },
      [this](const runtime::node_up& event) {
        table_->with_state([&](presence_state& state) { state.node_up(event.node); });
      },
      [this](const runtime::node_down& event) {
        table_->with_state(
            [&](presence_state& state) { state.node_down(event.node, self().now()); });
      },
      [this](const runtime::exit_signal& signal) { heard_exit(signal); },
      [](runtime::otherwise) {});
}

void presence_tracker::beat() {
  table_->forget_again();
  table_->with_state([this](presence_state& state) { state.tick(self().now()); });
}

// A speaker that was killed is missed when there is something to say.
void presence_tracker::heard_exit(const runtime::exit_signal& signal) {
  if (!signal.from || signal.from == ear_)
    runtime::process::exit(signal.reason);
  std::erase_if(speakers_,
                [&](const auto& each) { return each.second.process == signal.from; });
}

void presence_tracker::on_end_of_turn() {
  for (const auto& each : table_->take_changes())
    publish(each);
  wake_speakers();
}

void presence_tracker::publish(const presence_table::published& news) {
  const auto& [topic, joins, leaves] = news.changes;
  const presence_diff diff{topic, "presence_diff",
                           diff_text(with_fetch(topic, presences_text(joins)),
                                     with_fetch(topic, presences_text(leaves)))};
  const auto& hooks = table_->options().hooks;
  try {
    if (hooks.publish)
      hooks.publish(self(), diff);
    else
      local_broadcast(self(), topic, diff.event, payload::from_text(diff.payload));
  } catch (const std::exception&) {
    self().node().log_thrown("presence: publish");
  }
  if (hooks.handle_metas)
    call_handle_metas(news);
}

std::string presence_tracker::with_fetch(const std::string& topic,
                                         std::string presences) {
  const auto& fetch = table_->options().hooks.fetch;
  if (!fetch || presences == "{}")
    return presences;
  try {
    return fetch(topic, json::parse(presences)).dump();
  } catch (const std::exception&) {
    self().node().log_thrown("presence: fetch");
    return presences;
  }
}

void presence_tracker::call_handle_metas(const presence_table::published& news) {
  const auto& [topic, joins, leaves] = news.changes;
  try {
    table_->options().hooks.handle_metas(topic, json::parse(presences_text(joins)),
                                         json::parse(presences_text(leaves)),
                                         json::parse(presences_text(news.present)));
  } catch (const std::exception&) {
    self().node().log_thrown("presence: handle_metas");
  }
}

void presence_tracker::wake_speakers() {
  const auto nodes =
      table_->with_state([](presence_state& state) { return state.nodes_to_tell(); });
  for (const auto& node : nodes) {
    auto found = speakers_.find(node);
    if (found == speakers_.end()) {
      auto is_woken = std::make_shared<std::atomic<bool>>(false);
      auto process = self().spawn_link<presence_speaker>(table_, node, is_woken);
      found =
          speakers_.emplace(node, speaker{std::move(process), std::move(is_woken)}).first;
    }
    if (!found->second.is_woken->exchange(true))
      self().send(found->second.process, presence_speaker::speak{});
  }
}

void presence_tracker::on_exit(const runtime::exit_reason&) noexcept {
  try {
    say_farewell();
  } catch (...) {
    self().node().log_thrown("presence: farewell");
  }
}

void presence_tracker::say_farewell() {
  const auto [nodes, farewell] = table_->with_state([](presence_state& state) {
    return std::pair(state.connected_nodes(), state.farewell());
  });
  for (const auto& node : nodes)
    table_->address().send(self(), node, farewell);
}

} // namespace websock::channels
