// How exit reasons are written and read.
#include "exit_terms.hpp"

#include "codec_runtime.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace websock::runtime::distribution {

namespace {

constexpr std::array<std::pair<exit_reason::kind, std::string_view>, 7> bare_reasons{{
    {exit_reason::kind::normal, "normal"},
    {exit_reason::kind::shutdown, "shutdown"},
    {exit_reason::kind::kill, "kill"},
    {exit_reason::kind::killed, "killed"},
    {exit_reason::kind::noproc, "noproc"},
    {exit_reason::kind::noconnection, "noconnection"},
    {exit_reason::kind::timeout, "timeout"},
}};

[[nodiscard]] std::string_view name_of(exit_reason::kind what) noexcept {
  for (const auto& [kind, name] : bare_reasons)
    if (kind == what)
      return name;
  return "error"; // one without a text: there was no memory for it
}

void write_error(encoding& to, const exit_reason& why) {
  const auto level = to.enter(2);
  to.out.tuple(2);
  if (const auto* text = why.detail().get_if<std::string>())
    to.out.binary(*text);
  else
    to.out.atom("error");
  to.out.nil();
}

void write_shutdown(encoding& to, const exit_reason& why) {
  const auto level = to.enter(2);
  to.out.tuple(2);
  to.out.atom("shutdown");
  codec<term>::write(to, why.detail());
}

[[nodiscard]] std::optional<exit_reason> read_bare(decoding& from) {
  for (const auto& [kind, name] : bare_reasons)
    if (from.take_atom(name))
      return kind;
  return std::nullopt;
}

/// {shutdown, T}, {<<"text">>, []} and {error, []}; nullopt for any other tuple.
[[nodiscard]] std::optional<exit_reason> read_pair(decoding& from) {
  const auto level = from.enter();
  if (!level || from.in.tuple() != 2)
    return std::nullopt;
  if (from.take_atom("shutdown"))
    return reason::shutdown(*codec<term>::read(from));
  const bool is_bare = from.take_atom("error");
  if (!is_bare && from.in.next() != etf::type::binary)
    return std::nullopt;
  const auto text = is_bare ? std::string_view() : from.in.binary();
  if (from.in.next() != etf::type::nil)
    return std::nullopt;
  from.in.nil();
  return is_bare ? exit_reason(exit_reason::kind::error) : reason::error(text);
}

} // namespace

void codec<exit_reason>::write(encoding& to, const exit_reason& value) {
  switch (value.what()) {
  case exit_reason::kind::term:
    return codec<term>::write(to, value.detail());
  case exit_reason::kind::error:
    return write_error(to, value);
  case exit_reason::kind::shutdown:
    if (value.detail())
      return write_shutdown(to, value);
    [[fallthrough]];
  default:
    to.out.atom(name_of(value.what()));
  }
}

std::optional<exit_reason> codec<exit_reason>::read(decoding& from) {
  if (auto bare = read_bare(from))
    return bare;
  if (from.in.next() == etf::type::tuple) {
    const auto start = from.in;
    if (auto pair = read_pair(from))
      return pair;
    if (!from.retry(start))
      from.in = start; // at most once for each level
  }
  return exit_reason(exit_reason::kind::term, *codec<term>::read(from));
}

void reason_to_etf(const exit_reason& why, etf::writer& out, identities& ids,
                   const etf::limits& limits) {
  encoding to(out, ids, limits);
  codec<exit_reason>::write(to, why);
}

void any_reason_to_etf(const exit_reason& why, etf::writer& out, identities& ids,
                       const etf::limits& limits) {
  std::string octets;
  try {
    etf::writer scratch(octets);
    reason_to_etf(why, scratch, ids, limits);
  } catch (const not_transmissible&) {
    return out.binary(to_string(why));
  }
  out.raw(octets);
}

exit_reason reason_from_etf(etf::reader& in, identities& ids) {
  decoding from(in, ids);
  return *codec<exit_reason>::read(from);
}

} // namespace websock::runtime::distribution
