// The exception for octets that are no term, exceed a limit, or hold another term than
// the one that was asked for.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

namespace websock::runtime::etf {

class malformed : public std::runtime_error {
public:
  /// `why` is a clause: "a binary of 9 octets has 2 left".
  malformed(const std::string& why, std::size_t position);

  /// The octet at which the term begins that is wrong, from the start of the reader's.
  [[nodiscard]] std::size_t position() const noexcept { return position_; }

private:
  std::size_t position_;
};

} // namespace websock::runtime::etf
