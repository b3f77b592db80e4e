// How Redis is reached, by the options: TCP, TLS or a Unix socket.
#pragma once

#include "../distribution/carrier/network.hpp"
#include "engine_options.hpp"

#include <functional>
#include <memory>

namespace websock::runtime::redis {

/// As `network::dial`, to the one place where Redis is.
using dial_function = std::function<std::unique_ptr<distribution::dialling>(
    shard& home, distribution::dialling::ready done)>;

/// Loads the certificates; throws std::invalid_argument that names the file.
[[nodiscard]] dial_function dial_for(const engine_options& options);

} // namespace websock::runtime::redis
