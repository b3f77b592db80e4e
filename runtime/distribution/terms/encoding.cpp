// Limits of a message while it is written, and why a type cannot be.
#include "encoding.hpp"

#include "../../term/term.hpp"

namespace websock::runtime::distribution {

encoding::inside encoding::enter(std::size_t elements) {
  check_depth(1);
  if (elements > elements_left_)
    throw not_transmissible(
        "send: the message has more elements than other nodes accept");
  elements_left_ -= elements;
  return inside(*this);
}

void encoding::check_depth(std::size_t levels) const {
  if (levels > depth_left_)
    throw not_transmissible("send: the message is nested more deeply than other nodes "
                            "accept");
}

std::string type_name(const std::type_info& type) {
  std::string name;
  detail::print_type(name, type);
  return name;
}

void throw_unregistered(const std::type_info& type) {
  const auto name = type_name(type);
  throw not_transmissible("send: " + name
                          + " cannot leave its node: call register_message<" + name
                          + ">(...) before");
}

} // namespace websock::runtime::distribution
