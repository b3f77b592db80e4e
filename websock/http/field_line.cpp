// Checks one field line.
#include "websock/http/field_line.hpp"

#include "websock/http/token.hpp"

#include <cstddef>

namespace websock::http {

std::variant<field, head_error> read_field_line(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t')
    return head_error{400, "RFC 9112 §5.2: folded header field"};
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return head_error{400, "RFC 9112 §5.1: invalid header field name"};
  const std::string_view value = trim(line.substr(colon + 1));
  if (!is_field_value(value))
    return head_error{400, "RFC 9110 §5.5: invalid header field value"};
  return field{line.substr(0, colon), value};
}

} // namespace websock::http
