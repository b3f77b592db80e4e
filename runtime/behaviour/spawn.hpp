// How a behaviour gets to the shard that runs it: as the first signal in its mailbox.
#pragma once

#include "../mailbox/signal.hpp"
#include "behaviour.hpp"
#include "function_body.hpp"

#include <concepts>
#include <cstdint>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

namespace websock::runtime {

/// How a new process is tied to its parent before it can run.
enum class spawn_tie : std::uint8_t { none, link };

namespace detail {

/// Constructs the behaviour on the new process's shard.
class starter : public signal {
public:
  starter() noexcept : signal(signal_kind::start) {}
  [[nodiscard]] virtual std::unique_ptr<behaviour> make() = 0;
  void handle(process_block& target) final; // process_life.cpp
  void bounce(process_block& target) noexcept final;

protected:
  ~starter() = default;
};

/// A starter that has not been sent yet.
using owned_starter = std::unique_ptr<starter, signal_disposer>;

template <class T, class... Args>
class starter_for final : public starter {
public:
  template <class... Us>
  explicit starter_for(std::in_place_t, Us&&... args)
      : args_(std::forward<Us>(args)...) {}

  [[nodiscard]] std::unique_ptr<behaviour> make() override {
    return std::apply(
        [](Args&... args) { return std::make_unique<T>(std::move(args)...); }, args_);
  }
  void dispose() noexcept override { delete this; }

private:
  std::tuple<Args...> args_;
};

template <class T, class... Args>
[[nodiscard]] starter* make_starter(Args&&... args) {
  static_assert(
      std::derived_from<T, behaviour>,
      "spawn<T>: T must derive from runtime::behaviour, usually as a gen_server");
  static_assert(std::is_constructible_v<T, std::decay_t<Args>...>,
                "spawn<T>(args...): T cannot be constructed from these arguments");
  return new starter_for<T, std::decay_t<Args>...>(std::in_place,
                                                   std::forward<Args>(args)...);
}

} // namespace detail
} // namespace websock::runtime
