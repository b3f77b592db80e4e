// Opening terms by the types that they hold, and choosing a type for what arrives.
#include "terms.hpp"

#include "../../term/access.hpp"
#include "codec_runtime.hpp"
#include "codec_scalar.hpp"
#include "known_type.hpp"
#include "message_table.hpp"
#include "opened.hpp"

#include <optional>
#include <string>

namespace websock::runtime::distribution {

namespace {

void write_element(encoding& to, const detail::term_box& box, std::size_t index) {
  const auto& type = *box.shape().types[index];
  const auto* known = find_type(type);
  if (known == nullptr)
    throw_unregistered(type);
  known->write(to, box.element(index));
}

/// The registered struct that comes next; nullopt when it is none, or does not fit.
[[nodiscard]] std::optional<term> read_message(decoding& from) {
  const auto level = from.enter();
  const auto head = level ? read_head(from) : std::nullopt;
  const auto* message = head ? find_message(head->name) : nullptr;
  return message == nullptr ? std::nullopt : message->arrive(from, head->fields);
}

[[nodiscard]] term read_atom(decoding& from) {
  if (const auto truth = codec<bool>::read(from))
    return make_opened(*truth, from.ids);
  return make_opened(atom{std::string(from.in.atom())}, from.ids);
}

// A list of no elements is what stands behind them, of whatever type that is, and bits
// that fill octets are a binary.
[[nodiscard]] term read_by_content(decoding& from) {
  const auto found = from.in.value();
  if (found.is<etf::list>() || found.is<etf::string_list>()
      || found.is<etf::improper_list>() || found.is<etf::bit_string>())
    return make_opened(found, from.ids);
  std::string octets;
  etf::writer(octets).value(found);
  etf::reader again(octets);
  return from_etf(again, from.ids);
}

[[nodiscard]] term read_other(decoding& from) {
  switch (from.in.next()) {
  case etf::type::integer:
    return make_opened(from.in.integer(), from.ids);
  case etf::type::number:
    return make_opened(from.in.number(), from.ids);
  case etf::type::atom:
    return read_atom(from);
  case etf::type::binary:
    return make_opened(std::string(from.in.binary()), from.ids);
  case etf::type::pid:
    return make_opened(from.ids.to_pid(from.in.pid()), from.ids);
  case etf::type::reference:
    return make_opened(from.ids.to_reference(from.in.reference()), from.ids);
  case etf::type::list:
  case etf::type::bit_string:
    return read_by_content(from);
  default:
    return make_opened(from.in.value(), from.ids);
  }
}

} // namespace

std::optional<message_head> read_head(decoding& from) {
  if (from.in.next() == etf::type::atom)
    return message_head{from.in.atom(), 0};
  if (from.in.next() != etf::type::tuple)
    return std::nullopt;
  const auto arity = from.in.tuple();
  if (arity == 0 || from.in.next() != etf::type::atom)
    return std::nullopt;
  return message_head{from.in.atom(), arity - 1};
}

void codec<term>::write(encoding& to, const term& value) {
  const auto* box = detail::access::box(value);
  if (box == nullptr)
    throw not_transmissible("send: an empty term cannot leave its node");
  if (value.size() == 1)
    return write_element(to, *box, 0);
  const auto level = to.enter(value.size());
  to.out.tuple(value.size());
  for (std::size_t i = 0; i < value.size(); ++i)
    write_element(to, *box, i);
}

std::optional<term> codec<term>::read(decoding& from) {
  const auto type = from.in.next();
  if (type == etf::type::atom || type == etf::type::tuple) {
    const auto start = from.in;
    if (auto message = read_message(from))
      return message;
    if (!from.retry(start))
      from.in = start; // a value takes it in one pass, whatever it is
  }
  return read_other(from);
}

void to_etf(const term& message, etf::writer& out, identities& ids,
            const etf::limits& limits) {
  encoding to(out, ids, limits);
  codec<term>::write(to, message);
}

term from_etf(etf::reader& in, identities& ids) {
  decoding from(in, ids);
  return *codec<term>::read(from);
}

} // namespace websock::runtime::distribution
