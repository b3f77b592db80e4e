// Envelopes to octets and back.
#include "envelope.hpp"

#include "../address/not_transmissible.hpp"
#include "../distribution/etf/malformed.hpp"
#include "../distribution/etf/reader.hpp"
#include "../distribution/etf/writer.hpp"
#include "../distribution/terms/codec_runtime.hpp"
#include "../distribution/terms/encoding.hpp"
#include "../distribution/terms/terms.hpp"

namespace websock::runtime::redis {

namespace {

constexpr const char* tag_name = "websock";
constexpr const char* beat_name = "beat";
constexpr const char* leave_name = "leave";
constexpr const char* publish_name = "publish";
constexpr std::int64_t envelope_version = 1;
constexpr std::size_t envelope_parts = 6;
constexpr std::size_t publication_parts = 4;

[[nodiscard]] std::string single_atom(const char* name) {
  std::string octets;
  etf::writer(octets).atom(name);
  return octets;
}

void expect_end(const etf::reader& in) {
  if (!in.at_end())
    throw etf::malformed("something follows the envelope", in.position());
}

[[nodiscard]] sender_mark read_mark(etf::reader& in) {
  sender_mark from;
  from.node = std::string(in.binary());
  if (from.node.empty() || from.node.size() > longest_node_name)
    throw etf::malformed("the name of a node has " + std::to_string(from.node.size())
                             + " octets",
                         in.position());
  from.epoch = in.unsigned_integer();
  from.sequence = in.unsigned_integer();
  return from;
}

[[nodiscard]] heard_publication read_publication(etf::reader& in) {
  in.tuple(publication_parts);
  if (in.atom() != publish_name)
    throw etf::malformed("an envelope with a tuple that is no publication",
                         in.position());
  heard_publication found;
  found.to = in.binary();
  found.topic = in.binary();
  found.message = in.skip();
  return found;
}

} // namespace

std::string write_publication(std::string_view to, std::string_view topic,
                              const term& message, distribution::identities& ids,
                              const etf::limits& limits) {
  std::string octets;
  etf::writer out(octets);
  distribution::encoding whole(out, ids, limits);
  const auto outer = whole.enter(envelope_parts);
  const auto level = whole.enter(publication_parts);
  out.tuple(publication_parts);
  out.atom(publish_name);
  out.binary(to);
  out.binary(topic);
  distribution::codec<term>::write(whole, message);
  constexpr std::size_t most_around = 512; // the rest of the envelope
  if (octets.size() > limits.octets - most_around)
    throw not_transmissible("publish: the message has " + std::to_string(octets.size())
                            + " octets, which is more than message_size allows");
  return octets;
}

std::string write_beat() {
  return single_atom(beat_name);
}

std::string write_leave() {
  return single_atom(leave_name);
}

std::string write_marker(std::uint64_t id) {
  std::string octets;
  etf::writer(octets).unsigned_integer(id);
  return octets;
}

std::string write_envelope(const sender_mark& from, std::string_view what) {
  std::string octets;
  etf::writer out(octets);
  out.version();
  out.tuple(envelope_parts);
  out.atom(tag_name);
  out.integer(envelope_version);
  out.binary(from.node);
  out.unsigned_integer(from.epoch);
  out.unsigned_integer(from.sequence);
  out.raw(what);
  return octets;
}

envelope read_envelope(std::string_view octets, const etf::limits& limits) {
  etf::reader in(octets, limits);
  in.version();
  in.tuple(envelope_parts);
  if (in.atom() != tag_name || in.integer() != envelope_version)
    throw etf::malformed("an envelope of others, or of another version", in.position());
  envelope found{read_mark(in), {}};
  if (in.next() == etf::type::tuple)
    found.what = read_publication(in);
  else if (in.next() == etf::type::integer)
    found.what = heard_marker{in.unsigned_integer()};
  else if (in.next() != etf::type::atom)
    static_cast<void>(in.skip());
  else if (const auto name = in.atom(); name == beat_name)
    found.what = heard_beat{};
  else if (name == leave_name)
    found.what = heard_leave{};
  expect_end(in);
  return found;
}

term read_message(const heard_publication& publication, distribution::identities& ids,
                  const etf::limits& limits) {
  etf::reader in(publication.message, limits);
  auto message = distribution::from_etf(in, ids);
  expect_end(in);
  return message;
}

} // namespace websock::runtime::redis
