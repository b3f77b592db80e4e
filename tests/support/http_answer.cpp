// An HTTP response as a client sees it.
#include "tests/support/http_answer.hpp"

#include "websock/http/date.hpp"

#include <stdexcept>

namespace tests {

std::optional<std::string> http_answer::header(std::string_view name) const {
  const std::string start = "\r\n" + std::string(name) + ": ";
  const auto found = head.find(start);
  if (found == std::string::npos)
    return std::nullopt;
  const auto begin = found + start.size();
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

http_answer take_answer(tcp_client& from, answer_to method) {
  http_answer taken;
  taken.head = from.take_until("\r\n\r\n");
  taken.status = std::stoi(taken.head.substr(taken.head.find(' ')));
  const auto length = taken.header("Content-Length");
  if (length && method == answer_to::get)
    taken.body = from.take(std::stoul(*length));
  return taken;
}

std::string undated(std::string head) {
  const auto begin = head.find("\r\nDate: ");
  if (begin == std::string::npos)
    throw std::runtime_error("no Date in: " + head);
  const auto value = begin + std::string_view("\r\nDate: ").size();
  const auto end = head.find("\r\n", value);
  if (!websock::http::parse_date(std::string_view(head).substr(value, end - value)))
    throw std::runtime_error("no date: " + head);
  return head.erase(begin, end - begin);
}

std::string get_request(std::string_view path, std::string_view headers) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(headers)
         + "\r\n";
}

std::string upgrade_request(std::string_view path, std::string_view headers) {
  return get_request(path, "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                           "Sec-WebSocket-Version: 13\r\n"
                               + std::string(headers));
}

} // namespace tests
