// What an exited process tells the processes that it is tied to.
#include "../address/remote_process.hpp"
#include "tie_signals.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace websock::runtime::detail {

namespace {

/// The signals that an exited process still has to send: demonitors, then exits to its
/// links, then downs to its watchers. A long list is sent in parts, so that the other
/// processes of the shard get their turns in between.
class farewell final : public shard_task {
public:
  /// Throws std::bad_alloc and leaves `ties` unchanged when there is no memory.
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

  /// Hands out a list in order. A short list is sorted at once; sorting a hundred
  /// thousand entries would take too long, so a long one becomes a heap.
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
    /// Calls `tell(first)` and takes out the first entry, or keeps it for another call
    /// when there is no memory.
    template <class F>
    void tell_first(F tell) {
      T first = take_first();
      try {
        tell(first);
      } catch (const std::bad_alloc&) {
        add(std::move(first));
        arrange();
        throw;
      }
    }

  private:
    [[nodiscard]] T take_first() {
      constexpr auto is_behind = [](const T& a, const T& b) { return is_later(a, b); };
      if (is_heap_)
        std::pop_heap(list_.begin(), list_.end(), is_behind);
      return take_last(list_);
    }

    std::vector<T> list_; // sorted with the first entry at the back, or a heap
    bool is_heap_ = false;
  };

  farewell(pid from, exit_reason why)
      : shard_task(signal_kind::control), from_(std::move(from)), why_(std::move(why)),
        links_({}), watchers_({}) {}

  /// True when everything is sent. Without memory for a signal, a later call continues
  /// there.
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
    const auto& [ref, watched] = watched_.back();
    if (find_block(watched.who) != nullptr)
      deliver(watched.who, new demonitor_request(ref));
    else
      find_block(from_)->demonitor_foreign(watched, ref);
    watched_.pop_back();
  }
  // By number rather than address, because a stepped node promises the same schedule
  // every time. Reading the number touches the process, which is the slow part.
  void sort_in() {
    auto who = take_last(unsorted_).first;
    if (find_block(who) != nullptr || who.is_remote()) // CAF tells its actors
      links_.add({who.number(), std::move(who)});
    if (unsorted_.empty())
      links_.arrange();
  }
  void send_exit() {
    links_.tell_first([this](const link& first) {
      if (auto* const remote = find_remote(first.who))
        remote->link_ended(from_, why_);
      else
        deliver(first.who, new exited(from_, why_, exit_origin::link));
    });
  }
  // In the order in which the monitors were set up, as far as their references show it.
  void send_down() {
    watchers_.tell_first([this](const monitor& first) {
      const auto& watcher = first.second.who;
      auto name = first.second.name_or_empty();
      down message{first.first, from_, std::move(name.name), why_, std::move(name.node)};
      if (auto* const remote = find_remote(watcher))
        remote->monitor_ended(message);
      else
        deliver(watcher, new went_down(std::move(message)));
    });
  }
  static void continue_later(std::unique_ptr<farewell> own) {
    auto& home = find_block(own->from_)->shard();
    home.post_task(*own.release());
  }

  const pid from_;
  const exit_reason why_;
  std::unique_ptr<relations> ties_; // until take_over()
  std::vector<monitor> watched_;    // this and the next: what is still to be sent
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
