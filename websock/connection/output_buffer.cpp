// The output of a connection.
#include "websock/connection/output_buffer.hpp"

#include <utility>

namespace websock {

namespace {
// A shared buffer that one large message has grown beyond this is freed.
constexpr std::size_t largest_kept = 262'144;
} // namespace

void output_buffer::consume(std::size_t count) {
  if (count == shared_.size() && rest_.text_.empty() && !rest_.gathered_) {
    clear_shared(); // the usual case (bench: instructions)
    return;
  }
  if (is_backlogged()) {
    rest_.consume(count);
    return;
  }
  rest_.skip(count);
  keep_rest();
  if (rest_.gathered_ && rest_.gathered_->blocks.empty())
    rest_.gathered_.reset();
}

// At the end of a turn: what is unsent becomes the backlog.
void output_buffer::keep_rest() {
  if (rest_.sent_ < shared_.size())
    rest_.text_.assign(shared_, rest_.sent_);
  clear_shared();
  if (rest_.gathered_ && !rest_.gathered_->blocks.empty())
    rest_.gathered_->is_backlog = true;
  rest_.drop_sent();
}

void output_buffer::clear_shared() {
  shared_.clear();
  if (shared_.capacity() > largest_kept)
    std::string().swap(shared_);
}

void output_buffer::put_back(std::string_view bytes) {
  if (!is_backlogged()) // then all of it is from this turn
    keep_rest();
  rest_.text_.insert(rest_.sent_, bytes);
  if (rest_.gathered_)
    for (auto& each : rest_.gathered_->blocks)
      each.at += bytes.size();
}

output_backlog output_buffer::take() {
  if (!is_backlogged())
    keep_rest();
  return std::exchange(rest_, {});
}

} // namespace websock
