// Commands to Redis, as octets.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace websock::runtime::redis {

/// The command of these words, which may hold any octets. Throws std::bad_alloc.
[[nodiscard]] std::string command(std::initializer_list<std::string_view> words);

} // namespace websock::runtime::redis
