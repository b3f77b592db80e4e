// Skipping terms: in a loop that counts what is still to come, so that no nesting needs
// memory.
#include "parts.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace websock::runtime::etf::detail {

namespace {

void skip_atom(cursor& in, const atom_table* cache) {
  const auto outer = in.begun();
  in.begin();
  static_cast<void>(take_atom(in, cache));
  in.resume(outer);
}

void skip_small_integer(cursor& in) {
  const auto outer = in.begun();
  in.begin();
  if (!take_integer(in))
    in.fail("an integer of a function is beyond 64 bits");
  in.resume(outer);
}

// A node, and behind it this many octets.
void skip_node(cursor& in, const atom_table* cache, std::size_t octets) {
  skip_atom(in, cache);
  static_cast<void>(in.take(octets));
}

void skip_identifier(cursor& in, const atom_table* cache) {
  switch (in.begun().form) {
  case tag::new_pid:
  case tag::v4_port:
    return skip_node(in, cache, 12);
  case tag::old_pid:
    return skip_node(in, cache, 9);
  case tag::new_port:
    return skip_node(in, cache, 8);
  case tag::old_port:
  case tag::old_reference:
    return skip_node(in, cache, 5);
  case tag::newer_reference:
    return skip_node(in, cache, 4 + 4 * std::size_t{take_word_count(in)});
  case tag::new_reference:
    return skip_node(in, cache, 1 + 4 * std::size_t{take_word_count(in)});
  default:
    in.fail_instead_of(type::pid);
  }
}

void skip_creator(cursor& in, const atom_table* cache) {
  const auto outer = in.begun();
  if (type_of(in.begin()) != type::pid)
    in.fail_instead_of(type::pid);
  skip_identifier(in, cache);
  in.resume(outer);
}

void skip_export(cursor& in, const atom_table* cache) {
  skip_atom(in, cache);
  skip_atom(in, cache);
  skip_small_integer(in);
}

void skip_function(cursor& in, const atom_table* cache, std::size_t depth) {
  const auto outer = in.begun();
  const auto start = in.position();
  const auto size = in.number<std::uint32_t>();
  static_cast<void>(in.take(1 + 16 + 4)); // arity, checksum, index
  const auto captured = in.number<std::uint32_t>();
  skip_atom(in, cache);
  skip_small_integer(in);
  skip_small_integer(in);
  skip_creator(in, cache);
  if (captured > 0 && depth == 0)
    in.fail("functions inside functions are nested too deep");
  for (auto left = in.require(captured); left > 0; --left) {
    in.begin();
    skip_term(in, cache, depth - 1);
    in.resume(outer);
  }
  if (in.position() - start != size)
    in.fail("a function says that it has " + std::to_string(size) + " octets, and has "
            + std::to_string(in.position() - start));
}

void skip_opaque(cursor& in, const atom_table* cache, std::size_t depth) {
  if (in.begun().form == tag::new_fun)
    return skip_function(in, cache, depth);
  if (in.begun().form == tag::exported_fun)
    return skip_export(in, cache);
  in.fail("a term in a local format stands inside another, where it has no end");
}

/// Takes what belongs to the term itself; returns how many terms inside it follow.
std::size_t skip_head(cursor& in, const atom_table* cache, std::size_t depth) {
  const auto what = type_of(in.begun().form);
  if (!what)
    fail_unknown(in);
  switch (*what) {
  case type::integer:
    return static_cast<void>(take_integer(in)), 0;
  case type::big:
    return static_cast<void>(take_big(in)), 0;
  case type::number:
    return static_cast<void>(take_float(in)), 0;
  case type::atom:
    return static_cast<void>(take_atom(in, cache)), 0;
  case type::binary:
    return static_cast<void>(in.take(in.number<std::uint32_t>())), 0;
  case type::bit_string:
    return static_cast<void>(take_bits(in)), 0;
  case type::string:
    return static_cast<void>(in.take(in.number<std::uint16_t>())), 0;
  case type::nil:
    return 0;
  case type::list:
    return take_arity(in) + 1;
  case type::tuple:
    return take_arity(in);
  case type::map:
    return 2 * take_arity(in);
  case type::pid:
  case type::reference:
  case type::port:
    return skip_identifier(in, cache), 0;
  case type::opaque:
    return skip_opaque(in, cache, depth), 0;
  }
  return 0;
}

} // namespace

void skip_term(cursor& in, const atom_table* cache, std::size_t depth) {
  std::size_t pending = skip_head(in, cache, depth);
  for (; pending > 0; --pending) {
    in.begin();
    pending += skip_head(in, cache, depth);
  }
}

} // namespace websock::runtime::etf::detail
