// Two decisions: whether to mask, and whether to compress.
#include "websock/protocol/message_writer.hpp"

#include <utility>

namespace websock::protocol {

message_writer::message_writer(key_source next_key,
                               std::unique_ptr<message_deflater> deflater) {
  if (next_key != nullptr || deflater)
    means_ = std::make_unique<means>(means{next_key, std::move(deflater)});
}

void message_writer::append_by_means(std::string& out, opcode code,
                                     std::string_view payload, compression how) {
  if (compresses(how)) {
    if (const auto deflated = means_->deflater->deflate(payload)) {
      append(out, code, *deflated, rsv::rsv1);
      return;
    }
  }
  append(out, code, payload);
}

bool message_writer::keeps_payload(compression how) const noexcept {
  return !masks() && !compresses(how);
}

std::optional<std::string_view>
message_writer::frame_by_means(const shared_frame& message, compression how) {
  if (masks())
    return std::nullopt;
  if (compresses(how))
    if (const auto deflated = means_->deflater->deflate(message))
      return deflated;
  return message.plain();
}

void message_writer::append_control(std::string& out, opcode code,
                                    std::string_view payload) {
  append(out, code, payload);
}

void message_writer::append_close(std::string& out, close_code code,
                                  std::string_view body) {
  if (!masks())
    protocol::append_close(out, code, body);
  else
    append_masked_close(out, code, body, means_->next_key());
}

std::size_t message_writer::heap_size() const noexcept {
  if (!means_)
    return 0;
  const auto* deflater = means_->deflater.get();
  return sizeof(means)
         + (deflater ? sizeof(message_deflater) + deflater->heap_size() : 0);
}

void message_writer::append(std::string& out, opcode code, std::string_view payload,
                            rsv bits) {
  if (!masks())
    append_frame(out, code, payload, fin::set, bits);
  else
    append_masked_frame(out, code, payload, means_->next_key(), fin::set, bits);
}

} // namespace websock::protocol
