// Timers that send a message.
#include "runtime/send_timers.hpp"

#include "runtime/node.hpp"
#include "runtime/send.hpp"
#include "runtime/shard.hpp"

#include <algorithm>
#include <utility>

namespace runtime {

class send_timers::entry final : public timer {
public:
  entry(send_timers& owner, reference ref, pid to, std::string name, term message)
      : owner_(owner), ref_(ref), to_(std::move(to)), name_(std::move(name)),
        message_(std::move(message)) {}

  void expire(time_point) override {
    const auto self = owner_.running_.extract(ref_); // lives until this function returns
    send(name_.empty() ? to_ : owner_.shard_.owner().whereis(name_), std::move(message_));
  }

private:
  send_timers& owner_;
  const reference ref_;
  const pid to_;
  const std::string name_;
  term message_;
};

send_timers::send_timers(shard& on) noexcept : shard_(on) {
}

send_timers::~send_timers() {
  for (auto& [ref, running] : running_)
    shard_.timers().disarm(*running);
}

reference send_timers::start(duration delay, pid to, std::string name, term message) {
  const auto ref = shard_.make_reference();
  auto added = std::make_unique<entry>(*this, ref, std::move(to), std::move(name),
                                       std::move(message));
  // The clock itself, not the round's time: that may be old by now, and a timer is never
  // early.
  shard_.timers().arm(*added, shard_.read_clock() + std::max(delay, duration::zero()));
  running_.emplace(ref, std::move(added));
  return ref;
}

std::optional<duration> send_timers::cancel(reference ref) {
  const auto found = running_.find(ref);
  if (found == running_.end())
    return std::nullopt;
  const auto left = shard_.timers().due(*found->second) - shard_.read_clock();
  shard_.timers().disarm(*found->second);
  running_.erase(found);
  return std::max(left, duration::zero());
}

} // namespace runtime
