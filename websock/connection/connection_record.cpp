// From counters to the measurements that Bandit has.
#include "websock/connection/connection_record.hpp"

#include <utility>

namespace websock {

namespace {

struct tally_names {
  std::string_view frames;
  std::string_view octets;
};

// In the order of place_of.
constexpr std::array<tally_names, 5> received_names{{
    {"recv_text_frame_count", "recv_text_frame_bytes"},
    {"recv_binary_frame_count", "recv_binary_frame_bytes"},
    {"recv_ping_frame_count", "recv_ping_frame_bytes"},
    {"recv_pong_frame_count", "recv_pong_frame_bytes"},
    {"recv_connection_close_frame_count", "recv_connection_close_frame_bytes"},
}};
constexpr std::array<tally_names, 5> sent_names{{
    {"send_text_frame_count", "send_text_frame_bytes"},
    {"send_binary_frame_count", "send_binary_frame_bytes"},
    {"send_ping_frame_count", "send_ping_frame_bytes"},
    {"send_pong_frame_count", "send_pong_frame_bytes"},
    {"send_connection_close_frame_count", "send_connection_close_frame_bytes"},
}};

} // namespace

connection_record::connection_record(runtime::time_point began, keeps what,
                                     connection_meter* meter)
    : began_(began), meter_(meter),
      tallies_(what == keeps::tallies ? std::make_unique<both_ways>() : nullptr) {
  if (meter_ != nullptr)
    ++meter_->opened;
}

connection_record::~connection_record() {
  if (meter_ == nullptr)
    return;
  ++meter_->closed;
  meter_->closes.note(code_, closer_ == closer::us ? close_meter::by::us
                                                   : close_meter::by::peer);
}

std::size_t connection_record::place_of(protocol::opcode code) noexcept {
  switch (code) {
  case protocol::opcode::text:
    return 0;
  case protocol::opcode::binary:
    return 1;
  case protocol::opcode::ping:
    return 2;
  case protocol::opcode::pong:
    return 3;
  default:
    return 4;
  }
}

void connection_record::note_close(std::uint16_t code, closer by) noexcept {
  if (std::exchange(is_closed_, true))
    return;
  code_ = code;
  closer_ = by;
}

std::vector<runtime::measurement>
connection_record::measurements(runtime::time_point now) const {
  std::vector<runtime::measurement> all{{"duration", now - began_}};
  const auto add = [&all](const tally& each, const tally_names& names) {
    if (each.frames == 0)
      return;
    all.emplace_back(names.frames, each.frames);
    all.emplace_back(names.octets, each.octets);
  };
  for (std::size_t i = 0; i < kinds; ++i)
    add(tallies_->received[i], received_names[i]);
  for (std::size_t i = 0; i < kinds; ++i)
    add(tallies_->sent[i], sent_names[i]);
  return all;
}

} // namespace websock
