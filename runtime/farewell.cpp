// What a process that has exited tells those who are tied to it.
#include "runtime/tie_signals.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace runtime {

/// What a process that has exited still has to tell: that it monitors nobody any more,
/// exits to its links, then downs to its watchers. Many of them go out in parts, so that
/// the others of its shard have their turns meanwhile.
class process_signals::farewell final : public detail::shard_task {
public:
  static void send(const pid& from, const exit_reason& why, detail::relations& ties) {
    std::unique_ptr<farewell> all(new farewell(from, why, ties));
    if (!all->send_part())
      continue_later(std::move(all));
  }
  void run(shard&) override {
    std::unique_ptr<farewell> own(this);
    if (!send_part())
      continue_later(std::move(own));
  }
  void dispose() noexcept override { delete this; }

private:
  static constexpr std::size_t part = 1'000;

  struct link {
    std::uint64_t number;
    pid who;
  };
  using linked = decltype(detail::relations::links)::slot;
  using monitor = decltype(detail::relations::monitors)::slot;

  farewell(pid from, exit_reason why, detail::relations& ties)
      : shard_task(detail::signal_kind::control), from_(std::move(from)),
        why_(std::move(why)), watched_(ties.monitors.take_all()),
        unsorted_(ties.links.take_all()), watchers_(ties.watchers.take_all()) {
    links_.reserve(unsorted_.size());
    std::make_heap(watchers_.begin(), watchers_.end(), is_later_watcher);
  }

  /// Whether that was all.
  bool send_part() {
    std::size_t left = part;
    const auto for_each = [&left](auto& list, auto work) {
      for (; left > 0 && !list.empty(); --left)
        work();
      return list.empty();
    };
    return for_each(watched_, [this] { end_monitor(); })
           && for_each(unsorted_, [this] { sort_in(); })
           && for_each(links_, [this] { send_exit(); })
           && for_each(watchers_, [this] { send_down(); });
  }

  void end_monitor() {
    const auto [ref, watched] = take_last(watched_);
    if (watched.who.is_foreign())
      from_.local()->demonitor_foreign(watched.who, ref);
    else if (watched.who)
      detail::deliver(*watched.who.local(), new demonitor_request(ref));
  }
  // Links by number, not by address: a stepped node promises the same schedule every
  // time. A heap, for to sort a hundred thousand at once takes too long.
  void sort_in() {
    auto who = take_last(unsorted_).first;
    if (who.is_foreign())
      return;
    links_.push_back({who.number(), std::move(who)});
    std::push_heap(links_.begin(), links_.end(), is_later_link);
  }
  void send_exit() {
    std::pop_heap(links_.begin(), links_.end(), is_later_link);
    const pid to = take_last(links_).who;
    detail::deliver(*to.local(), new exited(from_, why_, detail::exit_origin::link));
  }
  // In the order in which they were set up, as far as one can tell.
  void send_down() {
    std::pop_heap(watchers_.begin(), watchers_.end(), is_later_watcher);
    const auto [ref, to] = take_last(watchers_);
    detail::deliver(*to.who.local(),
                    new went_down({ref, from_, to.name_or_empty(), why_}));
  }

  template <class T>
  [[nodiscard]] static T take_last(std::vector<T>& list) {
    T last = std::move(list.back());
    list.pop_back();
    return last;
  }
  [[nodiscard]] static bool is_later_link(const link& a, const link& b) noexcept {
    return a.number > b.number;
  }
  [[nodiscard]] static bool is_later_watcher(const monitor& a,
                                             const monitor& b) noexcept {
    return a.first > b.first;
  }
  static void continue_later(std::unique_ptr<farewell> own) {
    auto& on = own->from_.local()->shard();
    on.push(own.release());
  }

  const pid from_;
  const exit_reason why_;
  std::vector<monitor> watched_; // what is left of each
  std::vector<linked> unsorted_;
  std::vector<link> links_; // heaps, the next one first
  std::vector<monitor> watchers_;
};

void process_signals::say_farewell(const pid& from, const exit_reason& why,
                                   detail::relations& ties) {
  farewell::send(from, why, ties);
}

} // namespace runtime
