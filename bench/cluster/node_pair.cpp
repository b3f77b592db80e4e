// Joining the other node.
#include "bench/cluster/node_pair.hpp"

#include "websock/runtime/send.hpp"

#include <csignal>
#include <stdexcept>

namespace bench {

namespace {

[[nodiscard]] std::string without_port(const std::string& peer) {
  return peer.substr(0, peer.rfind(':'));
}

} // namespace

node_pair::node_pair(const settings& how)
    : node_(node_options_of(how)), cluster_(node_, options_of(how)), me_(node_),
      there_(without_port(how.peer)) {
  cluster_.monitor_nodes(me_.pid());
  const bool is_joined =
      !cluster_.nodes().empty() || me_.receive(patience, [](const runtime::node_up&) {});
  if (!is_joined)
    throw std::runtime_error(there_ + " does not answer");
  node_.send(name_there("sink"), ask{me_.pid()});
  first_ = receive_usage();
}

runtime::peer_info node_pair::figures() const {
  return cluster_.peers().at(0);
}

usage node_pair::ask_usage() {
  runtime::send(first_.sink, ask{me_.pid()});
  return receive_usage();
}

usage node_pair::receive_usage() {
  usage found;
  if (!me_.receive(patience, [&](const usage& told) { found = told; }))
    throw std::runtime_error(there_ + " does not tell its usage");
  return found;
}

void node_pair::signal(int number) const {
  if (::kill(static_cast<pid_t>(first_.process), number) != 0)
    throw std::runtime_error(there_ + " cannot be signalled");
}

void flooder::on_message(runtime::term) {
  for (std::size_t i = 0; i < in_a_turn && left_ > 0; ++i, --left_)
    runtime::send(to_, text_);
  if (left_ > 0)
    runtime::send(self().pid(), again{});
  else
    runtime::send(to_, ask{asks_});
}

} // namespace bench
