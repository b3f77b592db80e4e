// What a connection has to send.
#include "websock/output_buffer.hpp"

namespace websock {

namespace {
// A shared buffer that one large message made larger than this goes back to the heap.
constexpr std::size_t largest_kept = 262'144;
} // namespace

void output_buffer::consume(std::size_t count) {
  if (own_.empty()) {
    own_.assign(shared_, count);
    shared_.clear();
    if (shared_.capacity() > largest_kept)
      std::string().swap(shared_);
    return;
  }
  sent_ += count;
  if (sent_ == own_.size()) {
    std::string().swap(own_);
    sent_ = 0;
  } else if (sent_ >= own_.size() / 2) { // each byte is moved at most once on average
    own_.erase(0, sent_);
    sent_ = 0;
  }
}

} // namespace websock
