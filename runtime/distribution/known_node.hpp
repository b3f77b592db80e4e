// Another node by its name, connected or not: its processes that pids here name, and
// figures about it.
#pragma once

#include "../address/pid.hpp"
#include "known_process.hpp"
#include "wire/fragmenter.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace websock::runtime::detail {
class process_block;
} // namespace websock::runtime::detail

namespace websock::runtime::distribution {

class hub;
class peer;

/// Octets of messages that have not left this node: of all small ones, or of all large
/// ones. Written by any thread.
class waiting_octets {
public:
  /// A message is on its way to the shard of the connections, or has come there.
  void add_posted(std::size_t octets) noexcept { posted_ += octets + around; }
  void take_posted(std::size_t octets) noexcept { posted_ -= octets + around; }
  /// What waits there, as the shard says.
  void set_unsent(std::size_t octets) noexcept { unsent_ = octets; }

  [[nodiscard]] std::size_t posted() const noexcept { return posted_; }
  [[nodiscard]] std::size_t all() const noexcept { return posted_ + unsent_; }

  /// Memory of a waiting signal beside its octets: what is posted with it, and the
  /// heap's.
  static constexpr std::size_t around = 192;

private:
  std::atomic<std::size_t> posted_{0};
  std::atomic<std::size_t> unsent_{0};
};

/// The octets of one message on its way to the shard of the connections, counted until it
/// has come there or nowhere.
class posted_octets {
public:
  posted_octets(waiting_octets& among, std::size_t octets) noexcept
      : among_(&among), octets_(octets) {
    among.add_posted(octets);
  }
  posted_octets(posted_octets&& other) noexcept
      : among_(std::exchange(other.among_, nullptr)), octets_(other.octets_) {}
  posted_octets& operator=(posted_octets&&) = delete;
  ~posted_octets() { take(); }

  void take() noexcept {
    if (auto* const among = std::exchange(among_, nullptr))
      among->take_posted(octets_);
  }

private:
  waiting_octets* among_;
  std::size_t octets_;
};

/// Figures of one node: written on the shard of the connections, unless stated otherwise,
/// and read by any thread.
struct node_figures {
  std::atomic<std::uint64_t> messages_sent{0};
  std::atomic<std::uint64_t> messages_received{0};
  std::atomic<std::uint64_t> messages_dropped{0}; // any thread
  std::atomic<std::uint64_t> octets_sent{0};      // of past connections and this one
  std::atomic<std::uint64_t> octets_received{0};
  std::atomic<std::uint64_t> connects{0};
  std::atomic<std::uint64_t> losses{0};
  // Two, since small messages pass between the fragments of large ones: those that wait
  // must not keep others from sending.
  waiting_octets small;
  waiting_octets large; // in fragments
  [[nodiscard]] waiting_octets& of_size(std::size_t octets) noexcept {
    return octets > fragment_size ? large : small;
  }
  std::atomic<bool> is_connected{false};
  std::atomic<bool> is_visible{false}; // when it was connected last
};

/// Lives as long as its hub. Any thread, unless stated otherwise.
class known_node {
public:
  known_node(hub& owner, std::string name);
  ~known_node();
  known_node(const known_node&) = delete;
  known_node& operator=(const known_node&) = delete;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] node_figures& figures() noexcept { return figures_; }

  /// The pid of a process there; equal for equal keys as long as any such pid exists.
  [[nodiscard]] pid intern(const known_process::key& which);
  /// No pid names it any more.
  void forget(const known_process& unnamed) noexcept;
  [[nodiscard]] std::size_t interned() const;

  /// The process, which has its turn, takes no message until less than `low_mark` waits
  /// of what is as large as `octets`.
  void suspend_until_room(runtime::detail::process_block& writer, std::size_t octets);
  /// Resumes the processes if there is room.
  void resume_if_room() noexcept;

  /// What keeps the connection; only on the shard of the connections, but for give_up.
  [[nodiscard]] peer& its_peer() noexcept { return *peer_; }
  void set_peer(std::unique_ptr<peer> made) noexcept;

private:
  struct suspended {
    const waiting_octets& until;
    std::vector<pid> processes;
    std::atomic<bool> is_any{false};
  };
  void resume_if_room(suspended& whom) noexcept;

  hub& owner_;
  const std::string name_;
  node_figures figures_;
  mutable std::mutex mutex_;
  std::map<known_process::key, known_process*> processes_;
  suspended by_small_{figures_.small, {}, false};
  suspended by_large_{figures_.large, {}, false};
  std::unique_ptr<peer> peer_;
};

} // namespace websock::runtime::distribution
