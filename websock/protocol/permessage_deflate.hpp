// The streams of permessage-deflate, RFC 7692 §7.2: raw DEFLATE (RFC 1951) by zlib, with
// messages as flushed parts. Knows nothing of frames and limits.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace websock::protocol {

/// zlib cannot compress raw data with a window of 2^8.
inline constexpr int smallest_deflate_window = 9;

/// The settings that distinguish one compressor from another.
struct deflate_settings {
  int window_bits = 15; // 9 to 15
  int level = -1;       // -1 to 9
  int memory_level = 8; // 1 to 9

  friend bool operator==(const deflate_settings&, const deflate_settings&) = default;
};

/// A compressor; remembers the messages since `reset`.
class deflater {
public:
  /// Throws std::bad_alloc.
  explicit deflater(const deflate_settings& settings);
  ~deflater();
  deflater(const deflater&) = delete;
  deflater& operator=(const deflater&) = delete;

  /// Appends the payload of the compressed message, without the tail (RFC 7692 §7.2.1).
  void append(std::string& out, std::string_view message);
  /// Forgets all messages but keeps the memory.
  void reset() noexcept;

  [[nodiscard]] const deflate_settings& settings() const noexcept { return settings_; }
  /// Octets of heap memory in use.
  [[nodiscard]] std::size_t heap_size() const noexcept;

private:
  struct stream;
  deflate_settings settings_;
  std::unique_ptr<stream> stream_;
};

/// A decompressor; remembers the messages since `reset`.
class inflater {
public:
  /// For streams whose window is at most 2^window_bits, 8 to 15. Throws std::bad_alloc.
  explicit inflater(int window_bits);
  ~inflater();
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;

  struct step {
    std::size_t written = 0; // octets of `out`; if all of it, there may be more
    bool is_corrupt = false;
  };
  /// Consumes from the front of `in` until it is empty or `out` is full. Throws
  /// std::bad_alloc.
  [[nodiscard]] step inflate(std::span<const std::byte>& in, std::span<std::byte> out);

  /// True if the stream ended with its last octet, a block with BFINAL.
  [[nodiscard]] bool is_after_final_block() const noexcept;
  /// True between two blocks, at the boundary of an octet: a message may end here.
  [[nodiscard]] bool is_between_blocks() const noexcept;
  /// Forgets all messages but keeps the memory.
  void reset() noexcept;

  [[nodiscard]] int window_bits() const noexcept { return window_bits_; }
  /// Octets of heap memory in use.
  [[nodiscard]] std::size_t heap_size() const noexcept;

private:
  struct stream;
  int window_bits_;
  std::unique_ptr<stream> stream_;
};

} // namespace websock::protocol
