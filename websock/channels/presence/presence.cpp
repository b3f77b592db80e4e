// The API of Presence, on the table that it shares with its tracker.
#include "websock/channels/presence/presence.hpp"

#include "websock/channels/presence/make_meta.hpp"
#include "websock/channels/presence/presence_ear.hpp"
#include "websock/channels/presence/presence_table.hpp"
#include "websock/channels/presence/presence_text.hpp"
#include "websock/channels/presence/presence_tracker.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/server/thread_process.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

namespace websock::channels {

namespace {

// As in Phoenix.Tracker: no two lives of a node begin in the same microsecond.
[[nodiscard]] presence_message::number new_creation() {
  return static_cast<presence_message::number>(
      std::chrono::duration_cast<std::chrono::microseconds>(
          std::chrono::system_clock::now().time_since_epoch())
          .count());
}

[[nodiscard]] std::string name_of(const runtime::node& on,
                                  const presence_options& options) {
  return options.node_name.empty() ? std::string(on.name()) : options.node_name;
}

[[nodiscard]] presence_options checked(presence_options options) {
  const auto& periods = options.periods;
  for (const auto each :
       {periods.heartbeat, periods.silence, periods.down, periods.permdown})
    if (each <= runtime::duration::zero())
      throw std::invalid_argument("presence_options.periods must be positive");
  return options;
}

} // namespace

presence::presence(runtime::node& on, presence_options options)
    : node_(on), table_(std::make_shared<presence_table>(
                     name_of(on, options), new_creation(), checked(options))),
      refs_(node_name()) {
  table_->set_tracker(on.spawn<presence_tracker>(table_));
  ear_ = on.spawn<presence_ear>(table_);
  try {
    on.register_name(name(), ear_);
  } catch (...) {
    end_processes();
    throw;
  }
  runtime::send(tracker(), presence_tracker::begin{ear_});
}

void presence::end_processes() {
  node_.exit(tracker(), runtime::reason::shutdown);
  node_.exit(ear_, runtime::reason::shutdown);
}

// Waits, so that the farewell is on the way before the cluster ends, and the name is
// free.
presence::~presence() {
  if (!node_.is_running()) {
    end_processes();
    return;
  }
  try {
    runtime::thread_process here(node_);
    for (const auto& each : {tracker(), ear_}) {
      const auto ref = here.monitor(each);
      end_processes();
      here.receive(runtime::duration::max(),
                   [&](const runtime::down& gone) { return gone.ref == ref; });
    }
  } catch (...) { // the node stops meanwhile, which ends them as well
    node_.log_thrown("presence", runtime::log_level::debug);
  }
}

const std::string& presence::name() const noexcept {
  return table_->options().name;
}

const std::string& presence::node_name() const noexcept {
  return table_->node();
}

const runtime::pid& presence::tracker() const noexcept {
  return table_->tracker();
}

presence::result presence::track(const runtime::pid& who, const std::string& topic,
                                 const std::string& key, const json& meta) {
  auto ref = refs_.next();
  if (!table_->track(who, {topic, key, make_meta(meta, ref)}))
    return {{}, result::error::already_tracked};
  return {std::move(ref)};
}

presence::result presence::update(const runtime::pid& who, const std::string& topic,
                                  const std::string& key, const json& meta) {
  return update(who, topic, key, [&meta](const json&) { return meta; });
}

presence::result presence::update(const runtime::pid& who, const std::string& topic,
                                  const std::string& key,
                                  const std::function<json(json meta)>& change) {
  for (;;) {
    const auto before = table_->find(who, topic, key);
    if (before == nullptr)
      return {{}, result::error::nopresence};
    auto ref = refs_.next();
    const auto after = make_meta(change(json::parse(*before)), ref, phx_ref_of(*before));
    switch (table_->update(who, {topic, key, after}, before)) {
    case presence_table::outcome::done:
      return {std::move(ref)};
    case presence_table::outcome::is_absent:
      return {{}, result::error::nopresence};
    case presence_table::outcome::was_changed:
      break;
    }
  }
}

void presence::untrack(const runtime::pid& who, const std::string& topic,
                       const std::string& key) {
  table_->untrack(who, topic, key);
}

void presence::untrack(const runtime::pid& who) {
  table_->untrack_all(who);
}

json presence::fetched(std::string_view topic, json presences) const {
  const auto& fetch = table_->options().hooks.fetch;
  return fetch && !presences.empty() ? fetch(topic, std::move(presences)) : presences;
}

json presence::list(std::string_view topic) const {
  return fetched(topic, json::parse(presences_text(table_->list(topic))));
}

std::string presence::list_text(std::string_view topic) const {
  return table_->options().hooks.fetch ? list(topic).dump()
                                       : presences_text(table_->list(topic));
}

json presence::get_by_key(std::string_view topic, std::string_view key) const {
  std::vector<presence_view::key_metas> all;
  if (auto metas = table_->get(topic, key); !metas.empty())
    all.emplace_back(key, std::move(metas));
  auto found = fetched(topic, json::parse(presences_text(all)));
  const auto place = found.find(key);
  return place == found.end() ? json() : *place;
}

} // namespace websock::channels
