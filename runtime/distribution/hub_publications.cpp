// Topics that nodes share.
#include "../address/not_transmissible.hpp"
#include "../registry/pubsub.hpp"
#include "hub.hpp"
#include "publication.hpp"

#include <utility>
#include <variant>

namespace websock::runtime::distribution {

std::string hub::encode(std::string_view topic, const term& message) {
  auto octets = publication_to_etf(topic, message, *this, term_limits());
  check_size(octets.size());
  return octets;
}

std::unique_ptr<runtime::detail::departing_publication>
hub::departing(std::string_view topic, const term& message) {
  if (!options_.shares_topics)
    return nullptr;
  auto octets = encode(topic, message);
  const auto nodes = topic_nodes_.all();
  if (nodes.empty())
    return nullptr;
  return std::make_unique<parcel>(*this, nodes, std::move(octets));
}

bool hub::publish_at(const std::string& where, std::string_view topic,
                     const term& message) {
  auto& node = find_node(where);
  auto octets = encode(topic, message);
  const auto size = octets.size();
  if (!admits(node, size))
    return true;
  post_message(node, size,
               [by = current_sender(), octets = std::move(octets)](peer& there) mutable {
                 there.send_to_name(by, {}, std::string(topics_name), std::move(octets));
               });
  return true;
}

void hub::announce_topics(peer& to) {
  if (options_.shares_topics)
    to.write(control::reg_send{local_view(pid()), topics_name}, sharing_announcement());
}

void hub::take_topic_message(known_node& from, etf::reader what) {
  if (!options_.shares_topics)
    return;
  auto arrived = topic_message_from_etf(what, *this);
  if (std::holds_alternative<arrived_announcement>(arrived)) {
    topic_nodes_.add(from);
    pubsub::detail::arrivals_interrupted(owner_);
  } else if (auto* publication = std::get_if<arrived_publication>(&arrived)) {
    ++from.figures().messages_received;
    pubsub::detail::publish_arrived(owner_, publication->topic, publication->message);
  }
}

} // namespace websock::runtime::distribution
