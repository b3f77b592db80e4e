// A message while it is written: where to, and what is left of its limits.
#pragma once

#include "../../address/not_transmissible.hpp"
#include "../etf/limits.hpp"
#include "../etf/writer.hpp"
#include "identities.hpp"

#include <cstddef>
#include <string>
#include <typeinfo>

namespace websock::runtime::distribution {

/// The sender holds to the limits of the receiver, which gives up the connection for a
/// message that exceeds them.
class encoding {
public:
  encoding(etf::writer& sink, identities& who, const etf::limits& limits) noexcept
      : out(sink), ids(who), depth_left_(limits.depth), elements_left_(limits.elements) {}
  encoding(const encoding&) = delete;
  encoding& operator=(const encoding&) = delete;

  etf::writer& out;
  identities& ids;

  /// The time within a tuple, list or map.
  class inside {
  public:
    explicit inside(encoding& whole) noexcept : whole_(whole) { --whole_.depth_left_; }
    inside(const inside&) = delete;
    inside& operator=(const inside&) = delete;
    ~inside() { ++whole_.depth_left_; }

  private:
    encoding& whole_;
  };
  /// For a tuple, list or map of so many elements. Throws not_transmissible when the
  /// message has too many, or is nested too deeply.
  [[nodiscard]] inside enter(std::size_t elements);
  /// For what holds so many levels in itself; throws likewise.
  void check_depth(std::size_t levels) const;

private:
  std::size_t depth_left_;
  std::size_t elements_left_;
};

/// `chat::said`: a type, as people write it.
[[nodiscard]] std::string type_name(const std::type_info& type);
/// Names the type, and says what to do about it.
[[noreturn]] void throw_unregistered(const std::type_info& type);

} // namespace websock::runtime::distribution
