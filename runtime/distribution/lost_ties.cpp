// One signal after the other, so that nothing is lost where memory fails in between.
#include "lost_ties.hpp"

#include "../address/remote_signals.hpp"
#include "../address/send.hpp"

#include <algorithm>
#include <string>

namespace websock::runtime::distribution {

namespace {

template <class T>
void reverse(std::vector<T>& list) noexcept {
  std::reverse(list.begin(), list.end());
}

/// `tell(last)`, for as many as `left` allows; true when none is left.
template <class T, class F>
[[nodiscard]] bool tell_each(std::vector<T>& list, std::size_t& left, F tell) {
  for (; left > 0 && !list.empty(); --left) {
    tell(list.back());
    list.pop_back();
  }
  return list.empty();
}

} // namespace

void lost_ties::begin(peer_ties& ties, exit_reason::kind why,
                      std::string_view node) noexcept {
  ties_ = std::exchange(ties, {}); // the requests end with their monitors
  why_ = why;
  node_ = node;
}

void lost_ties::add_watchers(std::vector<pid> watchers, term event) noexcept {
  watchers_ = std::move(watchers);
  event_ = std::move(event);
}

// Each list takes memory; the table remains what it was where there is none.
void lost_ties::take_over() {
  if (ties_.links.size() > 0) {
    auto all = ties_.links.take_all();
    linked_ = std::move(all.linked);
    unlinking_ = std::move(all.unlinking);
    reverse(linked_);
    reverse(unlinking_);
  }
  if (auto all = ties_.monitors.take_outgoing(); !all.empty()) {
    outgoing_ = std::move(all);
    reverse(outgoing_);
  }
  if (auto all = ties_.monitors.take_incoming(); !all.empty()) {
    incoming_ = std::move(all);
    reverse(incoming_);
  }
}

bool lost_ties::tell(std::size_t most) {
  using namespace runtime::detail;
  take_over();
  auto left = most;
  return tell_each(linked_, left,
                   [&](const auto& each) { linked_exit(each.local, each.remote, why_); })
         && tell_each(
             unlinking_, left,
             [](const auto& each) { acknowledge_unlink(each.local, each.remote); })
         && tell_each(outgoing_, left,
                      [&](const auto& each) {
                        const auto& [ref, made] = each;
                        monitored_exit(made.watcher,
                                       {ref, made.target, made.name, why_,
                                        std::string(made.name.empty() ? "" : node_)});
                      })
         && tell_each(
             incoming_, left,
             [](const auto& each) { demonitor_from(each.second.target, each.first); })
         && tell_each(watchers_, left,
                      [&](const pid& each) { runtime::send(each, event_); });
}

} // namespace websock::runtime::distribution
