// Listening sockets that a service manager opened for the program: the protocol of
// sd_listen_fds(3).
#pragma once

#include <string>
#include <vector>

namespace websock {

struct inherited_socket {
  int descriptor = -1;
  std::string name; // FileDescriptorName= of systemd.socket(5); empty: none
};

/// Those that LISTEN_PID and LISTEN_FDS promise to this process, for
/// server_options::listen_descriptor; none when they are meant for another process, or
/// are not set. From now on they close on exec, and the variables are gone, so that
/// child processes do not take them for theirs: call it once, before there are threads.
/// Throws std::invalid_argument for variables that are malformed, std::system_error for a
/// descriptor that is not there.
[[nodiscard]] std::vector<inherited_socket> inherited_sockets();

} // namespace websock
