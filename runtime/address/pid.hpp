// The identity of a process, here or on another node, or of a plain CAF actor. A value:
// copy it, compare it, send it.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace caf {
class actor_control_block;
}

namespace websock::runtime {

class process;
namespace detail {
struct access;
class addressee;
class remote_process;
} // namespace detail

/// Names one process, and no other after it has exited. Sending to the pid of a dead
/// process does nothing. As thread-safe as `std::shared_ptr`: distinct copies may be used
/// from distinct threads. Source: Erlang's pid().
class pid {
public:
  pid() noexcept = default;
  explicit pid(process& local) noexcept;
  /// A CAF actor that is not one of our processes; for one of our processes, its own pid.
  explicit pid(caf::actor_control_block* actor) noexcept;
  /// A process of another node.
  explicit pid(detail::remote_process& other) noexcept;
  pid(const pid& other) noexcept : bits_(other.bits_) { retain(); }
  pid(pid&& other) noexcept : bits_(std::exchange(other.bits_, 0)) {}
  pid& operator=(pid other) noexcept {
    std::swap(bits_, other.bits_);
    return *this;
  }
  ~pid() { release(); }

  /// False for a default-constructed pid, which names nobody.
  [[nodiscard]] explicit operator bool() const noexcept { return bits_ != 0; }
  /// Whether the process is alive: false once it has begun to exit, and for an empty pid.
  /// Any thread. Throws std::invalid_argument for a process of another node: monitor it.
  /// Source: erlang:is_process_alive/1, badarg.
  [[nodiscard]] bool is_alive() const;
  /// Whether it is no process of this node: one of another node, or a plain CAF actor.
  [[nodiscard]] bool is_foreign() const noexcept { return (bits_ & foreign_bits) != 0; }
  /// Whether it is a process of another node.
  [[nodiscard]] bool is_remote() const noexcept { return (bits_ & remote_bit) != 0; }
  /// Unique among all processes and actors of one actor system and the processes of other
  /// nodes, which come last; 0 for an empty pid.
  [[nodiscard]] std::uint64_t number() const noexcept;

  friend bool operator==(const pid&, const pid&) noexcept = default;
  friend std::strong_ordering operator<=>(const pid& a, const pid& b) noexcept {
    const auto by_number = a.number() <=> b.number();
    return by_number != 0 ? by_number : a.bits_ <=> b.bits_;
  }
  /// `<0.n>`; `<node.id.serial>` for a process of another node; `<node.n>` for an actor
  /// of another actor system.
  friend std::string to_string(const pid& value);

private:
  friend struct std::hash<pid>;
  friend struct detail::access;
  friend class detail::addressee;

  static constexpr std::uintptr_t actor_bit = 1;
  static constexpr std::uintptr_t remote_bit = 2;
  static constexpr std::uintptr_t foreign_bits = actor_bit | remote_bit;

  /// The process, dead or alive; null unless it is one of this node.
  [[nodiscard]] process* local() const noexcept {
    return is_foreign() ? nullptr : reinterpret_cast<process*>(bits_);
  }
  /// The process of another node; null for every other pid. The pid owns it.
  [[nodiscard]] detail::remote_process* remote() const noexcept {
    return is_remote() ? reinterpret_cast<detail::remote_process*>(bits_ & ~remote_bit)
                       : nullptr;
  }
  /// The CAF control block of the process or actor; null for an empty pid and for a
  /// process of another node. The pid owns it.
  [[nodiscard]] caf::actor_control_block* control_block() const noexcept;
  void retain() const noexcept;
  void release() const noexcept;

  // A process*; with actor_bit a control block, with remote_bit a remote_process*.
  std::uintptr_t bits_ = 0;
};

} // namespace websock::runtime

template <>
struct std::hash<websock::runtime::pid> {
  std::size_t operator()(const websock::runtime::pid& value) const noexcept {
    return std::hash<std::uintptr_t>{}(value.bits_ >> 4U);
  }
};
