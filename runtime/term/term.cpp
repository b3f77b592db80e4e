// Printing and comparison of terms.
#include "term.hpp"

#include "access.hpp"

namespace websock::runtime {

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
