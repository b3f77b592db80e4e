// The exception of a value that cannot leave its node.
#pragma once

#include <stdexcept>

namespace websock::runtime {

/// A message for another node holds a type that no other node could read; nothing was
/// sent. The text names the type. Source: none, as every Erlang term can be sent.
class not_transmissible : public std::invalid_argument {
public:
  using std::invalid_argument::invalid_argument;
};

} // namespace websock::runtime
