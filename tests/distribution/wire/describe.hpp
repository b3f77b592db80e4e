// What a packet said, as a line of text, for tests.
#pragma once

#include "websock/runtime/distribution/etf/reader.hpp"
#include "websock/runtime/distribution/wire/packet_decoder.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace tests {

namespace wire = websock::runtime::distribution;
namespace etf = websock::runtime::etf;

/// Names of the operations and their parts, in the order of the protocol.
struct describer {
  std::string operator()(const wire::pid_view& pid) const {
    return to_string(pid.copy());
  }
  std::string operator()(std::string_view name) const { return std::string{name}; }
  std::string operator()(const wire::reference_view& reference) const {
    return to_string(reference.copy());
  }
  std::string operator()(const wire::control::process_or_name& process) const {
    return std::visit(*this, process);
  }

  template <class... Parts>
  std::string line(std::string text, const Parts&... parts) const {
    ((text += ' ' + (*this)(parts)), ...);
    return text;
  }

  std::string operator()(const wire::control::send& m) const {
    return line("send", m.to);
  }
  std::string operator()(const wire::control::send_sender& m) const {
    return line("send_sender", m.from, m.to);
  }
  std::string operator()(const wire::control::reg_send& m) const {
    return line("reg_send", m.from, m.to);
  }
  std::string operator()(const wire::control::alias_send& m) const {
    return line("alias_send", m.from, m.to);
  }
  std::string operator()(const wire::control::link& m) const {
    return line("link", m.from, m.to);
  }
  std::string operator()(const wire::control::unlink& m) const {
    return line("unlink", m.from, m.to);
  }
  std::string operator()(const wire::control::unlink_id& m) const {
    return line("unlink_id " + std::to_string(m.id), m.from, m.to);
  }
  std::string operator()(const wire::control::unlink_id_ack& m) const {
    return line("unlink_id_ack " + std::to_string(m.id), m.from, m.to);
  }
  std::string operator()(const wire::control::exit& m) const {
    return line("exit", m.from, m.to);
  }
  std::string operator()(const wire::control::exit2& m) const {
    return line("exit2", m.from, m.to);
  }
  std::string operator()(const wire::control::monitor_exit& m) const {
    return line("monitor_exit", m.from, m.to, m.reference);
  }
  std::string operator()(const wire::control::monitor& m) const {
    return line("monitor", m.from, m.to, m.reference);
  }
  std::string operator()(const wire::control::demonitor& m) const {
    return line("demonitor", m.from, m.to, m.reference);
  }
  std::string operator()(const wire::control::group_leader& m) const {
    return line("group_leader", m.leader, m.member);
  }
  std::string operator()(const wire::control::spawn_request& m) const {
    return line("spawn_request", m.request, m.from);
  }
  std::string operator()(const wire::control::spawn_reply& m) const {
    return line("spawn_reply", m.request, m.to, std::string_view{std::to_string(m.flags)},
                m.result);
  }
  std::string operator()(const wire::control::unknown& m) const {
    return "unknown " + std::to_string(m.operation);
  }
};

/// "send_sender <a@h.1.0> <b@h.2.0>: {hello,1}"
[[nodiscard]] inline std::string described(const wire::received_message& message) {
  auto text = std::visit(describer{}, message.what);
  if (!message.payload.empty())
    text += ": " + to_string(etf::reader(message.payload, {}, message.atoms).value());
  return text;
}

} // namespace tests
