// What the pid of a process of another node points to: the operations of local processes
// on it, and the connection's way out. What arrives from it is in remote_signals.hpp.
#pragma once

#include "../term/access.hpp"
#include "../term/exit_reason.hpp"
#include "../term/reference.hpp"
#include "../term/term.hpp"
#include "pid.hpp"
#include "system_message.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace websock::runtime::detail {

/// A process of another node, as the distribution knows it. One object per remote
/// process, as long as any pid names it: pids are compared by its address. Born with one
/// reference, which `adopt` turns into the first pid.
///
/// Threads: any. Order: calls that concern one local process come one after the other, in
/// the order in which their signals must reach the remote process; so do those of one
/// thread that is no process.
///
/// None of these functions blocks, runs code of an application, or lets anything arrive
/// at a local process before it has returned: an answer comes later. None fails when
/// there is no connection: links and monitors are then answered with `noconnection`, and
/// everything else vanishes.
///
/// Memory: where one throws std::bad_alloc, nothing has happened, and the caller tries
/// again, fails itself, or calls `lose`.
class remote_process {
public:
  remote_process(const remote_process&) = delete;
  remote_process& operator=(const remote_process&) = delete;

  // Its identity.
  /// Orders pids: unique among the remote processes of the program, below 2^63, and the
  /// same as long as the object lives.
  [[nodiscard]] virtual std::uint64_t number() const noexcept = 0;
  /// `<node.id.serial>`, as in `<chat@host.17.3>`.
  [[nodiscard]] virtual std::string to_string() const = 0;
  /// As in "chat@host". Valid as long as the object.
  [[nodiscard]] virtual std::string_view node_name() const noexcept = 0;

  // What local processes and threads ask of it.
  /// Throws not_transmissible. Source: erl_dist_protocol, SEND and SEND_SENDER.
  virtual void send(term message) = 0;
  /// For whoever made `alias` there; vanishes when it is none of that node's. Throws
  /// not_transmissible. Source: ALIAS_SEND.
  virtual void send_to_alias(reference alias, term message) = 0;
  /// Sends `gen_call`, whose reply arrives by `answer_request(caller, id, ...)`. `caller`
  /// monitors it as `id` already. Throws not_transmissible. Source: gen:call,
  /// '$gen_call'.
  virtual void send_request(const pid& caller, reference id, term request) = 0;
  /// exit(pid, why); `from` is empty when the node itself says it. Throws
  /// not_transmissible. Source: EXIT2.
  virtual void exit(const pid& from, const exit_reason& why) = 0;
  /// `from` has entered the link in its own table. Source: LINK.
  virtual void link(const pid& from) = 0;
  /// `from` has removed the link. Answered by exactly one `acknowledge_unlink(from,
  /// ...)`, at once when there is no connection; until then LINK of the remote process is
  /// void. Source: UNLINK_ID.
  virtual void unlink(const pid& from) = 0;
  /// Answered by at most one `monitored_exit(watcher, down{ref, ...})`. Source:
  /// MONITOR_P.
  virtual void monitor(const pid& watcher, reference ref) = 0;
  /// Source: DEMONITOR_P.
  virtual void demonitor(const pid& watcher, reference ref) = 0;

  // What a local process answers, or tells when it exits. A reason that cannot leave the
  // node goes as its text: these never throw not_transmissible.
  /// `from` was linked with it and has exited. Source: EXIT.
  virtual void link_ended(const pid& from, const exit_reason& why) = 0;
  /// The answer to LINK for a dead process, as `link_ended` with `noproc`.
  virtual void link_refused(const pid& from) = 0;
  /// The answer to UNLINK_ID with this `id`. Source: UNLINK_ID_ACK.
  virtual void unlink_acknowledged(const pid& from, std::uint64_t id) = 0;
  /// What it monitors as `message.ref` has exited, or was dead (`noproc`). `name` is set
  /// when it was monitored by name. Source: MONITOR_P_EXIT.
  virtual void monitor_ended(const down& message) = 0;

  /// There was no memory for a signal to it, which therefore cannot come: gives up the
  /// connection to its node, so that both sides hear of the loss.
  virtual void lose() noexcept = 0;

  // Its references.
  void retain() noexcept {
    // relaxed: a new reference comes from one that is held, so nothing is published.
    references_.fetch_add(1, std::memory_order_relaxed);
  }
  /// For the table of the distribution, which holds no reference: false when the last one
  /// is gone, and then `forget` is being called.
  [[nodiscard]] bool try_retain() noexcept {
    // relaxed: the lock of the table orders what is read; a failure is read again.
    auto count = references_.load(std::memory_order_relaxed);
    while (count != 0
           && !references_.compare_exchange_weak(count, count + 1,
                                                 std::memory_order_relaxed))
      continue;
    return count != 0;
  }
  void release() noexcept {
    // acq_rel: each call releases its owner's accesses, and the last one acquires all.
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      forget();
  }

protected:
  remote_process() noexcept = default;
  virtual ~remote_process() = default;

private:
  /// No pid names it any more: removes it from the table, unless another object has taken
  /// its place there by now, and destroys it.
  virtual void forget() noexcept = 0;

  std::atomic<std::size_t> references_{1};
};

/// The pid that takes over one reference to `held`.
[[nodiscard]] inline pid adopt(remote_process& held) noexcept {
  pid made(held);
  held.release();
  return made;
}
/// What a pid of another node points to; null for every other pid. The pid owns it.
[[nodiscard]] inline remote_process* find_remote(const pid& who) noexcept {
  return access::remote(who);
}

/// Calls `tell()`, which tells `who` something that must not get lost; gives up the
/// connection when there is no memory.
template <class F>
void tell_or_lose(remote_process& who, F tell) noexcept {
  try {
    tell();
  } catch (...) {
    who.lose();
  }
}

} // namespace websock::runtime::detail
