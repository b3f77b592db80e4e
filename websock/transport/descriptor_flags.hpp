// Flags of a descriptor that other code opened.
#pragma once

#include <fcntl.h>

namespace websock {

/// False, with errno set, if it is not a valid descriptor.
[[nodiscard]] inline bool set_non_blocking(int descriptor) noexcept {
  const int flags = ::fcntl(descriptor, F_GETFL);
  return flags >= 0 && ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0;
}
/// False, with errno set, if it is not a valid descriptor.
[[nodiscard]] inline bool set_close_on_exec(int descriptor) noexcept {
  const int flags = ::fcntl(descriptor, F_GETFD);
  return flags >= 0 && ::fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC) == 0;
}

} // namespace websock
