// Ranges of the options.
#include "engine_options.hpp"

#include "envelope.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace websock::runtime::redis {

namespace {

constexpr std::size_t longest_prefix = 128;
constexpr std::size_t longest_unix_path = 107; // of sockaddr_un, with its end
constexpr std::size_t least_octets = 65'536;
constexpr std::size_t most_octets = 1U << 30U;
constexpr std::size_t deepest_term_here = 1'000;
constexpr auto longest_interval = std::chrono::minutes(1);

[[noreturn]] void refuse_option(const char* option, const std::string& why) {
  throw std::invalid_argument("engine_options." + std::string(option) + " " + why);
}

[[nodiscard]] bool is_visible_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char each) { return each > ' ' && each < '\x7f'; });
}

void check_text(const char* option, std::string_view value, std::size_t longest) {
  if (value.empty() || value.size() > longest || !is_visible_text(value))
    refuse_option(option, "must have 1 to " + std::to_string(longest)
                              + " printable ASCII characters without spaces");
}

void check_octets(const char* option, std::size_t value, std::size_t least,
                  std::size_t most) {
  if (value < least || value > most)
    refuse_option(option, "is " + std::to_string(value) + ": it must be "
                              + std::to_string(least) + " to " + std::to_string(most));
}

void check_time(const char* option, std::chrono::milliseconds value,
                std::chrono::milliseconds least, std::chrono::milliseconds most) {
  if (value < least || value > most)
    refuse_option(option, "is " + std::to_string(value.count()) + " ms: it must be "
                              + std::to_string(least.count()) + " to "
                              + std::to_string(most.count()) + " ms");
}

void check_place(const engine_options& options) {
  if (options.unix_socket.size() > longest_unix_path)
    refuse_option("unix_socket", "is too long: a path may have "
                                     + std::to_string(longest_unix_path) + " octets");
  if (!options.unix_socket.empty() && options.tls)
    refuse_option("tls", "is set, and so is unix_socket: there is no TLS on one");
  if (options.unix_socket.empty() && options.host.empty())
    refuse_option("host", "is empty, and so is unix_socket: one of them must be set");
  if (options.unix_socket.empty() && options.port == 0)
    refuse_option("port", "is 0: it must be 1 to 65535");
  if (!options.user.empty() && options.password.empty())
    refuse_option("password", "is empty, and user is not");
}

void check_tls_files(const engine_tls& tls) {
  if (tls.ca_file.empty())
    refuse_option("tls", "has no ca_file: Redis's certificate is always checked");
  if (tls.certificate_file.empty() != tls.key_file.empty())
    refuse_option("tls", "has only one of certificate_file and key_file");
}

void check_all_times(const engine_options& options) {
  using std::chrono::milliseconds;
  constexpr milliseconds instant(1);
  check_time("connect_timeout", options.connect_timeout, instant, longest_interval);
  check_time("ping_interval", options.ping_interval, milliseconds(10), longest_interval);
  check_time("ping_timeout", options.ping_timeout, instant, longest_interval);
  check_time("least_pause", options.least_pause, instant, longest_interval);
  check_time("longest_pause", options.longest_pause, options.least_pause,
             std::chrono::hours(1));
}

} // namespace

void validate(const engine_options& options) {
  check_text("name", options.name, longest_node_name);
  check_text("prefix", options.prefix, longest_prefix);
  check_place(options);
  if (options.tls)
    check_tls_files(*options.tls);
  check_all_times(options);
  check_octets("output_limit", options.output_limit, least_octets, most_octets);
  check_octets("message_size", options.message_size, least_octets, most_octets / 2);
  check_octets("term_depth", options.term_depth, 1, deepest_term_here);
}

std::string address_of(const engine_options& options) {
  return options.unix_socket.empty()
             ? options.host + " port " + std::to_string(options.port)
             : options.unix_socket;
}

} // namespace websock::runtime::redis
