// Frames of a server, cut anywhere (RFC 6455 §5.2). It checks what the load generator
// relies on, and no more.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>

namespace bench {

/// What a frame begins with.
struct frame_start {
  unsigned char opcode;
  bool last;       // FIN
  bool compressed; // RSV1
  std::uint64_t length;
};

class frame_reader {
public:
  /// Calls `to.on_frame(frame_start)`, then `to.on_payload(std::string_view)` for each
  /// part that is there, then `to.on_frame_end()`.
  template <class To>
  void read(std::string_view in, To& to) {
    while (!in.empty()) {
      if (in_payload_) {
        const auto part = in.substr(
            0, static_cast<std::size_t>(std::min<std::uint64_t>(in.size(), left_)));
        take_payload(part, to);
        in.remove_prefix(part.size());
      } else if (have_ == 0 && in.size() >= header_.size()) {
        const auto size = header_size(in.data());
        start(in.data(), to);
        in.remove_prefix(size);
      } else {
        header_[have_++] = in.front();
        in.remove_prefix(1);
        if (have_ >= 2 && have_ == header_size(header_.data()))
          start(header_.data(), to);
      }
    }
  }

private:
  [[nodiscard]] static std::size_t header_size(const char* header) noexcept {
    const auto length = static_cast<unsigned char>(header[1]) & 0x7FU;
    return length < 126 ? 2 : length == 126 ? 4 : 10;
  }

  template <class To>
  void start(const char* header, To& to) {
    const auto octet = [&](std::size_t i) {
      return static_cast<unsigned char>(header[i]);
    };
    if ((octet(1) & 0x80U) != 0)
      throw std::runtime_error("the server masks a frame");
    std::uint64_t length = octet(1);
    if (const auto size = header_size(header); size > 2) {
      length = 0;
      for (std::size_t i = 2; i < size; ++i)
        length = length << 8U | octet(i);
    }
    have_ = 0;
    left_ = length;
    in_payload_ = true;
    to.on_frame(frame_start{static_cast<unsigned char>(octet(0) & 0x0FU),
                            (octet(0) & 0x80U) != 0, (octet(0) & 0x40U) != 0, length});
    if (left_ == 0)
      finish(to);
  }

  template <class To>
  void take_payload(std::string_view part, To& to) {
    to.on_payload(part);
    left_ -= part.size();
    if (left_ == 0)
      finish(to);
  }

  template <class To>
  void finish(To& to) {
    in_payload_ = false;
    to.on_frame_end();
  }

  std::array<char, 10> header_{};
  std::size_t have_ = 0; // of header_
  std::uint64_t left_ = 0;
  bool in_payload_ = false;
};

} // namespace bench
