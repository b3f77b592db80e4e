// Listening sockets that a service manager opened for the program, as in
// sd_listen_fds(3).
#pragma once

#include <string>
#include <vector>

namespace websock {

struct inherited_socket {
  int descriptor = -1;
  std::string name; // FileDescriptorName= of systemd.socket(5); may be empty
};

/// The sockets that LISTEN_PID and LISTEN_FDS announce to this process, for
/// server_options::listen_descriptor; none if the variables are unset or meant for
/// another process. Makes the sockets close on exec and unsets the variables, so that
/// child processes do not use them: call it once, before starting threads. Throws
/// std::invalid_argument for malformed variables, std::system_error for an invalid
/// descriptor.
[[nodiscard]] std::vector<inherited_socket> inherited_sockets();

} // namespace websock
