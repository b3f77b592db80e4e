// Attaching handlers and calling them.
#include "event_table.hpp"

#include "event.hpp"
#include "runtime_events.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace websock::runtime {

namespace {

[[nodiscard]] bool listens_to(const std::vector<event_name>& names,
                              event_name name) noexcept {
  return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

event_table::event_table(std::function<void(std::string_view)> report)
    : report_(std::move(report)), all_(std::make_shared<const listeners>()) {
}

void event_table::attach(std::string id, std::vector<event_name> names,
                         event_handler handler) {
  if (!handler)
    throw std::invalid_argument("attach: the handler " + id + " is empty");
  auto made = std::make_shared<const attached>(
      attached{std::move(id), std::move(names), std::move(handler)});
  const std::lock_guard lock(mutex_);
  listeners more = *all_;
  for (const auto& each : more)
    if (each->id == made->id)
      throw std::invalid_argument("attach: there is a handler " + made->id);
  if (more.size() == most_handlers)
    throw std::length_error("attach: there are " + std::to_string(most_handlers)
                            + " handlers");
  more.push_back(std::move(made));
  replace(std::move(more));
}

bool event_table::detach(std::string_view id) {
  const std::lock_guard lock(mutex_);
  listeners rest = *all_;
  if (std::erase_if(rest, [id](const auto& each) { return each->id == id; }) == 0)
    return false;
  replace(std::move(rest));
  return true;
}

// Under the lock.
void event_table::replace(listeners with) {
  std::uint64_t heard = 0;
  for (const auto& each : with)
    for (const auto& name : each->names)
      heard |= name.bit();
  all_ = std::make_shared<const listeners>(std::move(with));
  heard_.store(heard, std::memory_order_relaxed); // as in is_heard
}

std::shared_ptr<const event_table::listeners> event_table::all() const noexcept {
  const std::lock_guard lock(mutex_);
  return all_;
}

std::vector<std::string> event_table::handlers_of(event_name name) const {
  std::vector<std::string> ids;
  for (const auto& each : *all())
    if (listens_to(each->names, name))
      ids.push_back(each->id);
  return ids;
}

void event_table::emit(event_name name, const event_facts& facts) noexcept {
  const event happened{name, facts.measurements, facts.metadata};
  const auto now = all(); // handlers may attach and detach meanwhile
  for (const auto& each : *now)
    if (listens_to(each->names, name))
      call(*each, happened);
}

void event_table::call(const attached& who, const event& what) noexcept {
  try {
    who.call(what);
  } catch (...) {
    drop(who, what.name);
  }
}

// Called while the exception is handled. Detached first: what is logged may be an event.
void event_table::drop(const attached& failed, event_name heard) noexcept {
  try {
    {
      const std::lock_guard lock(mutex_);
      listeners rest = *all_;
      std::erase_if(rest, [&](const auto& each) { return each.get() == &failed; });
      replace(std::move(rest));
    }
    report_("event handler " + failed.id + " is detached");
  } catch (...) { // no memory: it stays, and fails again
    report_("an event handler is not detached");
    return;
  }
  if (heard != events::handler_failed)
    tell(events::handler_failed, [&] {
      return event_facts{{},
                         {{"handler", failed.id}, {"event", std::string(heard.text())}}};
    });
}

} // namespace websock::runtime
