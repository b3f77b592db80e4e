// The one way to what pids and terms keep for the kernel. A program that goes it can
// leave a term dangling: it is for runtime/ itself, and for a library that brings sockets
// to processes.
#pragma once

namespace websock::runtime::detail {

/// The friend of pid and term. Each function is the private member function of
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
};

} // namespace websock::runtime::detail
