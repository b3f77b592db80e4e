// How exit reasons print.
#include "exit_reason.hpp"

namespace websock::runtime {

std::string to_string(const exit_reason& reason) {
  const bool bare = !reason.detail_;
  switch (reason.kind_) {
  case exit_reason::kind::normal:
    return "normal";
  case exit_reason::kind::shutdown:
    return bare ? "shutdown" : "{shutdown, " + to_string(reason.detail_) + "}";
  case exit_reason::kind::kill:
    return "kill";
  case exit_reason::kind::killed:
    return "killed";
  case exit_reason::kind::noproc:
    return "noproc";
  case exit_reason::kind::noconnection:
    return "noconnection";
  case exit_reason::kind::timeout:
    return "timeout";
  case exit_reason::kind::error: {
    const auto* text = reason.detail_.get_if<std::string>();
    return text != nullptr ? "error: " + *text : "error";
  }
  case exit_reason::kind::term:
    break;
  }
  return to_string(reason.detail_);
}

} // namespace websock::runtime
