// What carries octets between two nodes, in order and at most once. It knows nothing of
// what they mean.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace websock::runtime::distribution {

/// What the certificate of a peer says of a host. `none`: the carrier has no
/// certificates.
enum class certificate_check : std::uint8_t { names_it, names_others, none };

/// What the network does with the octets that the kernel has taken.
struct network_progress {
  std::size_t on_the_way = 0; // octets that the other end has not acknowledged
  std::chrono::microseconds round_trip{};
  std::chrono::microseconds shortest_round_trip{};
};

/// A connection to another node. It lives on one shard, whose thread alone may use it,
/// and is destroyed before that shard. Destroying it closes it.
///
/// What its owner hears never comes from within a function of the carrier, and nothing
/// comes after `close`, `finish` or the destructor. The owner may call any of these, too,
/// while it is being told something.
class carrier {
public:
  /// Who hears of a carrier.
  class events {
  public:
    /// The next octets, at most `longest_read` of them. The view ends with the call.
    virtual void received(std::string_view octets) = 0;
    /// `unsent` has fallen to the low mark, after it was above it.
    virtual void has_room() = 0;
    /// The connection is lost, and `why`, for people. What was received has been told
    /// before; what was not sent is dropped. The last thing that is told.
    virtual void closed(std::string why) = 0;

  protected:
    ~events() = default;
  };

  static constexpr std::size_t longest_read = 65'536;
  static constexpr std::size_t usual_low_mark = 4 * 1024 * 1024;
  static constexpr std::chrono::seconds longest_finish{2};
  static constexpr std::size_t most_ignored = 65'536;

  virtual ~carrier() = default;

  /// From now on `owner`, which outlives the carrier or closes it, is told what happens.
  /// Once; until then nothing is read.
  virtual void start(events& owner, std::size_t low_mark = usual_low_mark) = 0;
  /// Hands `octets` over to be sent after everything written before. Never blocks and
  /// never fails: what a lost connection does not take is dropped. The queue has no bound
  /// of its own: the owner looks at `unsent`.
  virtual void write(std::string octets) = 0;
  /// Octets that have been written and that the kernel has not taken yet.
  [[nodiscard]] virtual std::size_t unsent() const noexcept = 0;
  /// Octets that the kernel has taken since the beginning: who waits for progress
  /// compares two readings.
  [[nodiscard]] virtual std::uint64_t sent() const noexcept = 0;
  /// Nothing where that is unknown.
  [[nodiscard]] virtual std::optional<network_progress> progress() const noexcept = 0;
  /// Closes at once and drops what is unsent. May be repeated.
  virtual void close() noexcept = 0;
  /// Closes once everything written has been sent, after `longest_finish` at the latest,
  /// or when the peer has sent more than `most_ignored` octets since; for a last word to
  /// a peer that is refused. The carrier may be destroyed meanwhile.
  virtual void finish() noexcept = 0;
  /// Where the peer is, for people and logs: "10.0.0.8:4370".
  [[nodiscard]] virtual std::string peer_address() const = 0;
  /// What the peer's certificate says of `host`, a DNS name or an address, by its
  /// subjectAltName alone (RFC 6125). For a peer that tells its name after TLS is up.
  [[nodiscard]] virtual certificate_check
  peer_certificate_names(const std::string& host) const = 0;
};

} // namespace websock::runtime::distribution
