// What becomes of a negative duration.
#include "websock/runtime/time/deadline.hpp"

#include <stdexcept>
#include <string>

namespace websock::runtime::detail {

void throw_negative(const char* what) {
  throw std::invalid_argument(std::string(what) + " is negative: it must be 0 or more");
}

} // namespace websock::runtime::detail
