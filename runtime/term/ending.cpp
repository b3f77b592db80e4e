// Exit reasons on the heap, and the one that is static.
#include "ending.hpp"

#include <new>
#include <utility>

namespace websock::runtime::detail {

namespace {
const exit_reason without_memory{exit_reason::kind::error};
}

void ending_deleter::operator()(const exit_reason* owned) const noexcept {
  if (owned != &without_memory)
    delete owned;
}

ending make_ending(exit_reason why) noexcept {
  const auto* made = new (std::nothrow) exit_reason(std::move(why));
  return ending(made != nullptr ? made : &without_memory);
}

} // namespace websock::runtime::detail
