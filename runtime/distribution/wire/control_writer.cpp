// One function per control message.

#include "control_writer.hpp"

#include "../etf/tag.hpp"
#include "../etf/writer.hpp"
#include "octets.hpp"
#include "operation.hpp"

#include <stdexcept>

namespace websock::runtime::distribution {

namespace {

class control_writer {
public:
  control_writer(std::string& out, const dialect& peer) noexcept
      : out_(out), terms_(out), peer_(peer) {}

  void operator()(const control::send& what) {
    begin(3, operation::send);
    terms_.atom("");
    pid(what.to);
  }

  void operator()(const control::send_sender& what) {
    if (peer_.senders == sender_of_send::omitted)
      return (*this)(control::send{what.to});
    two_pids(operation::send_sender, what.from, what.to);
  }

  void operator()(const control::reg_send& what) {
    begin(4, operation::reg_send);
    pid(what.from);
    terms_.atom("");
    terms_.atom(what.to);
  }

  void operator()(const control::alias_send& what) {
    begin(3, operation::alias_send);
    pid(what.from);
    reference(what.to);
  }

  void operator()(const control::link& what) {
    two_pids(operation::link, what.from, what.to);
  }

  void operator()(const control::unlink& what) {
    two_pids(operation::unlink, what.from, what.to);
  }

  void operator()(const control::unlink_id& what) {
    with_id(operation::unlink_id, what.id, what.from, what.to);
  }

  void operator()(const control::unlink_id_ack& what) {
    with_id(operation::unlink_id_ack, what.id, what.from, what.to);
  }

  void operator()(const control::exit& what) {
    with_reason(3, operation::payload_exit, operation::exit);
    pid(what.from);
    pid(what.to);
  }

  void operator()(const control::exit2& what) {
    with_reason(3, operation::payload_exit2, operation::exit2);
    pid(what.from);
    pid(what.to);
  }

  void operator()(const control::monitor_exit& what) {
    with_reason(4, operation::payload_monitor_p_exit, operation::monitor_p_exit);
    process(what.from);
    pid(what.to);
    reference(what.reference);
  }

  void operator()(const control::monitor& what) {
    begin(4, operation::monitor_p);
    pid(what.from);
    process(what.to);
    reference(what.reference);
  }

  void operator()(const control::demonitor& what) {
    begin(4, operation::demonitor_p);
    pid(what.from);
    process(what.to);
    reference(what.reference);
  }

  void operator()(const control::group_leader& what) {
    two_pids(operation::group_leader, what.leader, what.member);
  }

  void operator()(const control::spawn_reply& what) {
    begin(5, operation::spawn_reply);
    reference(what.request);
    pid(what.to);
    terms_.integer(what.flags);
    process(what.result);
  }

  [[noreturn]] void operator()(const control::spawn_request&) {
    throw std::invalid_argument("a spawn request cannot be written");
  }

  [[noreturn]] void operator()(const control::unknown&) {
    throw std::invalid_argument("an unknown operation cannot be written");
  }

private:
  void begin(std::size_t arity, operation code) {
    terms_.tuple(arity);
    terms_.integer(static_cast<std::int64_t>(code));
  }

  void with_reason(std::size_t arity, operation with_payload, operation inside) {
    if (peer_.reasons == reason_place::payload)
      begin(arity, with_payload);
    else
      begin(arity + 1, inside);
  }

  void two_pids(operation code, const pid_view& first, const pid_view& second) {
    begin(3, code);
    pid(first);
    pid(second);
  }

  void with_id(operation code, std::uint64_t id, const pid_view& from,
               const pid_view& to) {
    begin(4, code);
    terms_.unsigned_integer(id);
    pid(from);
    pid(to);
  }

  void pid(const pid_view& process) {
    tag(etf::tag::new_pid);
    terms_.atom(process.node);
    append_big_endian(out_, process.id);
    append_big_endian(out_, process.serial);
    append_big_endian(out_, process.creation);
  }

  void reference(const reference_view& subject) {
    if (subject.count == 0 || subject.count > subject.words.size())
      throw std::invalid_argument("a reference has 1 to 5 words");
    tag(etf::tag::newer_reference);
    append_big_endian(out_, static_cast<std::uint16_t>(subject.count));
    terms_.atom(subject.node);
    append_big_endian(out_, subject.creation);
    for (std::size_t i = 0; i < subject.count; ++i)
      append_big_endian(out_, subject.words[i]);
  }

  void process(const control::process_or_name& subject) {
    if (const auto* found = std::get_if<pid_view>(&subject))
      pid(*found);
    else
      terms_.atom(std::get<std::string_view>(subject));
  }

  void tag(etf::tag value) { out_.push_back(static_cast<char>(value)); }

  std::string& out_;
  etf::writer terms_;
  const dialect& peer_;
};

template <class... Kinds>
bool is_any_of(const control::message& what) noexcept {
  return (std::holds_alternative<Kinds>(what) || ...);
}

bool has_reason(const control::message& what) noexcept {
  return is_any_of<control::exit, control::exit2, control::monitor_exit>(what);
}

} // namespace

void append_control(std::string& out, const control::message& what, const dialect& peer) {
  const std::size_t begin = out.size();
  try {
    std::visit(control_writer{out, peer}, what);
  } catch (...) {
    out.resize(begin);
    throw;
  }
}

bool has_payload(const control::message& what) noexcept {
  return is_any_of<control::send_sender, control::send, control::reg_send,
                   control::alias_send>(what)
         || has_reason(what);
}

bool is_payload_inside(const control::message& what, const dialect& peer) noexcept {
  return peer.reasons == reason_place::control && has_reason(what);
}

} // namespace websock::runtime::distribution
