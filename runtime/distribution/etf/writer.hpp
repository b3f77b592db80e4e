// Writes terms in the external term format, one after the other, behind what a string
// already has. It writes neither lengths of messages nor distribution headers.
#pragma once

#include "value.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace websock::runtime::etf {

/// Each function appends one term, or the head of one whose elements the caller writes
/// next: `tuple(2)`, then two terms. Strings are octets; atoms are UTF-8.
///
/// A function that throws has appended nothing of its own. Source: erl_ext_dist.
class writer {
public:
  /// `out` must outlive the writer.
  explicit writer(std::string& out) noexcept : out_(&out) {}

  /// What stands before a term that stands alone. Inside messages of the distribution
  /// only the payload has it, and not where a distribution header stands before it.
  void version();

  /// Throws std::invalid_argument for what is not UTF-8 or too long.
  void atom(std::string_view name);
  void integer(std::int64_t number);
  void unsigned_integer(std::uint64_t number);
  void big(const etf::big& number);
  /// Throws std::invalid_argument for infinities and NaN, which Erlang does not have.
  void number(double number);
  /// Throws std::length_error beyond 4 GiB.
  void binary(std::string_view octets);
  void bit_string(std::string_view octets, std::uint8_t last_bits);
  /// A list of octets in its short form where there is one.
  void string_list(std::string_view octets);

  /// Throws std::length_error beyond 2^32 elements, as `list` and `map` do.
  void tuple(std::size_t arity);
  /// The caller writes `count` elements, and then `nil()` or the tail. Appends nothing
  /// for an empty list, which is its nil.
  void list(std::size_t count);
  void nil();
  /// The caller writes key and value of each pair.
  void map(std::size_t pairs);

  void pid(const etf::pid& process);
  /// Throws std::invalid_argument unless it has 1 to 5 words.
  void reference(const etf::reference& reference);
  void port(const etf::port& port);

  void value(const etf::value& term);
  /// Octets of terms that were written before.
  void raw(std::string_view terms);

private:
  std::string* out_;
};

} // namespace websock::runtime::etf
