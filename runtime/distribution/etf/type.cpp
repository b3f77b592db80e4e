#include "type.hpp"

namespace websock::runtime::etf {

std::string_view to_string(type what) noexcept {
  switch (what) {
  case type::integer:
    return "an integer";
  case type::big:
    return "an integer beyond 64 bits";
  case type::number:
    return "a float";
  case type::atom:
    return "an atom";
  case type::binary:
    return "a binary";
  case type::bit_string:
    return "a bit string";
  case type::nil:
    return "an empty list";
  case type::list:
    return "a list";
  case type::string:
    return "a list of octets";
  case type::tuple:
    return "a tuple";
  case type::map:
    return "a map";
  case type::pid:
    return "a pid";
  case type::reference:
    return "a reference";
  case type::port:
    return "a port";
  case type::opaque:
    return "a function or a term in a local format";
  }
  return "a term";
}

} // namespace websock::runtime::etf
