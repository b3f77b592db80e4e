// Reads the terms of control messages as views. etf::reader reads any term, but its pids
// own their node's name: most messages are small, and that allocation would be their
// largest cost.
#pragma once

#include "../etf/atom_table.hpp"
#include "../etf/limits.hpp"
#include "../etf/reader.hpp"
#include "control.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace websock::runtime::distribution {

/// Each function takes one term, or the head of a tuple, and throws etf::malformed for
/// anything else. Pids, references and atoms are read in the forms that nodes send since
/// OTP 23, whose flags are mandatory, and atoms in Latin-1 as far as they are ASCII;
/// views are into the octets or the table.
class term_views {
public:
  term_views(std::string_view octets, const etf::atom_table& atoms,
             const etf::limits& limits) noexcept
      : octets_(octets), atoms_(&atoms), limits_(&limits) {}

  void version();
  /// The number of elements that follow.
  [[nodiscard]] std::size_t tuple();
  [[nodiscard]] std::uint64_t unsigned_integer();
  [[nodiscard]] std::string_view atom();
  [[nodiscard]] pid_view pid();
  [[nodiscard]] reference_view reference();
  [[nodiscard]] control::process_or_name process_or_name();

  /// Takes any term. Returns its octets.
  std::string_view skip();

  [[nodiscard]] std::string_view rest() const noexcept { return octets_.substr(at_); }
  [[nodiscard]] bool at_end() const noexcept { return at_ == octets_.size(); }

private:
  [[nodiscard]] std::uint8_t octet();
  [[nodiscard]] std::uint8_t peek() const;
  [[nodiscard]] std::string_view take(std::size_t count);
  template <class Number>
  [[nodiscard]] Number number();
  [[nodiscard]] std::string_view name_of(std::size_t size, std::size_t begin);
  [[nodiscard]] std::string_view ascii_name(std::size_t size, std::size_t begin);
  [[nodiscard]] std::string_view cached_name();
  [[nodiscard]] etf::reader reader_of_rest() const;
  [[noreturn]] void refuse(const char* wanted, std::size_t at) const;

  std::string_view octets_;
  std::size_t at_ = 0;
  const etf::atom_table* atoms_;
  const etf::limits* limits_;
};

} // namespace websock::runtime::distribution
