// Publications as terms, and their way out.
#include "publication.hpp"

#include "../process/shard.hpp"
#include "hub.hpp"
#include "known_node.hpp"
#include "peer.hpp"
#include "terms/codec_runtime.hpp"
#include "terms/encoding.hpp"

#include <utility>

namespace websock::runtime::distribution {

namespace {

constexpr const char* share = "share";

} // namespace

std::string sharing_announcement() {
  std::string octets;
  etf::writer(octets).atom(share);
  return octets;
}

std::string publication_to_etf(std::string_view topic, const term& message,
                               identities& ids, const etf::limits& limits) {
  std::string octets;
  etf::writer out(octets);
  encoding to(out, ids, limits);
  const auto level = to.enter(2);
  out.tuple(2);
  out.binary(topic);
  codec<term>::write(to, message);
  return octets;
}

arrived_topic_message topic_message_from_etf(etf::reader& in, identities& ids) {
  decoding from(in, ids);
  if (from.take_atom(share))
    return arrived_announcement{};
  if (in.next() != etf::type::tuple || in.tuple() != 2 || in.next() != etf::type::binary)
    return {};
  std::string topic(in.binary());
  return arrived_publication{std::move(topic), *codec<term>::read(from)};
}

parcel::parcel(hub& owner, const std::vector<known_node*>& nodes, std::string octets)
    : shard_task(runtime::detail::signal_kind::control), owner_(owner.shared()),
      octets_(std::move(octets)), by_(owner.current_sender()) {
  nodes_.reserve(nodes.size());
  for (auto* each : nodes)
    if (owner.admits(*each, octets_.size())) {
      each->figures().of_size(octets_.size()).add_posted(octets_.size());
      nodes_.push_back(each);
    }
}

parcel::~parcel() {
  for (auto* each : nodes_) {
    each->figures().of_size(octets_.size()).take_posted(octets_.size());
    each->resume_if_room();
  }
}

void parcel::leave() noexcept {
  owner_->home().post_task(*this);
}

void parcel::run(shard&) {
  const std::unique_ptr<parcel> guard(this);
  for (auto* each : nodes_)
    each->its_peer().publish(by_, octets_);
}

} // namespace websock::runtime::distribution
