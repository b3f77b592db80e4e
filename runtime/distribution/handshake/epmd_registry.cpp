// Registering nodes and answering questions about them.
#include "epmd_registry.hpp"

#include <cassert>
#include <utility>

namespace websock::runtime::distribution {

epmd_registry::epmd_registry(std::uint16_t port, std::uint32_t creation,
                             epmd_limits limits)
    : port_(port), creation_(creation), limits_(limits) {
}

std::optional<epmd_registry::socket> epmd_registry::open(epmd_origin from) {
  if (sockets_.size() >= limits_.sockets)
    return std::nullopt;
  sockets_.emplace(++last_, connection{from, detail::short_packets(limits_.octets), {}});
  return last_;
}

epmd_reply epmd_registry::feed(socket from, std::string_view octets) {
  const auto found = sockets_.find(from);
  if (found == sockets_.end())
    return {{}, epmd_next::close};
  auto& client = found->second;
  client.packets.append(octets);
  epmd_reply reply;
  // A node that holds a name has nothing more to say, and one request is all that a
  // socket has.
  if (client.packets.is_over_limit() || !client.name.empty())
    reply.next = epmd_next::close;
  else if (const auto message = client.packets.next())
    reply = answer(client, *message);
  if (reply.next == epmd_next::close)
    close(from);
  return reply;
}

void epmd_registry::close(socket ended) {
  const auto found = sockets_.find(ended);
  if (found == sockets_.end())
    return;
  nodes_.erase(found->second.name);
  sockets_.erase(found);
}

const epmd_node* epmd_registry::find(std::string_view name) const {
  const auto found = nodes_.find(name);
  return found == nodes_.end() ? nullptr : &found->second;
}

// What Erlang's epmd has besides (dump, kill, stop) is not for a program that others
// depend on.
epmd_reply epmd_registry::answer(connection& to, std::string_view message) {
  const auto request = read_epmd_request(message);
  if (!request)
    return {{}, epmd_next::close};
  return std::visit([&](const auto& each) { return answer_to(to, each); }, *request);
}

epmd_reply epmd_registry::answer_to(connection& to, const epmd_alive_request& request) {
  if (to.from != epmd_origin::local)
    return {{}, epmd_next::close};
  const auto& node = request.node;
  if (nodes_.size() >= limits_.names || !nodes_.emplace(node.name, node).second)
    return {alive_refusal(node), epmd_next::close};
  to.name = node.name;
  return {alive_answer(node, next_creation()), epmd_next::keep};
}

epmd_reply epmd_registry::answer_to(connection&, const epmd_port_request& request) const {
  const auto* const node = find(request.name);
  return {node == nullptr ? port_refusal() : port_answer(*node), epmd_next::close};
}

epmd_reply epmd_registry::answer_to(connection&, const epmd_names_request&) const {
  std::vector<epmd_name> names;
  for (const auto& [name, node] : nodes_)
    names.push_back({name, node.port});
  return {names_answer(port_, names), epmd_next::close};
}

// 0 to 3 are creations of before OTP 23.
std::uint32_t epmd_registry::next_creation() noexcept {
  do
    ++creation_;
  while (creation_ <= 3);
  return creation_;
}

} // namespace websock::runtime::distribution
