// The messages in the body of a POST.
#pragma once

#include "websock/handler/message.hpp"
#include "websock/http/request.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace websock::channels {

/// What is beyond is ignored, as Phoenix does.
inline constexpr std::size_t most_lines = 100;

/// One for each line of a body of the type application/x-ndjson: text where it begins
/// with a bracket, otherwise base64 of a binary message. A body of another type is one
/// text. Empty if a line is neither. Text has not been checked to be UTF-8.
[[nodiscard]] std::optional<std::vector<message>>
posted_lines(const http::request& request);

} // namespace websock::channels
