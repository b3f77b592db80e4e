// The output of a connection: gathered during a turn, sent once at its end.
#pragma once

#include "websock/transport/output_backlog.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace websock {

/// Appends to a buffer shared by all connections of a shard, as only one of them is in a
/// turn. What the kernel has not taken by the end of the turn moves to the connection's
/// own buffer, so an idle connection owns no memory here. Large data is not copied: it
/// stays in place until it has been sent.
class output_buffer {
public:
  /// From this size on, gathering is cheaper than a copy (bench: gather).
  static constexpr std::size_t large = 16'384;

  explicit output_buffer(std::string& shared) noexcept : shared_(shared) {}

  /// Where to append. Valid until `append` or `consume`.
  [[nodiscard]] std::string& target() noexcept {
    return is_backlogged() ? rest_.text_ : shared_;
  }
  /// Appends `bytes`, which `owner` holds: copies them, or refers to them if they are
  /// large.
  template <class Owner>
  void append(std::string_view bytes, const std::shared_ptr<Owner>& owner) {
    if (bytes.size() < large)
      target().append(bytes);
    else
      rest_.append({owner, bytes, target().size()});
  }

  /// The number of unsent bytes.
  [[nodiscard]] std::size_t size() const noexcept {
    return text().size() - rest_.sent_ + rest_.size_of_blocks();
  }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// All unsent bytes if they are contiguous, which is the usual case.
  [[nodiscard]] std::optional<std::string_view> in_one_piece() const noexcept {
    if (rest_.gathered_)
      return std::nullopt;
    return std::string_view(text()).substr(rest_.sent_);
  }
  /// The unsent bytes, in order; only the oldest if `pieces` are too few.
  [[nodiscard]] std::span<const std::string_view>
  unsent(std::span<std::string_view> pieces) const noexcept {
    return rest_.pieces_of(text(), pieces);
  }
  /// Whether an earlier turn has left unsent output.
  [[nodiscard]] bool is_backlogged() const noexcept {
    return !rest_.text_.empty() || (rest_.gathered_ && rest_.gathered_->is_backlog);
  }
  /// Removes the first `count` unsent bytes, which have been sent. At the end of a turn;
  /// leaves the shared buffer empty.
  void consume(std::size_t count);
  /// Puts back `bytes`, which could not be sent after all, in front of everything else.
  void put_back(std::string_view bytes);
  /// Moves all unsent output out of the buffer.
  [[nodiscard]] output_backlog take();
  /// Ensures that no other connection sends this output. In a turn of its owner.
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
  output_backlog rest_; // text of earlier turns; blocks also of this one
};

} // namespace websock
