// Encodes messages and control frames as this end of the connection sends them. The
// counterpart of message_assembler.
#pragma once

#include "websock/protocol/close_code.hpp"
#include "websock/protocol/compression.hpp"
#include "websock/protocol/frame_header.hpp"
#include "websock/protocol/frame_writer.hpp"
#include "websock/protocol/mask.hpp"
#include "websock/protocol/message_deflater.hpp"
#include "websock/protocol/opcode.hpp"
#include "websock/protocol/role.hpp"
#include "websock/protocol/shared_frame.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace websock::protocol {

/// Returns a new unpredictable key (RFC 6455 §5.3); called once per frame.
using key_source = mask_key (*)();

/// Appends whole frames to a buffer: unmasked for a server, masked for a client.
class message_writer {
public:
  /// For a server.
  message_writer() noexcept = default;
  /// For a client: every frame is masked with its own key from `next_key`. With a
  /// deflater, messages are compressed where that pays.
  explicit message_writer(key_source next_key,
                          std::unique_ptr<message_deflater> deflater = {});

  /// Appends a whole text or binary message. The caller ensures that text is UTF-8.
  void append_message(std::string& out, opcode code, std::string_view payload,
                      compression how = compression::allowed) {
    if (means_ == nullptr)
      append_frame(out, code, payload);
    else
      append_by_means(out, code, payload, how);
  }
  /// Whether a message with `how` is sent with its payload unchanged: neither masked nor
  /// compressed.
  [[nodiscard]] bool keeps_payload(compression how) const noexcept;
  /// The frame of a shared message, in its own memory; empty for a client, whose frames
  /// are masked.
  [[nodiscard]] std::optional<std::string_view> frame_of(const shared_frame& message,
                                                         compression how) {
    return means_ == nullptr ? message.plain() : frame_by_means(message, how);
  }
  /// Appends a ping or pong. Throws std::invalid_argument for a payload over 125 octets.
  void append_control(std::string& out, opcode code, std::string_view payload);
  /// Throws std::invalid_argument unless `is_sendable_close(code, body)`.
  void append_close(std::string& out, close_code code, std::string_view body = {});

  /// Octets of heap memory in use; 0 for a server that does not compress.
  [[nodiscard]] std::size_t heap_size() const noexcept;

private:
  [[nodiscard]] bool masks() const noexcept {
    return means_ != nullptr && means_->next_key != nullptr;
  }
  [[nodiscard]] bool compresses(compression how) const noexcept {
    return how == compression::allowed && means_ != nullptr
           && means_->deflater != nullptr;
  }

  struct means {
    key_source next_key; // null for a server
    std::unique_ptr<message_deflater> deflater;
  };
  void append_by_means(std::string& out, opcode code, std::string_view payload,
                       compression how);
  [[nodiscard]] std::optional<std::string_view>
  frame_by_means(const shared_frame& message, compression how);
  void append(std::string& out, opcode code, std::string_view payload,
              rsv bits = rsv::none);

  std::unique_ptr<means> means_; // null for the most common writer, which needs none
};

} // namespace websock::protocol
