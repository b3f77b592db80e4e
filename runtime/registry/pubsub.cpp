// A broadcast: at once on the caller's shard, one inbox entry for each other shard.
#include "websock/runtime/registry/pubsub.hpp"

#include "websock/runtime/mailbox/letter.hpp"
#include "websock/runtime/mailbox/signal.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/term/access.hpp"

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

void unsubscribe(process& who, std::string_view topic) {
  who.shard().topics().unsubscribe(who, topic);
}

namespace {

/// Adds up what the shards tell. Sends it when the last of them is done with it, whatever
/// came of its part: the letter is there from the beginning.
class tally {
public:
  tally(reference id, pid to)
      : result_(new letter(std::in_place, broadcast_result{id})), to_(std::move(to)) {
    result_->keep();
  }
  ~tally() {
    if (!is_promised_)
      return;
    auto& result = const_cast<broadcast_result&>( // nobody has seen it
        *static_cast<const broadcast_result*>(result_->element(0)));
    result.reached = reached_;
    result.shed = shed_;
    runtime::detail::deliver(to_, result_.release());
  }
  tally(const tally&) = delete;
  tally& operator=(const tally&) = delete;

  void add(const runtime::detail::fan_out& part) noexcept {
    reached_ += part.reached;
    shed_ += part.shed;
  }
  /// Somebody waits for it now.
  void promise() noexcept { is_promised_ = true; }

private:
  using letter = runtime::detail::sealed_letter<broadcast_result>;

  runtime::detail::owned<letter> result_;
  std::atomic<std::size_t> reached_{0};
  std::atomic<std::size_t> shed_{0};
  const pid to_;
  bool is_promised_ = false;
};

/// Tasks for one shard after the other, on no way yet.
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

/// Has the topics of each shard publish: here at once, elsewhere by one entry of its
/// inbox. No shard does when there is no memory for all entries.
template <class F>
void on_each_shard(node& on, std::string_view topic, const term& message, F publish) {
  task_list elsewhere;
  shard* here = nullptr;
  for (std::size_t i = 0; i < on.shard_count(); ++i)
    if (shard& each = on.shard_at(i); each.is_current())
      here = &each;
    else
      elsewhere.add([topic = std::string(topic), message, publish](shard& there) {
        publish(there.topics(), topic, message);
      });
  if (here != nullptr)
    publish(here->topics(), topic, message);
  for (std::size_t i = 0; i < on.shard_count(); ++i)
    if (shard& each = on.shard_at(i); &each != here)
      each.post_task(elsewhere.take_first());
}

} // namespace

namespace detail {

reference publish_counted(process& from, std::string_view topic, term message) {
  const auto id = from.shard().make_reference();
  const auto sum = std::make_shared<tally>(id, from.pid());
  on_each_shard(from.node(), topic, message,
                [sum](topic_table& here, std::string_view name, const term& what) {
                  sum->add(here.publish_counted(name, what));
                });
  sum->promise();
  return id;
}

void publish(node& on, std::string_view topic, term message, const pid& except) {
  on_each_shard(on, topic, message,
                [except](topic_table& here, std::string_view name, const term& what) {
                  here.publish(name, what, runtime::detail::access::local(except));
                });
}

} // namespace detail
} // namespace websock::runtime::pubsub
