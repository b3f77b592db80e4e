// The one way to what handles and processes keep for the kernel. A program that goes it
// can leave a term dangling or a process deaf: it is for runtime/ itself, and for a
// library that brings sockets to processes.
#pragma once

namespace runtime::detail {

/// The friend of pid, term and process. Each function is the private member function of
/// its name, whose contract stands there.
struct access {
  // Of a pid.
  [[nodiscard]] static auto* local(const auto& of) noexcept { return of.local(); }
  [[nodiscard]] static auto* control_block(const auto& of) noexcept {
    return of.control_block();
  }

  // Of a term.
  [[nodiscard]] static auto* box(const auto& of) noexcept { return of.box(); }
  [[nodiscard]] static auto lend(const auto& of) noexcept { return of.lend(); }
  [[nodiscard]] static auto hand_on(auto&& of) noexcept { return of.hand_on(); }
  template <class Term, class Box>
  [[nodiscard]] static Term adopt(const Box* box) noexcept {
    return Term::adopt(box);
  }

  // Of a process.
  [[nodiscard]] static bool is_idle(const auto& self) noexcept { return self.is_idle(); }
  static void run_turn(auto& self, auto work) { self.run_turn(work); }
  static void queue(auto& self, auto& entry) { self.queue(entry); }
  static void queue_first(auto& self, auto& entry) { self.queue_first(entry); }
  [[nodiscard]] static bool is_newest(const auto& self, const auto& entry) noexcept {
    return self.is_newest(entry);
  }
  static void suspend(auto& self) noexcept { self.suspend(); }
  static void resume(auto& self) { self.resume(); }
  static void end(auto& self, auto why) { self.end(static_cast<decltype(why)&&>(why)); }
};

} // namespace runtime::detail
