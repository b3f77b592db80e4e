// Listening sockets that a service manager opened.
#include "websock/listen/inherited_sockets.hpp"

#include "websock/transport/descriptor_flags.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace websock {

namespace {

constexpr int first_descriptor = 3; // SD_LISTEN_FDS_START
constexpr int most_descriptors = 1'024;

/// Removes the variable from the environment; empty if it is not set.
[[nodiscard]] std::string take_variable(const char* name) {
  const char* const value = ::getenv(name);
  if (value == nullptr)
    return {};
  std::string taken = value;
  ::unsetenv(name);
  return taken;
}

[[nodiscard]] int number_in(const std::string& text, const char* name, int most) {
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || number < 0 || number > most)
    throw std::invalid_argument(std::string(name) + " is \"" + text
                                + "\": it must be a number up to "
                                + std::to_string(most));
  return number;
}

[[nodiscard]] std::string take_name(std::string_view& names) {
  const auto end = std::min(names.find(':'), names.size());
  std::string taken(names.substr(0, end));
  names.remove_prefix(std::min(end + 1, names.size()));
  return taken;
}

void close_on_exec(int descriptor) {
  if (!set_close_on_exec(descriptor))
    throw std::system_error(errno, std::generic_category(),
                            "LISTEN_FDS: descriptor " + std::to_string(descriptor));
}

} // namespace

std::vector<inherited_socket> inherited_sockets() {
  const auto pid = take_variable("LISTEN_PID");
  const auto count = take_variable("LISTEN_FDS");
  const auto all_names = take_variable("LISTEN_FDNAMES");
  if (pid.empty() || count.empty()
      || number_in(pid, "LISTEN_PID", INT32_MAX) != ::getpid())
    return {};
  std::vector<inherited_socket> sockets;
  std::string_view names = all_names;
  const int end = first_descriptor + number_in(count, "LISTEN_FDS", most_descriptors);
  for (int each = first_descriptor; each < end; ++each) {
    close_on_exec(each);
    sockets.push_back({each, take_name(names)});
  }
  return sockets;
}

} // namespace websock
