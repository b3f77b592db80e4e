// Rejects negative durations.
#include "deadline.hpp"

#include <stdexcept>
#include <string>

namespace websock::runtime::detail {

void throw_negative(const char* name) {
  throw std::invalid_argument(std::string(name) + " is negative: it must be 0 or more");
}

} // namespace websock::runtime::detail
