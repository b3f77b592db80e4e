// The seam below a connection: a non-blocking stream of bytes and its readiness. A TCP
// or Unix socket, TLS above one, or memory in tests.
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
  std::size_t count = 0; // when done
};

struct limited_read {
  io_result result;
  std::size_t left; // of the octets that might be read
};

/// Belongs to one shard. Closes itself when destroyed.
class transport : public http::request_source {
public:
  transport() = default;
  transport(const transport&) = delete;
  transport& operator=(const transport&) = delete;
  ~transport() override = default;

  /// `closed` on end of stream and on any error.
  [[nodiscard]] virtual io_result read(std::span<std::byte> into) = 0;
  /// How many octets have come from the peer and wait to be read: of the wire, while
  /// `read` gives what they mean.
  [[nodiscard]] virtual std::size_t arrived() = 0;
  /// As read, of the first `octets` that have arrived only.
  [[nodiscard]] virtual limited_read read_first(std::size_t octets,
                                                std::span<std::byte> into);
  [[nodiscard]] virtual io_result write(std::string_view bytes) = 0;
  /// As write, or later in the round, where those who are watched can send together: what
  /// does not leave then goes back to the target's `on_unsent`.
  [[nodiscard]] virtual io_result post(std::string_view bytes) { return write(bytes); }
  static constexpr std::size_t most_pieces = 16; // two for each large message
  /// The same for bytes in at most `most_pieces` places, none of them empty: with one
  /// call of the kernel where it can be.
  [[nodiscard]] virtual io_result gather(std::span<const std::string_view> pieces);
  /// Tells the peer that nothing more will come.
  virtual void end_of_output() = 0;
  /// Starts to report readiness to `target`, or changes what is reported. With `nothing`
  /// it stays the target of what was posted, as in `reactor::change`.
  virtual void watch(runtime::io_target& target, runtime::interest wanted) = 0;
  /// The end of that. Returns what was posted and could not be sent, as a rule nothing.
  [[nodiscard]] virtual std::string unwatch(runtime::io_target& target) noexcept = 0;
};

/// How many bytes there are in all `pieces`.
[[nodiscard]] std::size_t size_of(std::span<const std::string_view> pieces) noexcept;

} // namespace websock
