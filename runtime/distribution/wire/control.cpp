// Between views and the structs that own their node's name.

#include "control.hpp"

#include <string>

namespace websock::runtime::distribution {

pid_view::pid_view(const etf::pid& owner) noexcept
    : node(owner.node.name), id(owner.id), serial(owner.serial),
      creation(owner.creation) {
}

etf::pid pid_view::copy() const {
  return {.node = {std::string{node}}, .id = id, .serial = serial, .creation = creation};
}

reference_view::reference_view(const etf::reference& owner) noexcept
    : node(owner.node.name), creation(owner.creation), count(owner.count),
      words(owner.words) {
}

etf::reference reference_view::copy() const {
  return {.node = {std::string{node}},
          .creation = creation,
          .words = words,
          .count = static_cast<std::uint8_t>(count)};
}

} // namespace websock::runtime::distribution
