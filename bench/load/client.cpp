// Sending from the ring, receiving into somebody's buffer.
#include "bench/load/client.hpp"

#include "bench/load/handshake.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

namespace bench {

client::client(const settings& to, pattern* first_of_all, pattern& messages,
               std::uint64_t first, std::size_t source)
    : channel_(to, source), messages_(messages), check_(messages, first), first_(first) {
  channel_.send_all(handshake_request(to));
  std::string answer;
  std::array<char, 4'096> buffer;
  std::size_t size = 0;
  while (size == 0) {
    const auto got = channel_.receive_some(buffer);
    if (got.state == io::closed)
      throw std::runtime_error("the server closed a connection in the handshake");
    answer.append(buffer.data(), got.octets);
    size = handshake_answer(to, answer);
  }
  if (first_of_all != nullptr)
    exchange(*first_of_all);
  else
    check_.read(std::string_view(answer).substr(size));
}

void client::exchange(pattern& all) {
  for (const auto& part : all.frames(0, 0, all.count()))
    channel_.send_all({static_cast<const char*>(part.iov_base), part.iov_len});
  message_check check(all, 0);
  std::array<char, 4'096> buffer;
  while (check.complete() < all.answers()) {
    const auto got = channel_.receive_some(buffer);
    check.read({buffer.data(), got.octets});
    if (got.state == io::closed || check.saw_close())
      throw std::runtime_error("the server has closed a connection");
  }
}

bool client::flush() {
  while (cursor_ < allowed_) {
    const auto to = std::min<std::uint64_t>(allowed_, cursor_ + messages_.count());
    const auto parts = messages_.frames(first_ + cursor_, offset_, first_ + to);
    const auto used = parts[1].iov_len > 0 ? 2U : 1U;
    const auto sent = channel_.send(std::span(parts).first(used));
    if (sent.state == io::closed)
      throw std::runtime_error("the server has closed a connection");
    if (sent.state == io::would_block)
      return false;
    offset_ = advance(sent.octets);
  }
  return true;
}

std::size_t client::advance(std::size_t octets) noexcept {
  auto left = offset_ + octets;
  for (auto size = messages_.frame_size(first_ + cursor_); left >= size;
       size = messages_.frame_size(first_ + cursor_)) {
    left -= size;
    ++cursor_;
  }
  return left;
}

std::uint64_t client::receive(std::span<char> buffer) {
  const auto before = check_.complete();
  const auto got = channel_.receive(buffer);
  if (got.state == io::would_block)
    return 0;
  check_.read({buffer.data(), got.octets});
  if (got.state == io::closed || check_.saw_close())
    throw std::runtime_error("the server has closed a connection");
  return check_.complete() - before;
}

bool client::is_closed() {
  pollfd one{fd(), POLLRDHUP, 0};
  return ::poll(&one, 1, 0) == 1 && (one.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

} // namespace bench
