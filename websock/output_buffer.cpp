// What a connection has to send.
#include "websock/output_buffer.hpp"

#include <algorithm>
#include <utility>

namespace websock {

namespace {
// A shared buffer that one large message made larger than this goes back to the heap.
constexpr std::size_t largest_kept = 262'144;
} // namespace

void output_buffer::append_block(block added) {
  if (!gathered_)
    gathered_ = std::make_unique<gathered>();
  const auto size = added.left.size();
  gathered_->blocks.push_back(std::move(added));
  gathered_->size += size;
}

std::span<const std::string_view>
output_buffer::unsent(std::span<std::string_view> pieces) const noexcept {
  const std::string_view all = text();
  std::size_t count = 0;
  std::size_t from = sent_;
  const auto put = [&](std::string_view piece) {
    if (!piece.empty() && count < pieces.size())
      pieces[count++] = piece;
  };
  if (gathered_)
    for (const auto& each : gathered_->blocks) {
      put(all.substr(from, each.at - from));
      put(each.left);
      from = each.at;
      if (count == pieces.size())
        return pieces;
    }
  put(all.substr(from));
  return pieces.first(count);
}

void output_buffer::consume(std::size_t count) {
  if (count == shared_.size() && own_.empty() && !gathered_) {
    clear_shared(); // the usual case (bench: instructions)
    return;
  }
  const bool is_rest = is_backlogged();
  skip(count);
  if (!is_rest)
    keep_rest();
  else
    compact();
  if (gathered_ && gathered_->blocks.empty())
    gathered_.reset();
}

// Over text and blocks, in their order.
void output_buffer::skip(std::size_t count) noexcept {
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

// The end of a turn.
void output_buffer::keep_rest() {
  if (sent_ < shared_.size())
    own_.assign(shared_, sent_);
  clear_shared();
  if (gathered_ && !gathered_->blocks.empty()) {
    gathered_->is_backlog = true;
    for (auto& each : gathered_->blocks)
      each.at -= sent_;
  }
  sent_ = 0;
}

void output_buffer::clear_shared() {
  shared_.clear();
  if (shared_.capacity() > largest_kept)
    std::string().swap(shared_);
}

void output_buffer::compact() {
  if (sent_ == own_.size()) {
    std::string().swap(own_);
  } else if (sent_ >= own_.size() / 2) { // each byte is moved at most once on average
    own_.erase(0, sent_);
  } else {
    return;
  }
  if (gathered_)
    for (auto& each : gathered_->blocks)
      each.at -= sent_;
  sent_ = 0;
}

void output_buffer::put_back(std::string_view bytes) {
  if (!is_backlogged()) // what there is then is of this turn
    keep_rest();
  own_.insert(sent_, bytes);
  if (gathered_)
    for (auto& each : gathered_->blocks)
      each.at += bytes.size();
}

std::string output_buffer::take() {
  const std::size_t whole = size();
  std::string all;
  all.reserve(whole);
  while (all.size() < whole) {
    std::string_view piece;
    const auto next = unsent({&piece, 1});
    all.append(next.front());
    consume(next.front().size());
  }
  return all;
}

} // namespace websock
