// Shapes, printing and comparison of terms.
#include "term.hpp"

#include "access.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>

namespace websock::runtime {

namespace detail {

bool same_shape_slow(const term_shape& a, const term_shape& b) noexcept {
  if (a.size != b.size)
    return false;
  for (std::size_t i = 0; i < a.size; ++i)
    if (*a.types[i] != *b.types[i])
      return false;
  return true;
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

} // namespace detail

void term::throw_bad_term(const std::type_info& wanted) const {
  std::string text = "the term holds ";
  if (box_ == 0)
    text += "nothing";
  for (std::size_t i = 0; i < size(); ++i) {
    text += i == 0 ? "" : ", ";
    detail::print_type(text, *box()->shape().types[i]);
  }
  text += ", not ";
  detail::print_type(text, wanted);
  throw bad_term(text);
}

std::string to_string(const term& value) {
  std::string out;
  if (value.box_ == 0)
    return "{}";
  detail::access::box(value)->print(out);
  return out;
}

bool operator==(const term& a, const term& b) {
  if (detail::access::box(a) == detail::access::box(b))
    return true;
  return a.box_ != 0 && b.box_ != 0
         && detail::access::box(a)->equals(*detail::access::box(b));
}

} // namespace websock::runtime
