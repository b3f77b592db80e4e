// What a process waits for.
#include "runtime/waits.hpp"

#include "runtime/process.hpp"

namespace runtime {

namespace detail {

bool waiting_for_message::wants(const signal& entry) const {
  if (is_pausing())
    return false;
  const term message = message_of(entry);
  return message && accepts(message);
}

void waiting_for_message::take(signal* entry) {
  found_ = message_of(*entry);
  entry->dispose();
}

calling_term::~calling_term() {
  if (id_ && !found())
    who().cancel_request(id_);
}

void calling_term::begin() {
  id_ = who().send_request(server_, limit_, std::move(request_));
}

term calling_term::answer() const {
  const auto& answered = found().get<response>();
  if (!answered.is_answered())
    throw call_failed(answered.failed);
  return answered.value;
}

} // namespace detail

process& waits::self() noexcept {
  return static_cast<process&>(*this);
}

} // namespace runtime
