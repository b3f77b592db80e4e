// A message in transit: the signal that carries a term into a mailbox.
#pragma once

#include "../coroutine/frame_pool.hpp"
#include "../term/term.hpp"
#include "signal.hpp"

#include <cstddef>

namespace websock::runtime::detail {

/// A signal of kind `message`, unless kept. `take` may be called once and ends the
/// letter; do not `dispose` of it then.
class letter : public signal {
public:
  letter() noexcept : signal(signal_kind::message) {}
  [[nodiscard]] virtual term take() noexcept = 0;
  void handle(process_block& target) final; // process_block.cpp
  [[nodiscard]] bool may_be_superseded() const noexcept final { return true; }
  using signal::keep;

protected:
  ~letter() = default;
  /// The term that takes over one reference to `box`.
  [[nodiscard]] static term adopt(const term_box* box) noexcept {
    return term::adopt(box);
  }
};

/// Envelope and value in one allocation: the usual form of a newly sent value.
template <class... Ts>
class sealed_letter final : public letter, public term_values<Ts...> {
public:
  using term_values<Ts...>::term_values;
  [[nodiscard]] term take() noexcept override { return letter::adopt(this); }
  [[nodiscard]] term peek() const override {
    this->retain();
    return letter::adopt(this);
  }
  [[nodiscard]] const term_box* contents() const noexcept override { return this; }
  void dispose() noexcept override { this->release(); }
};

/// A separate envelope for an existing term (a broadcast, a forwarded message). The many
/// short-lived letters of a broadcast come from the pool of the shard that they stay on
/// (bench: pubsub).
class forwarded_letter final : public letter {
public:
  explicit forwarded_letter(term value) noexcept : value_(std::move(value)) {}
  [[nodiscard]] term take() noexcept override {
    term value = std::move(value_);
    delete this;
    return value;
  }
  [[nodiscard]] term peek() const override { return value_; }
  [[nodiscard]] const term_box* contents() const noexcept override; // letter.cpp
  void dispose() noexcept override { delete this; }

  [[nodiscard]] static void* operator new(std::size_t size) {
    return frame_pool::allocate_unaligned(size);
  }
  [[nodiscard]] static void* operator new(std::size_t size, frame_pool& pool) {
    return pool.allocate(size);
  }
  static void operator delete(void* letter, std::size_t size) noexcept {
    frame_pool::release(letter, size);
  }
  static void operator delete(void* letter, frame_pool&) noexcept {
    frame_pool::release(letter, sizeof(forwarded_letter));
  }

private:
  term value_;
};

template <class... Ts>
[[nodiscard]] letter* make_letter(Ts&&... values) {
  static_assert(sizeof...(Ts) > 0, "no message to send");
  if constexpr (sizeof...(Ts) == 1 && (std::is_same_v<std::decay_t<Ts>, term> && ...)) {
    return new forwarded_letter(std::forward<Ts>(values)...);
  } else {
    (check_message_type<stored_t<Ts>>(), ...);
    return new sealed_letter<stored_t<Ts>...>(std::in_place, std::forward<Ts>(values)...);
  }
}

} // namespace websock::runtime::detail
