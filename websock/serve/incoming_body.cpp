// Gathers a body.
#include "websock/serve/incoming_body.hpp"

#include <algorithm>

namespace websock {

bool incoming_body::keep(std::string_view more) {
  const std::size_t needed = octets.size() + more.size();
  if (needed > octets.capacity()) {
    const std::size_t grown =
        std::max(needed, std::min(octets.capacity() * 2, route.options.body_limit));
    if (!share.grow_to(grown))
      return false;
    octets.reserve(grown);
  }
  octets.append(more);
  return true;
}

} // namespace websock
