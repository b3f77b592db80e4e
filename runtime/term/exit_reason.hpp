// Why a process ended, in Erlang's terms.
#pragma once

#include "term.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace websock::runtime {

/// An exit reason: one of Erlang's well-known ones, `error` with the text of an
/// exception, or any term. Immutable, comparable, printable.
class exit_reason {
public:
  enum class kind : std::uint8_t {
    normal,
    shutdown, // bare, or {shutdown, term}
    kill, // only as the reason given to exit(pid, kill); its victims exit with `killed`
    killed,
    noproc,
    noconnection,
    timeout,
    error, // an exception escaped from a callback; the term is its text
    term,  // any other value
  };

  exit_reason() noexcept = default; // normal
  explicit(false) exit_reason(kind what) noexcept : kind_(what) {}
  exit_reason(kind what, term detail) noexcept
      : kind_(what), detail_(std::move(detail)) {}

  [[nodiscard]] kind what() const noexcept { return kind_; }
  /// The payload: the term of `{shutdown, term}`, the text of `error`, or the user's
  /// value.
  [[nodiscard]] const term& detail() const noexcept { return detail_; }

  [[nodiscard]] bool is_normal() const noexcept { return kind_ == kind::normal; }
  /// `shutdown` or `{shutdown, term}`: an orderly end, not a crash.
  [[nodiscard]] bool is_shutdown() const noexcept { return kind_ == kind::shutdown; }
  /// Neither `normal` nor a shutdown: what a supervisor calls abnormal.
  [[nodiscard]] bool is_abnormal() const noexcept {
    return !is_normal() && !is_shutdown();
  }

  friend bool operator==(const exit_reason& a, const exit_reason& b) {
    return a.kind_ == b.kind_ && a.detail_ == b.detail_;
  }
  /// `normal`, `{shutdown, "restart"}`, `error: what() of the exception`, or the term.
  friend std::string to_string(const exit_reason& reason);

private:
  kind kind_ = kind::normal;
  term detail_;
};

namespace detail {
/// The text of an exception that has none.
inline constexpr std::string_view unknown_exception =
    "an exception that is not a std::exception";
} // namespace detail

/// Erlang's well-known exit reasons, by their names, and how to make others. A namespace
/// of their own, since POSIX has functions called `kill` and `shutdown`.
namespace reason {

inline constexpr auto normal = exit_reason::kind::normal;
inline constexpr auto kill = exit_reason::kind::kill;
inline constexpr auto killed = exit_reason::kind::killed;
inline constexpr auto noproc = exit_reason::kind::noproc;
inline constexpr auto noconnection = exit_reason::kind::noconnection;
inline constexpr auto timeout = exit_reason::kind::timeout;

/// `shutdown` alone, and as a function the reason `{shutdown, value}`.
struct shutdown_reason {
  template <class T>
  [[nodiscard]] exit_reason operator()(T&& value) const {
    return {exit_reason::kind::shutdown, term(std::forward<T>(value))};
  }
  explicit(false) operator exit_reason() const noexcept {
    return exit_reason::kind::shutdown;
  }
  friend bool operator==(const exit_reason& a, shutdown_reason b) {
    return a == static_cast<exit_reason>(b);
  }
};
inline constexpr shutdown_reason shutdown;

/// The reason of a process whose callback threw an exception with this text.
[[nodiscard]] inline exit_reason error(std::string_view what) {
  return {exit_reason::kind::error, runtime::term(what)};
}

/// Any value as an exit reason.
template <class T>
[[nodiscard]] exit_reason of(T&& value) {
  return {exit_reason::kind::term, term(std::forward<T>(value))};
}

} // namespace reason
} // namespace websock::runtime
