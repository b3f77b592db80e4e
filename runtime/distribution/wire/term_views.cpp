// Terms as views. Whatever is rare goes through etf::reader.

#include "term_views.hpp"

#include "../etf/tag.hpp"
#include "../etf/utf8.hpp"
#include "octets.hpp"

#include <string>

namespace websock::runtime::distribution {

void term_views::version() {
  const std::size_t begin = at_;
  if (octet() != etf::version_octet)
    refuse("a version octet", begin);
}

std::size_t term_views::tuple() {
  const std::size_t begin = at_;
  if (static_cast<etf::tag>(octet()) != etf::tag::small_tuple)
    refuse("a tuple", begin);
  return octet();
}

std::uint64_t term_views::unsigned_integer() {
  if (static_cast<etf::tag>(peek()) == etf::tag::small_integer) {
    ++at_;
    return octet();
  }
  auto in = reader_of_rest();
  const auto found = in.unsigned_integer();
  at_ += in.position();
  return found;
}

std::string_view term_views::atom() {
  const std::size_t begin = at_;
  switch (static_cast<etf::tag>(octet())) {
  case etf::tag::atom_cache_ref:
    return cached_name();
  case etf::tag::small_utf8_atom:
    return name_of(octet(), begin);
  case etf::tag::utf8_atom:
    return name_of(number<std::uint16_t>(), begin);
  case etf::tag::small_latin1_atom:
    return ascii_name(octet(), begin);
  case etf::tag::latin1_atom: // REG_SEND of erl_interface
    return ascii_name(number<std::uint16_t>(), begin);
  default:
    refuse("an atom", begin);
  }
}

std::string_view term_views::cached_name() {
  const std::size_t begin = at_;
  if (const auto found = atoms_->find(octet()))
    return *found;
  refuse("an index of the header's atoms", begin);
}

// A short ASCII name cannot be wrong; others are checked as any term is.
std::string_view term_views::name_of(std::size_t size, std::size_t begin) {
  const auto name = take(size);
  if (name.size() > etf::atom::max_characters || !etf::detail::is_ascii(name))
    etf::reader(octets_.substr(begin, at_ - begin), *limits_).skip();
  return name;
}

std::string_view term_views::ascii_name(std::size_t size, std::size_t begin) {
  const auto name = take(size);
  if (name.size() > etf::atom::max_characters || !etf::detail::is_ascii(name))
    refuse("an atom in UTF-8", begin);
  return name;
}

pid_view term_views::pid() {
  const std::size_t begin = at_;
  if (static_cast<etf::tag>(octet()) != etf::tag::new_pid)
    refuse("a pid", begin);
  pid_view found;
  found.node = atom();
  found.id = number<std::uint32_t>();
  found.serial = number<std::uint32_t>();
  found.creation = number<std::uint32_t>();
  return found;
}

reference_view term_views::reference() {
  const std::size_t begin = at_;
  if (static_cast<etf::tag>(octet()) != etf::tag::newer_reference)
    refuse("a reference", begin);
  reference_view found;
  found.count = number<std::uint16_t>();
  if (found.count == 0 || found.count > found.words.size())
    refuse("a reference of 1 to 5 words", begin);
  found.node = atom();
  found.creation = number<std::uint32_t>();
  for (std::size_t i = 0; i < found.count; ++i)
    found.words[i] = number<std::uint32_t>();
  return found;
}

control::process_or_name term_views::process_or_name() {
  if (static_cast<etf::tag>(peek()) == etf::tag::new_pid)
    return pid();
  return atom();
}

std::string_view term_views::skip() {
  auto in = reader_of_rest();
  const auto term = in.skip();
  at_ += term.size();
  return term;
}

etf::reader term_views::reader_of_rest() const {
  return etf::reader{rest(), *limits_, atoms_};
}

std::uint8_t term_views::octet() {
  return static_cast<std::uint8_t>(take(1).front());
}

std::uint8_t term_views::peek() const {
  if (at_end())
    throw etf::malformed("the packet ends too early", at_);
  return static_cast<std::uint8_t>(octets_[at_]);
}

std::string_view term_views::take(std::size_t count) {
  if (count > octets_.size() - at_)
    throw etf::malformed("the packet ends too early", at_);
  at_ += count;
  return octets_.substr(at_ - count, count);
}

template <class Number>
Number term_views::number() {
  return big_endian<Number>(take(sizeof(Number)));
}

void term_views::refuse(const char* wanted, std::size_t at) const {
  throw etf::malformed(std::string{"a control message without "} + wanted, at);
}

} // namespace websock::runtime::distribution
