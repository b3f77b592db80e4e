// Distribution headers: reading them with their atoms, and writing them without.

#include "packet_header.hpp"

#include "../etf/atom.hpp"
#include "../etf/utf8.hpp"
#include "octets.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace websock::runtime::distribution {

namespace {

constexpr std::uint8_t version = 131;
constexpr std::uint8_t pass_through_type = 112;
constexpr std::uint8_t whole_type = 68;
constexpr std::uint8_t first_type = 69;
constexpr std::uint8_t next_type = 70;

constexpr unsigned new_entry_flag = 8;
constexpr unsigned segment_mask = 7;
constexpr unsigned long_atoms_flag = 1;

// Half octets, the lower one of each octet first.
class half_octets {
public:
  explicit half_octets(std::string_view octets) noexcept : octets_(octets) {}

  [[nodiscard]] unsigned operator[](std::size_t index) const noexcept {
    const unsigned octet = static_cast<std::uint8_t>(octets_[index / 2]);
    return index % 2 == 0 ? octet & 0xFU : octet >> 4U;
  }

private:
  std::string_view octets_;
};

std::string_view read_new_atom(octet_cursor& in, unsigned atoms_flags) {
  const std::size_t size = (atoms_flags & long_atoms_flag) != 0
                               ? in.number<std::uint16_t>()
                               : in.number<std::uint8_t>();
  const auto name = in.take(size);
  const auto characters = etf::detail::count_characters(name);
  if (!characters || *characters > etf::atom::max_characters)
    throw etf::malformed("a new atom that is not 255 characters of UTF-8 at most",
                         in.position());
  return name;
}

void read_reference(octet_cursor& in, unsigned flags, unsigned atoms_flags,
                    atom_cache& cache, atom_references& references) {
  const auto entry = static_cast<std::uint16_t>((flags & segment_mask) << 8U
                                                | in.number<std::uint8_t>());
  if ((flags & new_entry_flag) != 0) {
    // The earlier reference would change its meaning.
    if (references.names(entry))
      throw etf::malformed(
          "two references to one entry of the atom cache, one of them new",
          in.position());
    cache.put(entry, read_new_atom(in, atoms_flags));
  } else if (!cache.has(entry)) {
    throw etf::malformed("a reference to an empty entry of the atom cache",
                         in.position());
  }
  references.add(entry);
}

void read_references(octet_cursor& in, atom_cache& cache, atom_references& references) {
  references.clear();
  const std::size_t count = in.number<std::uint8_t>();
  if (count == 0)
    return;
  const half_octets flags{in.take(count / 2 + 1)};
  for (std::size_t i = 0; i < count; ++i)
    read_reference(in, flags[i], flags[count], cache, references);
}

packet_header read_fragment_header(octet_cursor& in, packet_form form) {
  packet_header header{.form = form, .rest = {}};
  header.sequence = in.number<std::uint64_t>();
  header.fragment = in.number<std::uint64_t>();
  if (header.fragment == 0)
    throw etf::malformed("fragment 0: fragments count down to 1", in.position());
  return header;
}

packet_header read_form(octet_cursor& in) {
  const auto first = in.number<std::uint8_t>();
  if (first == pass_through_type)
    return {.form = packet_form::pass_through, .rest = {}};
  if (first != version)
    throw etf::malformed("a packet that starts with octet " + std::to_string(first), 0);
  switch (const auto type = in.number<std::uint8_t>(); type) {
  case whole_type:
    return {.form = packet_form::whole, .rest = {}};
  case first_type:
    return read_fragment_header(in, packet_form::first_fragment);
  case next_type:
    return read_fragment_header(in, packet_form::next_fragment);
  default:
    throw etf::malformed("a distribution header of type " + std::to_string(type), 1);
  }
}

void append_type(std::string& out, std::uint8_t type) {
  out.push_back(static_cast<char>(version));
  out.push_back(static_cast<char>(type));
}

} // namespace

packet_header read_header(std::string_view packet, atom_cache& cache,
                          atom_references& references) {
  octet_cursor in{packet};
  packet_header header = read_form(in);
  if (header.form == packet_form::pass_through)
    references.clear();
  else if (header.form != packet_form::next_fragment)
    read_references(in, cache, references);
  header.rest = in.rest();
  return header;
}

void append_pass_through(std::string& out) {
  out.push_back(static_cast<char>(pass_through_type));
}

void append_whole(std::string& out) {
  append_type(out, whole_type);
  out.push_back(0); // references
}

void append_first_fragment(std::string& out, std::uint64_t sequence,
                           std::uint64_t fragments) {
  append_type(out, first_type);
  append_big_endian(out, sequence);
  append_big_endian(out, fragments);
  out.push_back(0); // references
}

void append_next_fragment(std::string& out, std::uint64_t sequence,
                          std::uint64_t fragment) {
  append_type(out, next_type);
  append_big_endian(out, sequence);
  append_big_endian(out, fragment);
}

} // namespace websock::runtime::distribution
