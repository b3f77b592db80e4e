// Why a server failed, for people.
#include "websock/serve/server_status.hpp"

namespace websock {

std::string to_string(const server_failure& failure) {
  if (failure.child.empty())
    return "its supervisor exited with " + to_string(failure.reason);
  return "child \"" + failure.child + "\" failed too often, at last with "
         + to_string(failure.reason);
}

} // namespace websock
