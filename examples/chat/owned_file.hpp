// Secrets in files that nobody but their owner may read.
#pragma once

#include <cstddef>
#include <string>

namespace chat {

/// Its text without the end of the line. Throws std::runtime_error, with the name of
/// `option`, for a file that cannot be read or may be used by others, and for a text that
/// is shorter than `least` octets or longer than 4,096.
[[nodiscard]] std::string secret_in(const std::string& file, const std::string& option,
                                    std::size_t least);

} // namespace chat
