// One connection of a loopback.
#include "loopback_line.hpp"

#include "../../process/shard.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace websock::runtime::distribution::testing {

class loopback_line::handle final : public carrier {
public:
  handle(std::shared_ptr<loopback_line> line, side which)
      : line_(std::move(line)), side_(which) {}
  ~handle() override { close(); }

  void start(events& owner, std::size_t low_mark) override {
    line_->start(side_, owner, low_mark);
  }
  void write(std::string octets) override { line_->write(side_, std::move(octets)); }
  [[nodiscard]] std::size_t unsent() const noexcept override {
    return line_->at(side_).is_closed ? 0 : line_->at(other(side_)).incoming_octets;
  }
  [[nodiscard]] std::uint64_t sent() const noexcept override {
    return line_->at(side_).sent;
  }
  [[nodiscard]] std::optional<network_progress> progress() const noexcept override {
    return std::nullopt;
  }
  void close() noexcept override {
    line_->close(side_, loopback_line::unsent::is_dropped);
  }
  void finish() noexcept override { line_->close(side_, loopback_line::unsent::is_sent); }
  [[nodiscard]] std::string peer_address() const override {
    return line_->at(other(side_)).at.address;
  }
  [[nodiscard]] certificate_check
  peer_certificate_names(const std::string&) const override {
    return certificate_check::none;
  }

private:
  const std::shared_ptr<loopback_line> line_;
  const side side_;
};

loopback_line::loopback_line(std::shared_ptr<const loopback_pace> pace, place dialling,
                             place accepting)
    : pace_(std::move(pace)) {
  at(side::dialled).at = std::move(dialling);
  at(side::accepted).at = std::move(accepting);
}

std::unique_ptr<carrier> loopback_line::end(side which) {
  return std::make_unique<handle>(shared_from_this(), which);
}

bool loopback_line::is_between(const std::string& host, const std::string& other) const {
  const auto& one = halves_[0].at.host;
  const auto& two = halves_[1].at.host;
  return (one == host && two == other) || (one == other && two == host);
}

bool loopback_line::is_open() const noexcept {
  return std::none_of(halves_.begin(), halves_.end(),
                      [](const half_line& each) { return each.is_closed || each.lost; });
}

bool loopback_line::is_over() const noexcept {
  return std::all_of(halves_.begin(), halves_.end(),
                     [](const half_line& each) { return each.is_closed || each.lost; });
}

bool loopback_line::is_under_way(side to) const noexcept {
  const auto& half = at(to);
  return half.is_started && !half.incoming.empty();
}

bool loopback_line::is_due(side to) const noexcept {
  return is_under_way(to) && at(to).incoming.front().due <= pace_->now;
}

void loopback_line::start(side which, carrier::events& owner, std::size_t low_mark) {
  auto& half = at(which);
  assert(!half.is_started && "a carrier is started once");
  if (half.is_closed)
    return;
  half.is_started = true;
  half.owner = &owner;
  half.low_mark = low_mark;
  if (half.lost)
    tell_closed(which, *half.lost);
}

void loopback_line::write(side from, std::string octets) {
  auto& writer = at(from);
  auto& reader = at(other(from));
  if (octets.empty() || writer.is_closed || writer.lost || reader.is_closed)
    return;
  if (is_swallowing_) {
    writer.sent += octets.size();
    return;
  }
  reader.incoming_octets += octets.size();
  reader.incoming.push_back({std::move(octets), pace_->now + pace_->delay});
  writer.is_above_mark |= reader.incoming_octets > writer.low_mark;
}

void loopback_line::close(side which, unsent rest) {
  auto& half = at(which);
  if (half.is_closed)
    return;
  half.is_closed = true;
  half.owner = nullptr;
  half.incoming.clear();
  half.incoming_octets = 0;
  auto& peer = at(other(which));
  if (peer.is_closed || peer.lost || is_swallowing_)
    return;
  if (rest == unsent::is_dropped) {
    peer.incoming.clear();
    peer.incoming_octets = 0;
  }
  peer.incoming.push_back({{}, pace_->now + pace_->delay, true});
}

std::size_t loopback_line::deliver(side to, std::size_t piece_size, std::size_t limit) {
  auto& half = at(to);
  if (half.incoming.front().is_end) {
    half.incoming.clear();
    half.lost = "the peer closed the connection";
    tell_closed(to, *half.lost);
    return 0;
  }
  auto octets = take(half, piece_size, limit);
  const auto count = octets.size();
  half.at.home->post([self = shared_from_this(), to, octets = std::move(octets)](shard&) {
    if (auto* const owner = self->at(to).owner)
      owner->received(octets);
  });
  has_left(other(to), count);
  return count;
}

std::string loopback_line::take(half_line& to, std::size_t piece_size,
                                std::size_t limit) {
  std::string taken;
  const auto most = std::min({piece_size, limit, carrier::longest_read});
  while (!to.incoming.empty() && taken.size() < most) {
    auto& first = to.incoming.front();
    if (first.is_end || first.due > pace_->now)
      break;
    const auto count = std::min(most - taken.size(), first.octets.size());
    taken.append(first.octets, 0, count);
    first.octets.erase(0, count);
    if (first.octets.empty())
      to.incoming.pop_front();
    if (piece_size == SIZE_MAX)
      break; // as it was written
  }
  to.incoming_octets -= taken.size();
  return taken;
}

void loopback_line::has_left(side from, std::size_t octets) {
  auto& writer = at(from);
  writer.sent += octets;
  if (!writer.is_above_mark || at(other(from)).incoming_octets > writer.low_mark)
    return;
  writer.is_above_mark = false;
  writer.at.home->post([self = shared_from_this(), from](shard&) {
    if (auto* const owner = self->at(from).owner)
      owner->has_room();
  });
}

void loopback_line::lose(const std::string& why) {
  for (const auto each : sides) {
    auto& half = at(each);
    half.incoming.clear();
    half.incoming_octets = 0;
    if (half.is_closed || half.lost)
      continue;
    half.lost = why;
    if (half.is_started)
      tell_closed(each, why);
  }
}

void loopback_line::swallow() noexcept {
  is_swallowing_ = true;
  for (const auto each : sides) {
    at(other(each)).sent += at(each).incoming_octets;
    at(each).incoming.clear();
    at(each).incoming_octets = 0;
  }
}

void loopback_line::tell_closed(side which, std::string why) {
  at(which).at.home->post(
      [self = shared_from_this(), which, why = std::move(why)](shard&) {
        if (auto* const owner = std::exchange(self->at(which).owner, nullptr))
          owner->closed(why);
      });
}

} // namespace websock::runtime::distribution::testing
