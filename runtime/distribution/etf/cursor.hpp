// A position in octets that checks each length before it takes them.
#pragma once

#include "tag.hpp"
#include "type.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace websock::runtime::etf::detail {

/// Numbers are big-endian. Each function that takes octets throws `malformed`, with the
/// position of the term that was begun last, when they are not there.
class cursor {
public:
  cursor(std::string_view octets, std::size_t position) noexcept
      : octets_(octets), position_(position), term_{position, {}} {}

  [[nodiscard]] std::size_t position() const noexcept { return position_; }
  [[nodiscard]] std::size_t left() const noexcept { return octets_.size() - position_; }
  /// The octets from there to the position.
  [[nodiscard]] std::string_view since(std::size_t start) const noexcept {
    return octets_.substr(start, position_ - start);
  }

  /// Takes the tag of a term, which becomes the one that errors name.
  tag begin() {
    term_.position = position_;
    if (left() == 0)
      fail_at_end();
    term_.form = static_cast<tag>(octets_[position_++]);
    return term_.form;
  }
  /// The term that was begun last.
  struct term {
    std::size_t position;
    tag form;
  };
  [[nodiscard]] const term& begun() const noexcept { return term_; }
  /// After a term inside it, errors name the outer one again.
  void resume(const term& outer) noexcept { term_ = outer; }

  [[nodiscard]] std::string_view take(std::size_t count) {
    if (count > left())
      fail_short(count);
    const auto taken = octets_.substr(position_, count);
    position_ += count;
    return taken;
  }

  template <std::unsigned_integral T>
  [[nodiscard]] T number() {
    T result = 0;
    for (const auto each : take(sizeof(T)))
      result =
          static_cast<T>(std::uint64_t{result} << 8U | static_cast<std::uint8_t>(each));
    return result;
  }

  /// Takes the number of elements of which each has at least an octet, those of the term
  /// that was begun.
  [[nodiscard]] std::size_t require(std::uint64_t elements) const {
    if (elements > left())
      fail_lie(elements);
    return static_cast<std::size_t>(elements);
  }

  /// "an atom". The term that was begun, for errors.
  [[nodiscard]] std::string name() const;
  [[noreturn]] void fail(const std::string& why) const;
  /// It is another term than was asked for, or none.
  [[noreturn]] void fail_instead_of(type wanted) const;

private:
  [[noreturn]] void fail_at_end() const;
  [[noreturn]] void fail_short(std::size_t count) const;
  [[noreturn]] void fail_lie(std::uint64_t elements) const;

  std::string_view octets_;
  std::size_t position_;
  term term_;
};

/// Throws `malformed` for an octet with which no term begins that a reader takes.
[[noreturn]] void fail_unknown(const cursor& in);

} // namespace websock::runtime::etf::detail
