// Whether what comes back is what must: each message, octet by octet, in order.
#pragma once

#include "bench/load/deflate.hpp"
#include "bench/load/frame_reader.hpp"
#include "bench/load/pattern.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace bench {

/// The messages of one connection, which must be the answers of `sent` from number
/// `first` on.
class message_check {
public:
  message_check(const pattern& sent, std::uint64_t first) noexcept
      : sent_(&sent), next_(first) {}

  /// Throws std::runtime_error where something else comes.
  void read(std::string_view in) { frames_.read(in, *this); }
  /// Messages that were complete, of all reads.
  [[nodiscard]] std::uint64_t complete() const noexcept { return complete_; }
  [[nodiscard]] bool saw_close() const noexcept { return saw_close_; }

private:
  friend class frame_reader;

  void on_frame(const frame_start& start);
  void on_payload(std::string_view part);
  void on_frame_end();
  void compare(std::string_view part);
  [[noreturn]] void fail(std::string_view what) const;

  const pattern* sent_;
  std::uint64_t next_; // the number of the message that comes
  std::uint64_t complete_ = 0;
  std::size_t offset_ = 0; // octets of it that came and were compared
  frame_reader frames_;
  std::unique_ptr<inflater> inflate_; // from the first compressed message on
  std::string plain_;                 // what it made of a part
  bool in_message_ = false;
  bool compressed_ = false;
  bool control_ = false;
  bool last_ = false;
  bool saw_close_ = false;
};

} // namespace bench
