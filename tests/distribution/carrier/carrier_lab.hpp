// A shard with carriers on real sockets, as the thread of a test sees them: every wait
// has a deadline.
#pragma once

#include "websock/runtime/distribution/carrier/socket_network.hpp"
#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/shard.hpp"

#include "tests/catch.hpp"
#include "tests/support/channel.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace runtime = websock::runtime;
namespace distribution = websock::runtime::distribution;

namespace tests {

/// A node with one shard, and a network.
class carrier_lab {
public:
  explicit carrier_lab(std::shared_ptr<const distribution::tls_identity> tls = nullptr)
      : sockets(std::move(tls)) {}

  /// Runs `work` on the shard and returns its result, or throws what it throws.
  template <class F>
  auto on(F work) {
    std::packaged_task<decltype(work())()> task(std::move(work));
    auto result = task.get_future();
    home().post([&task](runtime::shard&) { task(); });
    if (result.wait_for(patience) != std::future_status::ready)
      throw std::runtime_error("the shard does not come to it");
    return result.get();
  }
  /// Until what the shard had to do by now is done, and what its sockets had ready.
  void settle() {
    for (int i = 0; i < 3; ++i)
      on([] {});
  }
  [[nodiscard]] runtime::shard& home() { return node.shard_at(0); }
  [[nodiscard]] distribution::dial_result dial(distribution::dial_target target) {
    channel<distribution::dial_result> results;
    auto going = on([&] {
      return sockets.dial(
          home(), std::move(target),
          [&](distribution::dial_result result) { results.put(std::move(result)); });
    });
    auto result = results.take();
    on([&] { going.reset(); });
    return result;
  }

  runtime::node node{{.shards = 1}};
  distribution::socket_network sockets;
};

/// A carrier on the shard, and what it told.
class heard_carrier final : private distribution::carrier::events {
public:
  heard_carrier(carrier_lab& lab, std::unique_ptr<distribution::carrier> made,
                std::size_t low_mark = distribution::carrier::usual_low_mark)
      : lab_(lab), carrier_(std::move(made)) {
    lab_.on([&] { carrier_->start(*this, low_mark); });
  }
  ~heard_carrier() {
    lab_.on([&] { carrier_.reset(); });
  }
  heard_carrier(const heard_carrier&) = delete;
  heard_carrier& operator=(const heard_carrier&) = delete;

  void write(std::string octets) {
    lab_.on([&] { carrier_->write(std::move(octets)); });
  }
  void close() {
    lab_.on([&] { carrier_->close(); });
  }
  void finish() {
    lab_.on([&] { carrier_->finish(); });
  }
  [[nodiscard]] std::size_t unsent() {
    return lab_.on([&] { return carrier_->unsent(); });
  }
  [[nodiscard]] std::uint64_t sent() {
    return lab_.on([&] { return carrier_->sent(); });
  }
  [[nodiscard]] distribution::certificate_check names(const std::string& host) {
    return lab_.on([&] { return carrier_->peer_certificate_names(host); });
  }
  [[nodiscard]] std::string peer_address() {
    return lab_.on([&] { return carrier_->peer_address(); });
  }

  /// The next octets.
  [[nodiscard]] std::string take(std::size_t count) {
    while (taken_.size() < count)
      taken_ += pieces_.take();
    auto result = taken_.substr(0, count);
    taken_.erase(0, count);
    return result;
  }
  /// Why it was lost, once it is.
  [[nodiscard]] std::string why() { return losses_.take(); }
  void await_room() { rooms_.take(); }
  [[nodiscard]] bool has_told_nothing_else() const {
    return pieces_.empty() && losses_.empty() && rooms_.empty() && taken_.empty();
  }
  [[nodiscard]] std::size_t longest_piece() const { return longest_; }

  /// Called on the shard for each piece, before the test sees it.
  std::function<void(distribution::carrier&)> on_received = [](distribution::carrier&) {};

private:
  void received(std::string_view octets) override {
    longest_ = std::max(longest_.load(), octets.size());
    on_received(*carrier_);
    pieces_.put(std::string(octets));
  }
  void has_room() override { rooms_.put(true); }
  void closed(std::string why) override { losses_.put(std::move(why)); }

  carrier_lab& lab_;
  std::unique_ptr<distribution::carrier> carrier_;
  channel<std::string> pieces_;
  channel<std::string> losses_;
  channel<bool> rooms_;
  std::atomic<std::size_t> longest_{0};
  std::string taken_;
};

/// A listening socket on the shard, and who came.
class heard_listening final : private distribution::listening::events {
public:
  explicit heard_listening(carrier_lab& lab, distribution::listen_options options = {})
      : lab_(lab), listening_(lab.on(
                       [&] { return lab.sockets.listen(lab.home(), options, *this); })) {}
  ~heard_listening() {
    lab_.on([&] {
      listening_.reset();
      places_.clear();
    });
  }
  heard_listening(const heard_listening&) = delete;
  heard_listening& operator=(const heard_listening&) = delete;

  [[nodiscard]] std::uint16_t port() const { return listening_->port(); }
  [[nodiscard]] std::unique_ptr<distribution::carrier> accept() { return peers_.take(); }
  [[nodiscard]] bool has_peer() const { return !peers_.empty(); }
  [[nodiscard]] std::string trouble() { return troubles_.take(); }
  void stop() {
    lab_.on([&] { listening_.reset(); });
  }
  /// Gives back the place that has been taken longest.
  void give_back_place() {
    lab_.on([&] { places_.pop_front(); });
  }

private:
  void accepted(std::unique_ptr<distribution::carrier> peer,
                distribution::stranger_place place) override {
    places_.push_back(std::move(place));
    peers_.put(std::move(peer));
  }
  void troubled(std::string why) override { troubles_.put(std::move(why)); }

  carrier_lab& lab_;
  channel<std::unique_ptr<distribution::carrier>> peers_;
  channel<std::string> troubles_;
  std::deque<distribution::stranger_place> places_;
  std::unique_ptr<distribution::listening> listening_;
};

[[nodiscard]] inline std::string failure(const distribution::dial_result& result) {
  const auto* const failed = std::get_if<distribution::dial_failed>(&result);
  return failed == nullptr ? "connected" : failed->why;
}

/// The carrier of a dial; throws std::runtime_error with the reason if there is none.
[[nodiscard]] inline std::unique_ptr<distribution::carrier>
made(distribution::dial_result result) {
  if (auto* const carrier = std::get_if<std::unique_ptr<distribution::carrier>>(&result))
    return std::move(*carrier);
  throw std::runtime_error(failure(result));
}

} // namespace tests
