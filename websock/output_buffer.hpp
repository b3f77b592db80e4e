// What a connection has to send: gathered during a turn, sent once at its end.
#pragma once

#include <cstddef>
#include <deque>
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
    return is_backlogged() ? own_ : shared_;
  }
  /// Appends `bytes`, which lie in `owner`: a copy, or if they are large a reference.
  template <class Owner>
  void append(std::string_view bytes, const std::shared_ptr<Owner>& owner) {
    if (bytes.size() < large)
      target().append(bytes);
    else
      append_block({owner, bytes, target().size()});
  }

  /// How many bytes are to be sent.
  [[nodiscard]] std::size_t size() const noexcept {
    return text().size() - sent_ + (gathered_ ? gathered_->size : 0);
  }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// All that is to be sent, where it lies in one place; the usual case.
  [[nodiscard]] std::optional<std::string_view> in_one_piece() const noexcept {
    if (gathered_)
      return std::nullopt;
    return std::string_view(text()).substr(sent_);
  }
  /// What is to be sent, in order: the oldest of it when `pieces` are too few.
  [[nodiscard]] std::span<const std::string_view>
  unsent(std::span<std::string_view> pieces) const noexcept;
  /// Whether something was left over by an earlier turn.
  [[nodiscard]] bool is_backlogged() const noexcept {
    return !own_.empty() || (gathered_ && gathered_->is_backlog);
  }
  /// The first `count` bytes of what is to be sent have left. At the end of a turn; the
  /// shared buffer is empty afterwards.
  void consume(std::size_t count);
  /// `bytes` have not left after all: they go before all there is now.
  void put_back(std::string_view bytes);
  /// All that is to be sent, which is then no more.
  [[nodiscard]] std::string take();
  /// Nothing of it may be sent by somebody else. In a turn of its owner.
  void abandon() noexcept {
    if (!is_backlogged())
      shared_.clear();
  }

private:
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

  void append_block(block added);
  [[nodiscard]] const std::string& text() const noexcept {
    return is_backlogged() ? own_ : shared_;
  }
  void skip(std::size_t count) noexcept;
  void keep_rest();
  void clear_shared();
  void compact();

  std::string& shared_;
  std::string own_;
  std::size_t sent_ = 0;               // of the text
  std::unique_ptr<gathered> gathered_; // while there are blocks
};

} // namespace websock
