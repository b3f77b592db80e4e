// Inspects the current exception.
#include "thrown.hpp"

#include "stopping.hpp"

#include <exception>

namespace websock::runtime::detail {

namespace {
constexpr std::string_view silent_exception = "an exception whose what() is null";
}

std::string_view thrown_text() noexcept {
  try {
    throw;
  } catch (const std::exception& thrown) {
    const char* const text = thrown.what();
    return text != nullptr ? text : silent_exception;
  } catch (...) {
    return unknown_exception;
  }
}

exit_reason thrown_reason() noexcept {
  try {
    throw;
  } catch (const exit_request& request) {
    return request.reason;
  } catch (...) {
    try {
      return reason::error(thrown_text());
    } catch (...) { // no memory
      return exit_reason::kind::error;
    }
  }
}

} // namespace websock::runtime::detail
