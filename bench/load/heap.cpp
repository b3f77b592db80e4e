// One request of HTTP.
#include "bench/load/heap.hpp"

#include "bench/load/channel.hpp"

#include <array>
#include <stdexcept>
#include <string>

namespace bench {

std::uint64_t heap_of(const settings& to) {
  channel once(to, 0);
  once.send_all("GET " + to.heap_path + " HTTP/1.1\r\nHost: " + to.host
                + "\r\nConnection: close\r\n\r\n");
  std::string answer;
  std::array<char, 4'096> buffer;
  for (auto got = once.receive_some(buffer); got.state != io::closed;
       got = once.receive_some(buffer))
    answer.append(buffer.data(), got.octets);
  const auto body = answer.find("\r\n\r\n");
  if (!answer.starts_with("HTTP/1.1 200") || body == std::string::npos)
    throw std::runtime_error("the server does not tell its heap");
  return std::stoull(answer.substr(body + 4));
}

} // namespace bench
