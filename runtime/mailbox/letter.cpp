// What a letter with a term in it contains.
#include "letter.hpp"

#include "../term/access.hpp"

namespace websock::runtime::detail {

const term_box* forwarded_letter::contents() const noexcept {
  return access::box(value_);
}

} // namespace websock::runtime::detail
