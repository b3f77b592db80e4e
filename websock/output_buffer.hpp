// What a connection has to send: gathered during a turn, sent once at its end.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace websock {

/// Appends to a buffer that all connections of a shard share, since only one of them is
/// in a turn; what the kernel did not take by the end of the turn moves to a buffer of
/// the connection's own. An idle connection so owns no memory here.
class output_buffer {
public:
  explicit output_buffer(std::string& shared) noexcept : shared_(shared) {}

  /// Where to append. Valid until `consume`.
  [[nodiscard]] std::string& target() noexcept { return own_.empty() ? shared_ : own_; }
  /// What is to be sent, in order.
  [[nodiscard]] std::string_view unsent() const noexcept {
    return own_.empty() ? std::string_view(shared_)
                        : std::string_view(own_).substr(sent_);
  }
  /// Whether something was left over by an earlier turn.
  [[nodiscard]] bool is_backlogged() const noexcept { return !own_.empty(); }
  /// The first `count` bytes of `unsent` have left. At the end of a turn; the shared
  /// buffer is empty afterwards.
  void consume(std::size_t count);

private:
  std::string& shared_;
  std::string own_;
  std::size_t sent_ = 0; // of own_
};

} // namespace websock
