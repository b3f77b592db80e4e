// Comparing as it comes, without keeping it.
#include "bench/load/message_check.hpp"

#include <cstring>
#include <stdexcept>

namespace bench {

void message_check::on_frame(const frame_start& start) {
  control_ = start.opcode >= 8;
  if (control_) {
    saw_close_ = saw_close_ || start.opcode == 8;
    return;
  }
  if (in_message_ != (start.opcode == 0))
    fail("is not continued");
  if (!in_message_)
    compressed_ = start.compressed;
  in_message_ = true;
  last_ = start.last;
}

void message_check::on_payload(std::string_view part) {
  if (control_)
    return;
  if (!compressed_)
    return compare(part);
  if (!inflate_)
    inflate_ = std::make_unique<inflater>();
  plain_.clear();
  inflate_->append(part, plain_);
  compare(plain_);
}

void message_check::on_frame_end() {
  if (control_ || !last_)
    return;
  if (compressed_) {
    plain_.clear();
    inflate_->finish(plain_);
    compare(plain_);
  }
  if (offset_ < sent_->answer(next_).size())
    fail("is too short");
  offset_ = 0;
  in_message_ = false;
  ++next_;
  ++complete_;
}

void message_check::compare(std::string_view part) {
  const auto left = sent_->answer(next_).substr(offset_);
  if (part.size() > left.size()) {
    if (sent_->tells_whole_answers())
      fail("is too long");
    part = part.substr(0, left.size());
  }
  if (std::memcmp(part.data(), left.data(), part.size()) != 0)
    fail("is not what must come back");
  offset_ += part.size();
}

void message_check::fail(std::string_view what) const {
  throw std::runtime_error("message " + std::to_string(complete_) + " of a connection "
                           + std::string(what));
}

} // namespace bench
