// How pids, references, aliases and values are written and read.
#include "codec_runtime.hpp"

namespace websock::runtime::distribution {

void codec<pid>::write(encoding& to, const pid& value) {
  value ? to.out.pid(to.ids.to_etf(value)) : to.out.atom("undefined");
}

std::optional<pid> codec<pid>::read(decoding& from) {
  if (from.take_atom("undefined"))
    return pid();
  if (from.in.next() != etf::type::pid)
    return std::nullopt;
  return from.ids.to_pid(from.in.pid());
}

void codec<reference>::write(encoding& to, reference value) {
  value ? to.out.reference(to.ids.to_etf(value)) : to.out.atom("undefined");
}

std::optional<reference> codec<reference>::read(decoding& from) {
  if (from.take_atom("undefined"))
    return reference();
  if (from.in.next() != etf::type::reference)
    return std::nullopt;
  return from.ids.to_reference(from.in.reference());
}

void codec<alias>::write(encoding& to, const alias& value) {
  value.owner ? to.out.reference(to.ids.to_etf(value)) : to.out.atom("undefined");
}

std::optional<alias> codec<alias>::read(decoding& from) {
  if (from.take_atom("undefined"))
    return alias();
  if (from.in.next() != etf::type::reference)
    return std::nullopt;
  return from.ids.to_alias(from.in.reference());
}

void codec<etf::value>::write(encoding& to, const etf::value& value) {
  to.check_depth(value.depth());
  to.out.value(value);
}

} // namespace websock::runtime::distribution
