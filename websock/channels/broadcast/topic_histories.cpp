// Broadcasts that are kept: appended and put in order under one lock, and delivered by
// each shard when its turn comes.
#include "websock/channels/broadcast/topic_histories.hpp"

#include "websock/channels/broadcast/broadcast_message.hpp"
#include "websock/channels/broadcast/delivery_order.hpp"
#include "websock/channels/broadcast/log_bounds_of.hpp"
#include "websock/channels/broadcast/seen_text.hpp"
#include "websock/channels/broadcast/wall_clock.hpp"
#include "websock/channels/history/memory_store.hpp"
#include "websock/runtime/mailbox/signal.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/publication_routes.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/term/access.hpp"

#include <algorithm>
#include <functional>
#include <random>
#include <sstream>
#include <utility>

namespace websock::channels {

namespace {

constexpr std::size_t most_idle_orders = 64; // of a stripe: one that is in use is faster

/// Of a node, as a source of messages. Nodes that are started anew have another.
[[nodiscard]] std::string name_of_a_life() {
  std::random_device random;
  std::ostringstream text;
  text << std::hex << random() << random();
  return text.str();
}

[[nodiscard]] runtime::shard* shard_here(runtime::node& owner) {
  for (std::size_t i = 0; i < owner.shard_count(); ++i)
    if (auto& each = owner.shard_at(i); each.is_current())
      return &each;
  return nullptr;
}

} // namespace

/// Tells shards how far the order of a topic goes. Made before anything changes, as there
/// may be no memory; sent afterwards.
class topic_histories::announcement {
public:
  explicit announcement(topic_histories& of) : of_(of) {}
  ~announcement() {
    while (first_ != nullptr)
      take_first().dispose();
  }
  announcement(const announcement&) = delete;
  announcement& operator=(const announcement&) = delete;

  /// For all shards but `here`.
  void prepare(const runtime::shard* here) {
    for (std::size_t i = 0; i < of_.owner_.shard_count(); ++i)
      if (&of_.owner_.shard_at(i) != here)
        add();
  }
  void send(std::shared_ptr<delivery_order> order, std::uint64_t until,
            const runtime::shard* here) noexcept {
    news_->order = std::move(order);
    news_->until = until;
    for (std::size_t i = 0; i < of_.owner_.shard_count(); ++i)
      if (auto& each = of_.owner_.shard_at(i); &each != here)
        each.post_task(take_first());
  }

private:
  struct news {
    std::shared_ptr<delivery_order> order;
    std::uint64_t until = 0;
  };

  void add() {
    auto work = [&of = of_, what = news_](runtime::shard& there) {
      of.catch_up(what->order, there, what->until);
    };
    auto* const made = new runtime::detail::posted_task<decltype(work)>(
        runtime::detail::signal_kind::control, std::move(work));
    made->next = first_;
    first_ = made;
  }
  [[nodiscard]] runtime::detail::shard_task& take_first() noexcept {
    auto* const first = first_;
    first_ = first->next;
    return static_cast<runtime::detail::shard_task&>(*first);
  }

  topic_histories& of_;
  const std::shared_ptr<news> news_ = std::make_shared<news>();
  runtime::detail::signal* first_ = nullptr;
};

topic_histories::topic_histories(runtime::node& owner)
    : owner_(owner), store_(std::make_shared<memory_store>()), life_(name_of_a_life()) {
  owner_.set_arrivals(this);
}

topic_histories::~topic_histories() {
  owner_.set_arrivals(nullptr);
}

void topic_histories::add(const void* owner, std::string_view pattern,
                          topic_options options) {
  validate(options);
  const bool is_prefix = pattern.ends_with('*');
  pattern.remove_suffix(is_prefix ? 1 : 0);
  auto shared = options.history == 0
                    ? nullptr
                    : std::make_shared<const topic_options>(std::move(options));
  const std::lock_guard lock(rules_mutex_);
  has_any_ = has_any_ || shared != nullptr;
  rules_.push_back({owner, std::string(pattern), is_prefix, std::move(shared)});
}

void topic_histories::keep_in(std::shared_ptr<history_store> store) {
  store_ = std::move(store);
}

history_figures topic_histories::figures() {
  auto all = store_->figures();
  for (auto& each : stripes_) {
    const std::lock_guard lock(each.mutex);
    all.sources_forgotten += each.sources.forgotten();
  }
  return all;
}

std::shared_ptr<const topic_options> topic_histories::find(std::string_view topic) const {
  if (!has_any_)
    return nullptr;
  const std::shared_lock lock(rules_mutex_);
  const void* decided = nullptr; // the owner whose first match has no history
  for (const auto& each : rules_) {
    const bool matches =
        each.is_prefix ? topic.starts_with(each.text) : topic == each.text;
    if (!matches || each.owner == decided)
      continue;
    if (each.options != nullptr)
      return each.options;
    decided = each.owner;
  }
  return nullptr;
}

bool topic_histories::keeps(const topic_options& options, std::string_view event,
                            const payload& body) {
  return body.is_object()
         && std::find(options.unkept.begin(), options.unkept.end(), event)
                == options.unkept.end();
}

void topic_histories::publish(const topic_options& options, std::string_view topic,
                              std::string_view event, const payload& body,
                              const runtime::pid& except) {
  keep(options, {topic, event, body, except});
}

// A message without an origin comes from a node that does not keep it, or from other
// software. It has its place here all the same.
bool topic_histories::take(std::string_view topic, const runtime::term& message) {
  static const origin unnumbered;
  const auto* const arrived = message.get_if<broadcast_message>();
  if (arrived == nullptr || arrived->topic() != topic)
    return false;
  const auto options = find(topic);
  if (options == nullptr || !keeps(*options, arrived->event(), arrived->body()))
    return false;
  const auto* const from = arrived->from() != nullptr ? arrived->from() : &unnumbered;
  try {
    keep(*options, {topic, arrived->event(), arrived->body(), {}, from});
  } catch (...) {
    owner_.log_thrown("a broadcast from another node is lost");
  }
  return true;
}

void topic_histories::keep(const topic_options& options, const broadcast& what) {
  if (owner_.has_stopped())
    return;
  auto* const here = shard_here(owner_);
  const auto now = owner_.shard_at(0).read_clock();
  announcement news(*this);
  news.prepare(here);
  std::shared_ptr<delivery_order> order;
  std::uint64_t number = 0;
  {
    auto& its = stripe_of(what.topic);
    const std::lock_guard lock(its.mutex);
    order = add(its, options, what, now);
    number = order->newest();
  }
  news.send(order, number, here);
  if (here != nullptr)
    catch_up(order, *here, number);
}

// What leaves does so under the lock, so that the numbers of a source arrive in order.
std::shared_ptr<delivery_order> topic_histories::add(stripe& its,
                                                     const topic_options& options,
                                                     const broadcast& what,
                                                     runtime::time_point now) {
  auto order = order_of(its, what.topic, owner_.shard_count());
  auto at = store_->last(what.topic);
  const auto* const routes = owner_.routes();
  auto* const sources =
      routes != nullptr || what.from != nullptr
          ? &its.sources.find_or_begin(what.topic, at, life_, sources_made_)
          : nullptr;
  runtime::detail::departures elsewhere;
  if (routes != nullptr && what.from == nullptr)
    elsewhere = routes->departing_to_log(
        what.topic,
        runtime::term(broadcast_message(std::string(what.topic), std::string(what.event),
                                        what.body, sources->next())),
        log_bounds_of(options));
  ++at.offset;
  const auto before = order->newest();
  try {
    if (sources != nullptr) {
      if (what.from == nullptr)
        sources->add_own(options, now);
      else
        sources->add(*what.from, options, now);
      its.sources.trim(what.topic);
      at.seen = seen_text({wall_clock(), sources->seen(now)});
    }
    order->add({runtime::term(broadcast_message(std::string(what.topic),
                                                std::string(what.event), what.body, at)),
                what.except});
    store_->append(what.topic, options, at, what.event, what.body.text(), now);
  } catch (...) {
    if (order->newest() != before)
      order->take_back();
    its.sources.forget(what.topic); // it has counted what is not there
    throw;
  }
  elsewhere.leave();
  return order;
}

// What others have added before is in the inbox of this shard, and comes too late now: it
// is delivered here as well, and then the inbox has nothing new.
void topic_histories::catch_up(const std::shared_ptr<delivery_order>& order,
                               runtime::shard& here, std::uint64_t until) {
  auto& its = stripe_of(order->topic());
  for (;;) {
    std::unique_lock lock(its.mutex);
    auto next = order->take(here.index(), until);
    if (!next)
      return;
    if (order->is_empty() && its.orders.size() > most_idle_orders)
      its.orders.erase(order->topic());
    lock.unlock();
    here.topics().publish(order->topic(), std::move(next->what),
                          runtime::detail::access::local(next->except));
  }
}

topic_histories::stripe& topic_histories::stripe_of(std::string_view topic) noexcept {
  return stripes_[std::hash<std::string_view>()(topic) % stripes_.size()];
}

std::shared_ptr<delivery_order>
topic_histories::order_of(stripe& its, std::string_view topic, std::size_t shards) {
  std::string name(topic);
  if (const auto found = its.orders.find(name); found != its.orders.end())
    return found->second;
  auto made = std::make_shared<delivery_order>(name, shards);
  its.orders.emplace(std::move(name), made);
  return made;
}

} // namespace websock::channels
