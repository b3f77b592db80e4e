// Shapes and printing of boxes.
#include "term_box.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

namespace websock::runtime::detail {

bool same_shape_slow(const term_shape& a, const term_shape& b) noexcept {
  if (a.size != b.size)
    return false;
  for (std::size_t i = 0; i < a.size; ++i)
    if (*a.types[i] != *b.types[i])
      return false;
  return true;
}

const term_box* open_other(const term_box& box, const term_shape& wanted) noexcept {
  const term_shape& shape = box.shape();
  if (same_shape_slow(shape, wanted))
    return &box;
  return shape.open == nullptr ? nullptr : shape.open(box, wanted);
}

void term_box::print(std::string& out) const {
  const std::size_t size = shape().size;
  if (size == 1)
    return print_element(out, 0);
  out += '{';
  for (std::size_t i = 0; i < size; ++i) {
    out += i == 0 ? "" : ", ";
    print_element(out, i);
  }
  out += '}';
}

void print_type(std::string& out, const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &std::free);
  out += status == 0 ? name.get() : type.name();
}

void print_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  out += '"';
}

} // namespace websock::runtime::detail
