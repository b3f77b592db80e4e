// What a connection has to send: gathered during a turn, sent once at its end.
#pragma once

#include "websock/transport/output_backlog.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace websock {

/// Appends to a buffer that all connections of a shard share, since only one of them is
/// in a turn; what the kernel did not take by the end of the turn moves to a buffer of
/// the connection's own. An idle connection so owns no memory here. What is large is not
/// copied: it stays where it is until it has left.
class output_buffer {
public:
  /// From this size on, gathering is cheaper than a copy (bench: gather).
  static constexpr std::size_t large = 16'384;

  explicit output_buffer(std::string& shared) noexcept : shared_(shared) {}

  /// Where to append. Valid until `append` or `consume`.
  [[nodiscard]] std::string& target() noexcept {
    return is_backlogged() ? rest_.text_ : shared_;
  }
  /// Appends `bytes`, which lie in `owner`: a copy, or if they are large a reference.
  template <class Owner>
  void append(std::string_view bytes, const std::shared_ptr<Owner>& owner) {
    if (bytes.size() < large)
      target().append(bytes);
    else
      rest_.append({owner, bytes, target().size()});
  }

  /// How many bytes are to be sent.
  [[nodiscard]] std::size_t size() const noexcept {
    return text().size() - rest_.sent_ + rest_.size_of_blocks();
  }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// All that is to be sent, where it lies in one place; the usual case.
  [[nodiscard]] std::optional<std::string_view> in_one_piece() const noexcept {
    if (rest_.gathered_)
      return std::nullopt;
    return std::string_view(text()).substr(rest_.sent_);
  }
  /// What is to be sent, in order: the oldest of it when `pieces` are too few.
  [[nodiscard]] std::span<const std::string_view>
  unsent(std::span<std::string_view> pieces) const noexcept {
    return rest_.pieces_of(text(), pieces);
  }
  /// Whether something was left over by an earlier turn.
  [[nodiscard]] bool is_backlogged() const noexcept {
    return !rest_.text_.empty() || (rest_.gathered_ && rest_.gathered_->is_backlog);
  }
  /// The first `count` bytes of what is to be sent have left. At the end of a turn; the
  /// shared buffer is empty afterwards.
  void consume(std::size_t count);
  /// `bytes` have not left after all: they go before all there is now.
  void put_back(std::string_view bytes);
  /// All that is to be sent, which is then here no more.
  [[nodiscard]] output_backlog take();
  /// Nothing of it may be sent by somebody else. In a turn of its owner.
  void abandon() noexcept {
    if (!is_backlogged())
      shared_.clear();
  }

private:
  [[nodiscard]] const std::string& text() const noexcept {
    return is_backlogged() ? rest_.text_ : shared_;
  }
  void keep_rest();
  void clear_shared();

  std::string& shared_;
  output_backlog
      rest_; // its text is of earlier turns, its blocks are of this one as well
};

} // namespace websock
