// A broadcast: published at once on the caller's shard, through the inbox of each other,
// and then on other nodes.
#include "pubsub.hpp"

#include "../address/arriving_publications.hpp"
#include "../mailbox/letter.hpp"
#include "../mailbox/signal.hpp"
#include "../process/lane.hpp"
#include "../process/node.hpp"
#include "../process/publication_routes.hpp"
#include "../process/shard.hpp"
#include "../term/access.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace websock::runtime::pubsub {

void subscribe(process& who, std::string_view topic) {
  who.shard().topics().subscribe(who, topic);
}

void subscribe(process& who, std::string_view topic, std::unique_ptr<const lane> way) {
  who.shard().topics().subscribe(who, topic, std::move(way));
}

void unsubscribe(process& who, std::string_view topic) {
  who.shard().topics().unsubscribe(who, topic);
}

namespace {

/// Adds up the results of the shards. Sends the sum when the last shard releases it, even
/// if a part failed; the letter is allocated at the start.
class tally {
public:
  tally(reference id, pid target)
      : result_(new letter(std::in_place, broadcast_result{id})),
        target_(std::move(target)) {
    result_->keep();
  }
  ~tally() {
    if (!is_promised_)
      return;
    auto& result = const_cast<broadcast_result&>( // not shared with anyone yet
        *static_cast<const broadcast_result*>(result_->element(0)));
    result.reached = reached_;
    result.shed = shed_;
    runtime::detail::deliver(target_, result_.release());
  }
  tally(const tally&) = delete;
  tally& operator=(const tally&) = delete;

  void add(const runtime::detail::fan_out& part) noexcept {
    reached_ += part.reached;
    shed_ += part.shed;
  }
  /// From now on the result is expected.
  void promise() noexcept { is_promised_ = true; }

private:
  using letter = runtime::detail::sealed_letter<broadcast_result>;

  runtime::detail::owned<letter> result_;
  std::atomic<std::size_t> reached_{0};
  std::atomic<std::size_t> shed_{0};
  const pid target_;
  bool is_promised_ = false;
};

/// Tasks for the shards, one each, not sent yet.
class task_list {
public:
  task_list() noexcept = default;
  ~task_list() {
    while (first_ != nullptr)
      take_first().dispose();
  }
  task_list(const task_list&) = delete;
  task_list& operator=(const task_list&) = delete;

  template <class F>
  void add(F work) {
    auto* const made = new runtime::detail::posted_task<F>(
        runtime::detail::signal_kind::control, std::move(work));
    (first_ == nullptr ? first_ : last_->next) = made;
    last_ = made;
  }
  [[nodiscard]] runtime::detail::shard_task& take_first() noexcept {
    auto* const first = first_;
    first_ = first->next;
    return static_cast<runtime::detail::shard_task&>(*first);
  }

private:
  runtime::detail::signal* first_ = nullptr;
  runtime::detail::signal* last_ = nullptr;
};

/// Publishes on every shard: at once on this one, by one inbox entry on each other. When
/// there is no memory for all entries, nothing is published.
template <class F>
void on_each_shard(node& owner, std::string_view topic, const term& message, F publish) {
  task_list elsewhere;
  shard* here = nullptr;
  for (std::size_t i = 0; i < owner.shard_count(); ++i)
    if (shard& each = owner.shard_at(i); each.is_current())
      here = &each;
    else
      elsewhere.add([topic = std::string(topic), message, publish](shard& other) {
        publish(other.topics(), topic, message);
      });
  if (here != nullptr)
    publish(here->topics(), topic, message);
  for (std::size_t i = 0; i < owner.shard_count(); ++i)
    if (shard& each = owner.shard_at(i); &each != here)
      each.post_task(elsewhere.take_first());
}

using routes = runtime::detail::publication_routes;

/// Publishes here by `locally()`, and then on other nodes. Throws not_transmissible
/// before anything is published.
template <class F>
void on_each_node(const routes& ways, std::string_view topic, const term& message,
                  F locally) {
  auto elsewhere = ways.departing(topic, message);
  locally();
  elsewhere.leave();
}

// Apart from publish, which pays a test and a jump for it.
[[gnu::noinline]] void publish_everywhere(const routes& ways, node& owner,
                                          std::string_view topic, const term& message,
                                          const pid& except) {
  on_each_node(ways, topic, message,
               [&] { detail::publish_here(owner, topic, message, except); });
}

} // namespace

namespace detail {

reference publish_counted(process& from, std::string_view topic, term message) {
  const auto id = from.shard().make_reference();
  const auto sum = std::make_shared<tally>(id, from.pid());
  const auto publish_and_count = [&] {
    on_each_shard(
        from.node(), topic, message,
        [sum](topic_table& topics, std::string_view name, const term& published) {
          sum->add(topics.publish_counted(name, published));
        });
    sum->promise();
  };
  if (const auto* const ways = from.node().routes())
    on_each_node(*ways, topic, message, publish_and_count);
  else
    publish_and_count();
  return id;
}

void publish(node& owner, std::string_view topic, term message, const pid& except) {
  if (const auto* const ways = owner.routes(); ways != nullptr) [[unlikely]]
    return publish_everywhere(*ways, owner, topic, message, except);
  publish_here(owner, topic, message, except);
}

void publish_here(node& owner, std::string_view topic, const term& message,
                  const pid& except) {
  on_each_shard(
      owner, topic, message,
      [except](topic_table& topics, std::string_view name, const term& published) {
        topics.publish(name, published, runtime::detail::access::local(except));
      });
}

void publish_arrived(node& owner, std::string_view topic, const term& message) {
  auto* const first = owner.arrivals();
  if (first == nullptr || !first->take(topic, message))
    publish_here(owner, topic, message, {});
}

void arrivals_interrupted(node& owner) noexcept {
  if (auto* const first = owner.arrivals(); first != nullptr)
    first->interrupted();
}

void publish_at(node& owner, const std::string& where, std::string_view topic,
                const term& message) {
  if (where == owner.name())
    publish_here(owner, topic, message, {});
  else if (const auto* const ways = owner.routes())
    ways->publish_at(where, topic, message);
}

} // namespace detail
} // namespace websock::runtime::pubsub
