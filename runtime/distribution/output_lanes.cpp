// Lanes: one for each sender of a large message that is under way.
#include "output_lanes.hpp"

#include "wire/packet_length.hpp"

#include <memory>
#include <utility>

namespace websock::runtime::distribution {

void output_lanes::write(sender by, const control::message& what, std::string payload) {
  const auto found = lanes_.find(by);
  if (found == lanes_.end() && payload.size() <= fragment_size)
    return writer_.write(output_, what, payload);
  auto& own = found == lanes_.end() ? lanes_[by] : found->second;
  if (payload.size() <= fragment_size) {
    std::string packet;
    writer_.write(packet, what, payload);
    waiting_ += packet.size();
    own.emplace_back(std::move(packet));
  } else {
    own.emplace_back(writer_.in_fragments(
        what, std::make_shared<const std::string>(std::move(payload))));
    in_fragments_ += std::get<fragmenter>(own.back()).octets_left();
  }
}

void output_lanes::tick() {
  append_tick(output_);
}

void output_lanes::fill(std::size_t enough) {
  while (output_.size() < enough && !lanes_.empty()) {
    auto turn = lanes_.lower_bound(next_);
    if (turn == lanes_.end())
      turn = lanes_.begin();
    next_ = turn->first + 1;
    if (!advance(turn->second))
      lanes_.erase(turn);
  }
}

// False when nothing is left in it.
bool output_lanes::advance(lane& which) {
  auto& first = which.front();
  bool is_done = true;
  if (auto* packet = std::get_if<std::string>(&first)) {
    output_ += *packet;
    waiting_ -= packet->size();
  } else {
    auto& large = std::get<fragmenter>(first);
    in_fragments_ -= large.octets_left();
    large.append_next(output_);
    in_fragments_ += large.octets_left();
    is_done = large.is_done();
  }
  if (is_done)
    which.pop_front();
  return !which.empty();
}

std::string output_lanes::take_output() {
  std::string exact(output_); // what waits for the peer takes no more than it must
  if (output_.capacity() > most_kept)
    output_ = {};
  output_.clear();
  return exact;
}

} // namespace websock::runtime::distribution
