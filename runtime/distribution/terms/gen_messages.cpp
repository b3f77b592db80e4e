// How requests, casts and replies are written and read.
#include "gen_messages.hpp"

#include "codec_runtime.hpp"

#include <utility>

namespace websock::runtime::distribution {

namespace {

/// {caller, tag}
[[nodiscard]] std::optional<std::pair<pid, etf::value>> read_from(decoding& from) {
  if (from.in.next() != etf::type::tuple || from.in.tuple() != 2
      || from.in.next() != etf::type::pid)
    return std::nullopt;
  auto caller = from.ids.to_pid(from.in.pid());
  return std::pair(std::move(caller), from.in.value());
}

[[nodiscard]] std::optional<arrived_message> read_gen(decoding& from) {
  const auto arity = from.in.tuple();
  if (arity == 2 && from.take_atom("$gen_cast"))
    return remote_cast{*codec<term>::read(from)};
  if (arity != 3 || !from.take_atom("$gen_call"))
    return std::nullopt;
  auto caller = read_from(from);
  if (!caller)
    return std::nullopt;
  return remote_call{std::move(caller->first), std::move(caller->second),
                     *codec<term>::read(from)};
}

/// [alias | id] or id
[[nodiscard]] std::optional<reference> read_tag(decoding& from) {
  const bool is_alias = from.in.next() == etf::type::list;
  if (is_alias && (from.in.list() != 1 || !from.take_atom("alias")))
    return std::nullopt;
  if (from.in.next() != etf::type::reference)
    return std::nullopt;
  return from.ids.to_reference(from.in.reference());
}

[[nodiscard]] const etf::reference* aliased(const etf::value& tag) {
  const auto* pair = tag.get_if<etf::improper_list>();
  const bool is_alias = pair != nullptr && pair->elements.size() == 1
                        && pair->elements.front().is_atom("alias");
  return is_alias ? pair->tail.get_if<etf::reference>() : nullptr;
}

} // namespace

arrived_message arrived_from_etf(etf::reader& in, identities& ids) {
  decoding from(in, ids);
  if (in.next() == etf::type::tuple) {
    const auto start = in;
    if (auto gen = read_gen(from))
      return std::move(*gen);
    in = start;
  }
  return *codec<term>::read(from);
}

void call_to_etf(const pid& caller, reference id, const term& request, etf::writer& out,
                 identities& ids, const etf::limits& limits) {
  encoding to(out, ids, limits);
  const auto level = to.enter(3);
  out.tuple(3);
  out.atom("$gen_call");
  out.tuple(2);
  codec<pid>::write(to, caller);
  out.list(1);
  out.atom("alias");
  codec<reference>::write(to, id); // no alias that others may use for longer
  codec<term>::write(to, request);
}

void cast_to_etf(const term& message, etf::writer& out, identities& ids,
                 const etf::limits& limits) {
  encoding to(out, ids, limits);
  const auto level = to.enter(2);
  out.tuple(2);
  out.atom("$gen_cast");
  codec<term>::write(to, message);
}

void reply_to_etf(const etf::value& tag, const term& value, etf::writer& out,
                  identities& ids, const etf::limits& limits) {
  encoding to(out, ids, limits);
  const auto level = to.enter(2);
  out.tuple(2);
  codec<etf::value>::write(to, tag);
  codec<term>::write(to, value);
}

std::optional<etf::reference> reply_alias(const etf::value& tag) {
  const auto* found = aliased(tag);
  if (const auto* outer = tag.get_if<etf::improper_list>(); found == nullptr && outer)
    found = aliased(outer->elements.front());
  if (found == nullptr && tag.is<etf::list>() && !tag.elements().empty())
    found = aliased(tag.elements().front());
  return found == nullptr ? std::nullopt : std::optional(*found);
}

std::optional<remote_reply> reply_from_etf(etf::reader& in, identities& ids) {
  if (in.next() != etf::type::tuple)
    return std::nullopt;
  const auto start = in;
  decoding from(in, ids);
  if (in.tuple() == 2)
    if (const auto id = read_tag(from))
      return remote_reply{*id, *codec<term>::read(from)};
  in = start;
  return std::nullopt;
}

} // namespace websock::runtime::distribution
