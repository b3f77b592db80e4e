// The kernel's access to the private parts of pids and terms. Misuse can leave a term
// dangling, so only runtime/ itself uses it, and libraries that bring sockets to
// processes.
#pragma once

namespace websock::runtime::detail {

/// The friend of pid and term. Each function calls the private member function of the
/// same name; the contract is there.
struct access {
  // Members of pid.
  [[nodiscard]] static auto* local(const auto& subject) noexcept {
    return subject.local();
  }
  [[nodiscard]] static auto* control_block(const auto& subject) noexcept {
    return subject.control_block();
  }
  [[nodiscard]] static auto* remote(const auto& subject) noexcept {
    return subject.remote();
  }

  // Members of term.
  [[nodiscard]] static auto* box(const auto& subject) noexcept { return subject.box(); }
  [[nodiscard]] static auto lend(const auto& subject) noexcept { return subject.lend(); }
  [[nodiscard]] static auto hand_on(auto&& subject) noexcept { return subject.hand_on(); }
  template <class Term, class Box>
  [[nodiscard]] static Term adopt(const Box* box) noexcept {
    return Term::adopt(box);
  }
};

} // namespace websock::runtime::detail
