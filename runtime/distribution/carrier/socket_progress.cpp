// Linux's TCP_INFO, whose newer fields the C library does not know.
#include "socket_progress.hpp"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace websock::runtime::distribution {

std::optional<network_progress> progress_of(int socket) noexcept {
  tcp_info told{};
  socklen_t size = sizeof told;
  int on_the_way = 0;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &told, &size) != 0
      || ::ioctl(socket, SIOCOUTQ, &on_the_way) != 0)
    return std::nullopt;
  network_progress found;
  found.on_the_way = static_cast<std::size_t>(on_the_way);
  found.round_trip = std::chrono::microseconds(told.tcpi_rtt);
  if (told.tcpi_min_rtt < told.tcpi_rtt) // not yet measured is the greatest number
    found.shortest_round_trip = std::chrono::microseconds(told.tcpi_min_rtt);
  return found;
}

} // namespace websock::runtime::distribution
