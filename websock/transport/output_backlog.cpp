// Data that is still to be sent.
#include "websock/transport/output_backlog.hpp"

#include <algorithm>

namespace websock {

void output_backlog::append(block added) {
  if (!gathered_)
    gathered_ = std::make_unique<gathered>();
  const auto size = added.left.size();
  gathered_->blocks.push_back(std::move(added));
  gathered_->size += size;
}

std::span<const std::string_view>
output_backlog::pieces_of(std::string_view text,
                          std::span<std::string_view> pieces) const noexcept {
  std::size_t count = 0;
  std::size_t begin = sent_;
  const auto put = [&](std::string_view piece) {
    if (!piece.empty() && count < pieces.size())
      pieces[count++] = piece;
  };
  if (gathered_)
    for (const auto& each : gathered_->blocks) {
      put(text.substr(begin, each.at - begin));
      put(each.left);
      begin = each.at;
      if (count == pieces.size())
        return pieces;
    }
  put(text.substr(begin));
  return pieces.first(count);
}

void output_backlog::consume(std::size_t count) {
  skip(count);
  compact();
  if (gathered_ && gathered_->blocks.empty())
    gathered_.reset();
}

// Advances over text and blocks in order.
void output_backlog::skip(std::size_t count) noexcept {
  while (gathered_ && !gathered_->blocks.empty()) {
    block& next = gathered_->blocks.front();
    const std::size_t before = std::min(count, next.at - sent_);
    sent_ += before;
    const std::size_t of_block = std::min(count - before, next.left.size());
    next.left.remove_prefix(of_block);
    gathered_->size -= of_block;
    count -= before + of_block;
    if (!next.left.empty())
      return;
    gathered_->blocks.pop_front();
  }
  sent_ += count;
}

// Discards text that has been sent.
void output_backlog::drop_sent() noexcept {
  if (gathered_)
    for (auto& each : gathered_->blocks)
      each.at -= sent_;
  sent_ = 0;
}

void output_backlog::compact() {
  if (sent_ == text_.size()) {
    std::string().swap(text_);
  } else if (sent_ >= text_.size() / 2) { // so each byte moves at most once on average
    text_.erase(0, sent_);
  } else {
    return;
  }
  drop_sent();
}

} // namespace websock
