// The payload of a message whose callback is a coroutine: the bytes of a read are gone
// when the callback goes on, so its frame has a copy from the beginning.
#pragma once

#include "websock/handler/message.hpp"
#include "websock/runtime/coroutine/callback.hpp"
#include "websock/runtime/coroutine/frame_pool.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

namespace websock {

class handler;

/// The frames of the shard on which this handler runs; null before it does.
[[nodiscard]] runtime::detail::frame_pool* frames_of(const handler& self) noexcept;

namespace detail {

/// Made from the parameters of a callback; a view among them refers to the copy then, and
/// so does what the callback makes of it.
class kept_payload {
public:
  template <class Self, class... Args>
  explicit kept_payload(Self& self, Args&... args) {
    keep(self, self); // a function's first parameter may be the view
    (keep(self, args), ...);
  }
  kept_payload() noexcept = default;
  kept_payload(const kept_payload&) = delete;
  kept_payload& operator=(const kept_payload&) = delete;
  ~kept_payload() {
    if (copy_ != nullptr)
      runtime::detail::frame_pool::release(copy_, size_);
  }

private:
  template <class Self, class Arg>
  void keep(Self&, Arg&) noexcept {}
  template <class Self>
  void keep(Self& self, message_view& in) {
    in = message_view(in.opcode(), copy(self, in.bytes()));
  }
  template <class Self>
  void keep(Self& self, control_view& in) {
    in = control_view(in.opcode(), copy(self, protocol::as_octets(in.payload())));
  }

  template <class Self>
  [[nodiscard]] std::span<const std::byte> copy(Self& self,
                                                std::span<const std::byte> payload) {
    using runtime::detail::frame_pool;
    if (payload.empty())
      return {};
    frame_pool* pool = nullptr;
    if constexpr (runtime::detail::has_frames<Self>)
      pool = frames_of(self);
    copy_ = pool != nullptr ? pool->allocate(payload.size())
                            : frame_pool::allocate_unaligned(payload.size());
    size_ = payload.size();
    auto* bytes = static_cast<std::byte*>(copy_);
    std::copy(payload.begin(), payload.end(), bytes);
    return {bytes, payload.size()};
  }

  void* copy_ = nullptr;
  std::size_t size_ = 0;
};

} // namespace detail
} // namespace websock
