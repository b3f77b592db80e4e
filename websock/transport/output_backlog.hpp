// Data that is still to be sent: bytes, interspersed with shared blocks. Outlives the
// connection that was to send it.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace websock {

/// Moves without copying its contents; shared blocks remain shared.
class output_backlog {
public:
  output_backlog() = default;
  explicit output_backlog(std::string text) noexcept : text_(std::move(text)) {}

  [[nodiscard]] std::size_t size() const noexcept {
    return text_.size() - sent_ + size_of_blocks();
  }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// The unsent bytes, in order; only the oldest if `pieces` are too few. Valid until
  /// `consume`.
  [[nodiscard]] std::span<const std::string_view>
  unsent(std::span<std::string_view> pieces) const noexcept {
    return pieces_of(text_, pieces);
  }
  /// Removes `count` bytes that have been sent. A block is released with its last byte.
  void consume(std::size_t count);

private:
  friend class output_buffer; // during a turn its text may be elsewhere

  /// Bytes owned elsewhere, at a position in the text.
  struct block {
    std::shared_ptr<const void> owner;
    std::string_view left;
    std::size_t at; // the position in the text
  };
  struct gathered {
    std::deque<block> blocks;
    std::size_t size = 0; // bytes left in the blocks
    bool is_backlog = false;
  };

  [[nodiscard]] std::size_t size_of_blocks() const noexcept {
    return gathered_ ? gathered_->size : 0;
  }
  [[nodiscard]] std::span<const std::string_view>
  pieces_of(std::string_view text, std::span<std::string_view> pieces) const noexcept;
  void append(block added);
  void skip(std::size_t count) noexcept;
  void drop_sent() noexcept;
  void compact();

  std::string text_;
  std::size_t sent_ = 0;               // bytes of the text already sent
  std::unique_ptr<gathered> gathered_; // null without blocks
};

} // namespace websock
