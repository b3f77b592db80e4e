#include "tag.hpp"

namespace websock::runtime::etf {

std::optional<type> type_of(tag first) noexcept {
  switch (first) {
  case tag::small_integer:
  case tag::integer:
    return type::integer;
  case tag::small_big:
  case tag::large_big:
    return type::big;
  case tag::new_float:
  case tag::old_float:
    return type::number;
  case tag::small_utf8_atom:
  case tag::utf8_atom:
  case tag::atom_cache_ref:
  case tag::small_latin1_atom:
  case tag::latin1_atom:
    return type::atom;
  case tag::binary:
    return type::binary;
  case tag::bit_binary:
    return type::bit_string;
  case tag::nil:
    return type::nil;
  case tag::list:
    return type::list;
  case tag::string:
    return type::string;
  case tag::small_tuple:
  case tag::large_tuple:
    return type::tuple;
  case tag::map:
    return type::map;
  case tag::new_pid:
  case tag::old_pid:
    return type::pid;
  case tag::newer_reference:
  case tag::new_reference:
  case tag::old_reference:
    return type::reference;
  case tag::v4_port:
  case tag::new_port:
  case tag::old_port:
    return type::port;
  case tag::new_fun:
  case tag::exported_fun:
  case tag::local:
    return type::opaque;
  case tag::compressed:
  case tag::old_fun:
    return std::nullopt;
  }
  return std::nullopt;
}

} // namespace websock::runtime::etf
