// What programs see of a member.
#include "engine.hpp"

#include "../process/node.hpp"
#include "../process/publication_routes.hpp"
#include "../process/run_on_shard.hpp"
#include "../table/rollback.hpp"
#include "../time/deadline.hpp"
#include "member.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace websock::runtime::redis {

namespace {

[[nodiscard]] engine_options valid(engine_options options) {
  validate(options);
  return options;
}

/// The engines of a node: its processes may be using one that is being left.
class engines_of_node {
public:
  explicit engines_of_node(node&) {}
  /// Throws std::logic_error while there is one already.
  void begin(std::shared_ptr<member> made) {
    const std::lock_guard lock(mutex_);
    if (present_ != nullptr)
      throw std::logic_error("redis: this node has an engine already, and may have one "
                             "at a time");
    all_.push_back(std::move(made));
    present_ = all_.back().get();
  }
  void end() noexcept {
    const std::lock_guard lock(mutex_);
    present_ = nullptr;
  }

private:
  std::mutex mutex_; // engines are made on any thread
  const member* present_ = nullptr;
  std::vector<std::shared_ptr<member>> all_;
};

constexpr std::chrono::milliseconds between_looks{100}; // at whether the node stops

void check_runs_on(const node& owner) {
  if (owner.stops())
    throw std::logic_error("redis: the node stops, or has stopped");
}

// Two connections, and a name that ends; each is bounded by the member itself.
[[nodiscard]] duration longest_start(const engine_options& options) {
  return duration(options.connect_timeout) * 2 + duration(options.ping_interval) * 10
         + duration(options.ping_timeout) * 2;
}

} // namespace

engine::engine(node& owner, engine_options options)
    : engine(owner, valid(options), dial_for(valid(options))) {
}

engine::engine(node& owner, engine_options options, dial_function dial)
    : member_(
        std::make_shared<member>(owner, valid(std::move(options)), std::move(dial))) {
  start();
}

void engine::start() {
  auto& owner = member_->owner();
  if (owner.runs_here())
    throw std::logic_error("redis: it waits for the shard that would connect it");
  check_runs_on(owner);
  owner.extension<engines_of_node>().begin(member_);
  runtime::detail::rollback left([this] { leave(); });
  const auto joined = std::make_shared<std::promise<std::string>>();
  run_on_shard(member_->home(), [&] {
    member_->start([joined](std::string why) { joined->set_value(std::move(why)); });
  });
  if (owner.is_running()) // a node that a test steps gets no answer before it is stepped
    wait_until_joined(joined->get_future());
  check_runs_on(owner);
  owner.extension<runtime::detail::publication_routes>().add(member_);
  left.keep();
}

void engine::wait_until_joined(std::future<std::string> answer) const {
  using std::chrono::steady_clock;
  const auto limit = deadline_in(steady_clock::now(), longest_start(member_->options()));
  const auto is_answered = [&](auto until) {
    return answer.wait_until(until) == std::future_status::ready;
  };
  for (auto now = steady_clock::now();
       now < limit && !is_answered(std::min(limit, now + between_looks));
       now = steady_clock::now())
    check_runs_on(member_->owner());
  const auto where = "redis: " + address_of(member_->options()) + ": ";
  if (!is_answered(steady_clock::now()))
    throw std::runtime_error(where + "no answer in time");
  if (const auto why = answer.get(); !why.empty())
    throw std::runtime_error(where + why);
}

// What was published before has reached Redis then, unless that does not answer.
void engine::leave() {
  auto& owner = member_->owner();
  owner.extension<runtime::detail::publication_routes>().remove(*member_);
  if (owner.is_running()) {
    const auto left = std::make_shared<std::promise<void>>();
    run_on_shard(member_->home(), [&] { member_->leave([left] { left->set_value(); }); });
    const auto is_over = left->get_future();
    while (is_over.wait_for(between_looks) != std::future_status::ready
           && !owner.has_stopped()) {
    }
  }
  run_on_shard(member_->home(), [this] { member_->close(); });
  owner.extension<engines_of_node>().end();
}

engine::~engine() {
  leave();
}

const std::string& engine::name() const noexcept {
  return member_->options().name;
}

std::vector<std::string> engine::nodes() const {
  return member_->nodes();
}

engine_figures engine::figures() const {
  return member_->figures();
}

void engine::monitor_gaps(const pid& watcher) {
  member_->watch_gaps(watcher);
}

void engine::demonitor_gaps(const pid& watcher) {
  member_->unwatch_gaps(watcher);
}

void engine::monitor_nodes(const pid& watcher) {
  member_->watch_nodes(watcher);
}

void engine::demonitor_nodes(const pid& watcher) {
  member_->unwatch_nodes(watcher);
}

} // namespace websock::runtime::redis
