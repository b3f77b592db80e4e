// From the path of a Unix socket to a carrier: for services of this host.
#pragma once

#include "network.hpp"

#include <memory>
#include <string>

namespace websock::runtime::distribution {

/// As `network::dial`, but at once. The carrier's peer_address says nothing.
[[nodiscard]] std::unique_ptr<dialling> dial_local_socket(shard& home, std::string path,
                                                          dialling::ready done);

} // namespace websock::runtime::distribution
