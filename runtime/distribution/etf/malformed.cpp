#include "malformed.hpp"

namespace websock::runtime::etf {

malformed::malformed(const std::string& why, std::size_t position)
    : std::runtime_error("external term format: " + why + ", at octet "
                         + std::to_string(position)),
      position_(position) {
}

} // namespace websock::runtime::etf
