// Messages behind their lengths, as the handshake and the requests to epmd have them:
// Erlang's {packet, 2}, and {packet, 4} within TLS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace websock::runtime::distribution {

/// How many octets a length has.
enum class length_field : std::uint8_t { two = 2, four = 4 };

namespace detail {

/// Appends `message` with its length before it. Precondition: at most 65,535 octets.
void put_packet(std::string& octets, std::string_view message,
                length_field length = length_field::two);

/// Cuts a stream into messages, of which all together may have no more than a limit.
class short_packets {
public:
  explicit short_packets(std::size_t limit,
                         length_field length = length_field::two) noexcept
      : limit_(limit), length_size_(static_cast<std::size_t>(length)) {}

  /// Invalidates what `next` returned.
  void append(std::string_view octets);
  /// The next message without its length, once it is whole. Valid until the next
  /// `append`.
  [[nodiscard]] std::optional<std::string_view> next();
  /// Whether the messages so far, with what the unfinished one claims to have, exceed the
  /// limit. No memory is taken for a claim.
  [[nodiscard]] bool is_over_limit() const noexcept;
  /// Whether what comes next is a record of TLS (RFC 8446 §5.1), which nobody sends who
  /// sends such messages: it would be one of more than 5,000 octets.
  [[nodiscard]] bool is_tls() const noexcept;
  /// How many octets lie behind the last message that `next` returned.
  [[nodiscard]] std::size_t left() const noexcept { return octets_.size() - at_; }

private:
  [[nodiscard]] std::optional<std::size_t> length() const noexcept; // of the next message

  std::string octets_;
  std::size_t at_ = 0;    // of octets_: where the next length starts
  std::size_t taken_ = 0; // octets of all messages before it
  std::size_t limit_;
  std::size_t length_size_;
};

} // namespace detail
} // namespace websock::runtime::distribution
