// One line of a header or trailer section, RFC 9112 §5.
#pragma once

#include "websock/http/head_error.hpp"
#include "websock/http/request.hpp"

#include <string_view>
#include <variant>

namespace websock::http {

/// `line` comes without CRLF and is not empty; the field points into it.
[[nodiscard]] std::variant<field, head_error> read_field_line(std::string_view line);

} // namespace websock::http
