// The interface below a connection: a non-blocking stream of bytes and its readiness. A
// TCP or Unix socket, TLS above one, or memory in tests.
#pragma once

#include "websock/http/request_source.hpp"
#include "websock/runtime/reactor/reactor.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace websock {

struct io_result {
  enum class status : std::uint8_t { done, would_block, closed };
  status what;
  std::size_t count = 0; // octets, if done
};

struct limited_read {
  io_result result;
  std::size_t left; // of the octets allowed
};

/// A connected stream. Belongs to one shard and closes itself when destroyed.
class transport : public http::request_source {
public:
  transport() = default;
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;
  ~transport() override = default;

  /// `closed` at the end of the stream and on any error.
  [[nodiscard]] virtual io_result read(std::span<std::byte> into) = 0;
  /// How many octets from the peer are waiting to be read. Counts octets on the wire,
  /// whereas `read` returns decoded ones.
  [[nodiscard]] virtual std::size_t arrived() = 0;
  /// Like read, but only from the first `octets` that have arrived.
  [[nodiscard]] virtual limited_read read_first(std::size_t octets,
                                                std::span<std::byte> into);
  [[nodiscard]] virtual io_result write(std::string_view bytes) = 0;
  /// Like write, but may send later in the round, where watched sockets can send
  /// together. What could not be sent is then passed to the target's `on_unsent`.
  [[nodiscard]] virtual io_result post(std::string_view bytes) { return write(bytes); }
  static constexpr std::size_t most_pieces = 16; // two per large message
  /// Like write, for bytes in at most `most_pieces` places, none of them empty: with a
  /// single system call where possible.
  [[nodiscard]] virtual io_result gather(std::span<const std::string_view> pieces);
  /// Tells the peer that no more data follows.
  virtual void end_of_output() = 0;
  /// Starts reporting readiness to `target`, or changes what is reported. With `nothing`,
  /// `target` still receives what was posted and not sent, as in `reactor::change`.
  virtual void watch(runtime::io_target& target, runtime::interest wanted) = 0;
  /// Stops reporting. Returns what was posted and could not be sent, normally nothing.
  [[nodiscard]] virtual std::string unwatch(runtime::io_target& target) noexcept = 0;
};

/// The number of bytes in all `pieces`.
[[nodiscard]] std::size_t size_of(std::span<const std::string_view> pieces) noexcept;

} // namespace websock
