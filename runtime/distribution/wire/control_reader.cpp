// From operations to structs: a table of what each operation's tuple holds.

#include "control_reader.hpp"

#include "operation.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

namespace websock::runtime::distribution {

namespace {

template <class Message>
control::message two_pids(term_views& in) {
  return Message{in.pid(), in.pid()};
}

control::message send(term_views& in) {
  in.skip(); // was a cookie once
  return control::send{in.pid()};
}

control::message reg_send(term_views& in) {
  const auto from = in.pid();
  in.skip();
  return control::reg_send{from, in.atom()};
}

control::message alias_send(term_views& in) {
  return control::alias_send{in.pid(), in.reference()};
}

template <class Message>
control::message with_id(term_views& in) {
  Message found{in.unsigned_integer(), in.pid(), in.pid()};
  if (found.id == 0)
    throw etf::malformed("an unlink with id 0", 0);
  return found;
}

template <class Message>
control::message monitoring(term_views& in) {
  return Message{in.pid(), in.process_or_name(), in.reference()};
}

control::message monitor_exit(term_views& in) {
  return control::monitor_exit{in.process_or_name(), in.pid(), in.reference()};
}

control::message spawn_request(term_views& in) {
  return control::spawn_request{in.reference(), in.pid()};
}

control::message spawn_reply(term_views& in) {
  control::spawn_reply found{in.reference(), in.pid(), 0, {}};
  const auto flags = in.unsigned_integer();
  if (flags > std::numeric_limits<std::uint32_t>::max())
    throw etf::malformed("a spawn reply with flags beyond 32 bits", 0);
  found.flags = static_cast<std::uint32_t>(flags);
  found.result = in.process_or_name();
  return found;
}

enum class ending : std::uint8_t {
  none,
  payload, // a term behind the tuple
  reason,  // the tuple's last element
};

struct layout {
  std::size_t arity = 0;
  control::message (*fields)(term_views&) = nullptr; // no operation has this number
  std::size_t ignored = 0; // elements behind the fields, as a trace token
  ending end = ending::none;
};

using layouts = std::array<layout, 256>;

constexpr layouts make_layouts() {
  layouts all{};
  const auto put = [&](operation code, const layout& found) {
    all[static_cast<std::size_t>(code)] = found;
  };
  using enum operation;
  put(operation::send, {3, &distribution::send, 0, ending::payload});
  put(send_tt, {4, &distribution::send, 1, ending::payload});
  put(send_sender, {3, &two_pids<control::send_sender>, 0, ending::payload});
  put(send_sender_tt, {4, &two_pids<control::send_sender>, 1, ending::payload});
  put(operation::reg_send, {4, &distribution::reg_send, 0, ending::payload});
  put(reg_send_tt, {5, &distribution::reg_send, 1, ending::payload});
  put(operation::alias_send, {3, &distribution::alias_send, 0, ending::payload});
  put(alias_send_tt, {4, &distribution::alias_send, 1, ending::payload});
  put(link, {3, &two_pids<control::link>});
  put(unlink, {3, &two_pids<control::unlink>});
  put(unlink_id, {4, &with_id<control::unlink_id>});
  put(unlink_id_ack, {4, &with_id<control::unlink_id_ack>});
  put(exit, {4, &two_pids<control::exit>, 0, ending::reason});
  put(exit_tt, {5, &two_pids<control::exit>, 1, ending::reason});
  put(payload_exit, {3, &two_pids<control::exit>, 0, ending::payload});
  put(payload_exit_tt, {4, &two_pids<control::exit>, 1, ending::payload});
  put(exit2, {4, &two_pids<control::exit2>, 0, ending::reason});
  put(exit2_tt, {5, &two_pids<control::exit2>, 1, ending::reason});
  put(payload_exit2, {3, &two_pids<control::exit2>, 0, ending::payload});
  put(payload_exit2_tt, {4, &two_pids<control::exit2>, 1, ending::payload});
  put(monitor_p_exit, {5, &monitor_exit, 0, ending::reason});
  put(payload_monitor_p_exit, {4, &monitor_exit, 0, ending::payload});
  put(monitor_p, {4, &monitoring<control::monitor>});
  put(demonitor_p, {4, &monitoring<control::demonitor>});
  put(group_leader, {3, &two_pids<control::group_leader>});
  // Group leader, function and options, then perhaps a token.
  put(operation::spawn_request, {6, &distribution::spawn_request, 3, ending::payload});
  put(spawn_request_tt, {7, &distribution::spawn_request, 4, ending::payload});
  put(operation::spawn_reply, {5, &distribution::spawn_reply});
  put(spawn_reply_tt, {6, &distribution::spawn_reply, 1});
  return all;
}

constexpr layouts known = make_layouts();

std::string_view payload_behind(term_views& in, version_octets versions) {
  if (in.at_end())
    throw etf::malformed("a control message without its payload", 0);
  if (versions == version_octets::present)
    in.version();
  return in.rest();
}

control_and_payload read_fields(const layout& found, term_views& in,
                                version_octets versions) {
  control_and_payload out{found.fields(in), {}};
  for (std::size_t i = 0; i < found.ignored; ++i)
    in.skip();
  if (found.end == ending::reason)
    out.payload = in.skip();
  else if (found.end == ending::payload)
    out.payload = payload_behind(in, versions);
  return out;
}

} // namespace

control_and_payload read_control(term_views in, version_octets versions) {
  if (versions == version_octets::present)
    in.version();
  const std::size_t arity = in.tuple();
  if (arity == 0)
    throw etf::malformed("a control message without an operation", 0);
  const auto number = in.unsigned_integer();
  if (number >= known.size() || known[number].fields == nullptr)
    return {control::unknown{number}, {}};
  const auto& found = known[number];
  if (arity != found.arity)
    throw etf::malformed("operation " + std::to_string(number) + " with "
                             + std::to_string(arity) + " elements instead of "
                             + std::to_string(found.arity),
                         0);
  return read_fields(found, in, versions);
}

} // namespace websock::runtime::distribution
