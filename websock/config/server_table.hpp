// The options of servers and nodes, by name.
#pragma once

#include "websock/config/option_table.hpp"
#include "websock/options/options.hpp"
#include "websock/runtime/process/node.hpp"

#include <string>

namespace websock::config {

/// Every option of a server that can be written as text. Those that cannot are set in the
/// program: `connection.headers`, `listen_descriptor`, `tls.hosts`. The struct outlives
/// the table.
void add_options(option_table& to, server_options& its);
/// Every option of a node but `log`. Its names begin with `prefix`, so that they differ
/// from those of a server.
void add_options(option_table& to, runtime::node_options& its,
                 const std::string& prefix = "node.");

} // namespace websock::config
