// A broadcast: at once on the caller's shard, one inbox entry for each other shard.
#include "runtime/pubsub.hpp"

#include "runtime/access.hpp"
#include "runtime/node.hpp"
#include "runtime/shard.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <utility>

namespace runtime::pubsub {

void subscribe(process& who, std::string_view topic) {
  who.shard().topics().subscribe(who, topic);
}

void unsubscribe(process& who, std::string_view topic) {
  who.shard().topics().unsubscribe(who, topic);
}

namespace {

/// Adds up what the shards tell, and sends it when the last one has.
class tally {
public:
  tally(std::size_t shards, reference id, pid to)
      : missing_(shards), id_(id), to_(std::move(to)) {}

  void add(const runtime::detail::fan_out& part) {
    reached_ += part.reached;
    shed_ += part.shed;
    if (--missing_ == 0)
      runtime::detail::send_kept(to_, broadcast_result{id_, reached_, shed_});
  }

private:
  std::atomic<std::size_t> missing_;
  std::atomic<std::size_t> reached_{0};
  std::atomic<std::size_t> shed_{0};
  const reference id_;
  const pid to_;
};

/// Has the topics of each shard publish: here at once, elsewhere by one entry of its
/// inbox.
template <class F>
void on_each_shard(node& on, std::string_view topic, const term& message, F publish) {
  for (std::size_t i = 0; i < on.shard_count(); ++i) {
    shard& each = on.shard_at(i);
    if (each.is_current())
      publish(each.topics(), topic, message);
    else
      each.post_quiet([topic = std::string(topic), message, publish](shard& there) {
        publish(there.topics(), topic, message);
      });
  }
}

} // namespace

namespace detail {

reference publish_counted(process& from, std::string_view topic, term message) {
  const auto id = from.shard().make_reference();
  const auto sum = std::make_shared<tally>(from.node().shard_count(), id, from.pid());
  on_each_shard(from.node(), topic, message,
                [sum](topic_table& here, std::string_view name, const term& what) {
                  sum->add(here.publish_counted(name, what));
                });
  return id;
}

void publish(node& on, std::string_view topic, term message, const pid& except) {
  on_each_shard(on, topic, message,
                [except](topic_table& here, std::string_view name, const term& what) {
                  here.publish(name, what, runtime::detail::access::local(except));
                });
}

} // namespace detail
} // namespace runtime::pubsub
