// A message while it is read: where from, and what is left of its limits.
#pragma once

#include "../etf/limits.hpp"
#include "../etf/reader.hpp"
#include "identities.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

namespace websock::runtime::distribution {

class decoding {
public:
  decoding(etf::reader& source, identities& who) noexcept
      : in(source), ids(who), retries_left_(retries_of(source.rest().size())) {}
  decoding(const decoding&) = delete;
  decoding& operator=(const decoding&) = delete;

  etf::reader& in;
  identities& ids;

  /// The time within a tuple, list or map; false where that is too deep.
  class inside {
  public:
    explicit inside(decoding& whole) noexcept
        : whole_(whole), fits_(whole.depth_left_ != 0) {
      whole_.depth_left_ -= fits_ ? 1 : 0;
    }
    inside(const inside&) = delete;
    inside& operator=(const inside&) = delete;
    ~inside() { whole_.depth_left_ += fits_ ? 1 : 0; }
    [[nodiscard]] explicit operator bool() const noexcept { return fits_; }

  private:
    decoding& whole_;
    const bool fits_;
  };
  [[nodiscard]] inside enter() noexcept { return inside(*this); }

  /// Goes back to `start`, to read what has been read as another type. False when the
  /// message has been read too often: variants within variants would otherwise take a
  /// time that doubles with each level.
  [[nodiscard]] bool retry(const etf::reader& start) {
    const auto octets = in.position() - start.position();
    if (octets > retries_left_)
      return false;
    retries_left_ -= octets;
    in = start;
    return true;
  }

  /// Whether an atom of this name comes next; takes it then.
  [[nodiscard]] bool take_atom(std::string_view name) {
    if (in.next() != etf::type::atom)
      return false;
    auto ahead = in;
    if (ahead.atom() != name)
      return false;
    in = std::move(ahead);
    return true;
  }

private:
  [[nodiscard]] static std::size_t retries_of(std::size_t octets) noexcept {
    constexpr std::size_t least = 4096;
    return least + 8 * octets; // no overflow: the reader has bounded the octets
  }

  std::size_t depth_left_ = etf::limits{}.depth;
  std::size_t retries_left_;
};

} // namespace websock::runtime::distribution
