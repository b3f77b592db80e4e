// What has not left yet: bytes, and blocks of somebody else between them. It outlives the
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

/// Moves without copying what it holds; blocks that it shares stay shared.
class output_backlog {
public:
  output_backlog() = default;
  explicit output_backlog(std::string text) noexcept : text_(std::move(text)) {}

  [[nodiscard]] std::size_t size() const noexcept {
    return text_.size() - sent_ + size_of_blocks();
  }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// In order: the oldest of it when `pieces` are too few. Valid until `consume`.
  [[nodiscard]] std::span<const std::string_view>
  unsent(std::span<std::string_view> pieces) const noexcept {
    return pieces_of(text_, pieces);
  }
  /// The first `count` bytes have left. A block is let go of with its last byte.
  void consume(std::size_t count);

private:
  friend class output_buffer; // whose text may lie elsewhere during a turn

  /// Bytes of somebody else in the middle of the text.
  struct block {
    std::shared_ptr<const void> owner;
    std::string_view left;
    std::size_t at; // how much of the text goes before it
  };
  struct gathered {
    std::deque<block> blocks;
    std::size_t size = 0; // of what is left of the blocks
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
  std::size_t sent_ = 0;               // of the text
  std::unique_ptr<gathered> gathered_; // while there are blocks
};

} // namespace websock
