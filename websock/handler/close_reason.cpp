// Formats close reasons.
#include "websock/handler/close_reason.hpp"

namespace websock {

std::string to_string(const close_reason& why) {
  switch (why.what) {
  case close_reason::kind::normal:
    return "normal";
  case close_reason::kind::remote:
    return "{remote, " + std::to_string(why.code) + "}";
  case close_reason::kind::timeout:
    return "timeout";
  case close_reason::kind::shutdown:
    return "shutdown";
  case close_reason::kind::error:
    break;
  }
  return "{error, " + to_string(why.reason) + "}";
}

} // namespace websock
