// What a process that has exited tells those who are tied to it.
#include "websock/runtime/link/tie_signals.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace websock::runtime::detail {

namespace {

/// What a process that has exited still has to tell: that it monitors nobody any more,
/// exits to its links, then downs to its watchers. Many of them go out in parts, so that
/// the others of its shard have their turns meanwhile.
class farewell final : public shard_task {
public:
  /// Throws std::bad_alloc, and leaves `ties`, when there is no memory for it.
  static void send(const pid& from, const exit_reason& why,
                   std::unique_ptr<relations>& ties) {
    if (ties->monitors.empty() && ties->links.empty() && ties->watchers.empty())
      return;
    std::unique_ptr<farewell> all(new farewell(from, why));
    all->ties_ = std::move(ties);
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
  using linked = decltype(relations::links)::slot;
  using monitor = decltype(relations::monitors)::slot;

  [[nodiscard]] static bool is_later(const link& a, const link& b) noexcept {
    return a.number > b.number;
  }
  [[nodiscard]] static bool is_later(const monitor& a, const monitor& b) noexcept {
    return a.first > b.first;
  }
  template <class T>
  [[nodiscard]] static T take_last(std::vector<T>& list) {
    T last = std::move(list.back());
    list.pop_back();
    return last;
  }

  /// A few are sorted at once; to sort a hundred thousand takes too long, so many are a
  /// heap.
  template <class T>
  class in_order {
  public:
    explicit in_order(std::vector<T> list) : list_(std::move(list)) { arrange(); }
    [[nodiscard]] bool empty() const noexcept { return list_.empty(); }
    void reserve(std::size_t size) { list_.reserve(size); }
    void add(T each) { list_.push_back(std::move(each)); }
    void arrange() {
      constexpr auto is_behind = [](const T& a, const T& b) { return is_later(a, b); };
      is_heap_ = list_.size() > part;
      if (is_heap_)
        std::make_heap(list_.begin(), list_.end(), is_behind);
      else
        std::sort(list_.begin(), list_.end(), is_behind);
    }
    [[nodiscard]] T take_first() {
      constexpr auto is_behind = [](const T& a, const T& b) { return is_later(a, b); };
      if (is_heap_)
        std::pop_heap(list_.begin(), list_.end(), is_behind);
      return take_last(list_);
    }

  private:
    std::vector<T> list_; // the first is the last, unless it is a heap
    bool is_heap_ = false;
  };

  farewell(pid from, exit_reason why)
      : shard_task(signal_kind::control), from_(std::move(from)), why_(std::move(why)),
        links_({}), watchers_({}) {}

  /// Whether that was all. Without memory for a signal it goes on there another time.
  bool send_part() noexcept {
    try {
      if (ties_)
        take_over();
      return send_some();
    } catch (const std::bad_alloc&) {
      return false;
    }
  }
  void take_over() {
    if (!ties_->monitors.empty())
      watched_ = ties_->monitors.take_all();
    if (!ties_->watchers.empty())
      watchers_ = in_order<monitor>(ties_->watchers.take_all());
    links_.reserve(ties_->links.size());
    unsorted_ = ties_->links.take_all();
    ties_.reset();
  }
  bool send_some() {
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
      find_block(from_)->demonitor_foreign(watched.who, ref);
    else if (watched.who)
      deliver(watched.who, new demonitor_request(ref));
  }
  // By number, not by address: a stepped node promises the same schedule every time. The
  // number is in the process: to look at each is what takes time.
  void sort_in() {
    auto who = take_last(unsorted_).first;
    if (const auto number = who.number(); !who.is_foreign())
      links_.add({number, std::move(who)});
    if (unsorted_.empty())
      links_.arrange();
  }
  void send_exit() {
    auto sent = std::make_unique<exited>(from_, why_, exit_origin::link);
    const pid to = links_.take_first().who;
    deliver(to, sent.release());
  }
  // In the order in which they were set up, as far as one can tell.
  void send_down() {
    auto first = watchers_.take_first();
    const auto& [ref, to] = first;
    try {
      deliver(to.who, new went_down({ref, from_, to.name_or_empty(), why_}));
    } catch (const std::bad_alloc&) {
      watchers_.add(std::move(first));
      watchers_.arrange();
      throw;
    }
  }
  static void continue_later(std::unique_ptr<farewell> own) {
    auto& on = find_block(own->from_)->shard();
    on.post_task(*own.release());
  }

  const pid from_;
  const exit_reason why_;
  std::unique_ptr<relations> ties_; // until they are taken over
  std::vector<monitor> watched_;    // what is left of each
  std::vector<linked> unsorted_;
  in_order<link> links_;
  in_order<monitor> watchers_;
};

} // namespace

void say_farewell(const pid& from, const exit_reason& why,
                  std::unique_ptr<relations>& ties) {
  farewell::send(from, why, ties);
}

} // namespace websock::runtime::detail
