// Fragments, counted down to 1.

#include "fragmenter.hpp"

#include "packet_header.hpp"
#include "packet_length.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace websock::runtime::distribution {

fragmenter::fragmenter(std::uint64_t sequence, std::string control,
                       std::shared_ptr<const std::string> payload, std::size_t piece)
    : sequence_(sequence),
      left_(std::max<std::size_t>(1, payload->size() / piece
                                         + (payload->size() % piece == 0 ? 0 : 1))),
      piece_(piece), control_(std::move(control)), payload_(std::move(payload)) {
}

void fragmenter::append_next(std::string& out) {
  assert(!is_done());
  const std::size_t mark = begin_length(out);
  if (at_ == 0) {
    append_first_fragment(out, sequence_, left_);
    out += control_;
    control_ = {};
  } else {
    append_next_fragment(out, sequence_, left_);
  }
  const std::size_t size = std::min(piece_, payload_->size() - at_);
  out.append(*payload_, at_, size);
  end_length(out, mark);
  at_ += size;
  if (--left_ == 0)
    payload_ = nullptr;
}

std::size_t fragmenter::octets_left() const noexcept {
  return payload_ ? payload_->size() - at_ : 0;
}

} // namespace websock::runtime::distribution
