// Ranges of the options, and the parts of a node's name that options name.
#include "cluster_options.hpp"

#include "handshake/node_name.hpp"

#include <charconv>
#include <stdexcept>
#include <string>
#include <string_view>

namespace websock::runtime::distribution {

namespace {

constexpr std::size_t least_message = 65'536;      // a fragment
constexpr std::size_t largest_message = 1U << 30U; // lengths have 32 bits
constexpr std::size_t deepest_term = 1'000;

[[noreturn]] void refuse(const char* option, const std::string& why) {
  throw std::invalid_argument("cluster_options." + std::string(option) + " " + why);
}

void check_range(const char* option, std::size_t value, std::size_t least,
                 std::size_t most) {
  if (value < least || value > most)
    refuse(option, "is " + std::to_string(value) + ": it must be " + std::to_string(least)
                       + " to " + std::to_string(most));
}

void check_positive(const char* option, std::chrono::milliseconds value) {
  if (value <= std::chrono::milliseconds::zero())
    refuse(option,
           "is " + std::to_string(value.count()) + " ms: it must be 1 ms or more");
}

void check_cookie(const cluster_options& options) {
  if (options.cookie_file.empty() && options.cookie_variable.empty())
    refuse("cookie_file", "is empty, and so is cookie_variable: one of them must be set");
  if (!options.cookie_file.empty() && !options.cookie_variable.empty())
    refuse("cookie_file", "and cookie_variable are both set: only one may be");
}

void check_tls(const cluster_tls& tls) {
  if (tls.certificate_file.empty())
    refuse("tls", "has no certificate_file: each node shows its certificate");
  if (tls.key_file.empty())
    refuse("tls", "has no key_file");
  if (tls.ca_file.empty())
    refuse("tls", "has no ca_file: each node checks the other's certificate");
}

[[nodiscard]] bool is_loopback(std::string_view address) {
  return address == "::1" || address == "localhost" || address.starts_with("127.");
}

void check_address(const cluster_options& options) {
  if (options.address.empty())
    refuse("address", "is empty: it must be an address of this host");
  if (!is_loopback(options.address) && !options.tls)
    refuse("address", "is " + options.address + ", which others can reach: it needs tls");
}

void check_times(const cluster_options& options) {
  check_positive("net_ticktime", options.net_ticktime);
  check_positive("connect_timeout", options.connect_timeout);
  check_positive("least_pause", options.least_pause);
  check_positive("longest_pause", options.longest_pause);
  if (options.longest_pause < options.least_pause)
    refuse("longest_pause", "is shorter than least_pause");
}

void check_nodes(const cluster_options& options) {
  for (const auto& each : options.nodes) {
    const auto known = parse_named_node(each);
    if (options.ports == port_mapper::no_epmd && known.port == 0)
      refuse("nodes", "has \"" + each + "\" without a port, and there is no epmd to ask");
  }
  if (options.ports == port_mapper::no_epmd && options.port == 0)
    refuse("port", "is 0: without epmd it must be fixed");
  if (options.ports == port_mapper::epmd && options.epmd_port == 0)
    refuse("epmd_port", "is 0: it must be 1 to 65535");
}

} // namespace

void validate(const cluster_options& options) {
  static_cast<void>(node_name::parse(options.name, "cluster_options.name"));
  check_cookie(options);
  if (options.tls)
    check_tls(*options.tls);
  check_address(options);
  check_nodes(options);
  check_times(options);
  check_range("message_size", options.message_size, least_message, largest_message);
  check_range("term_depth", options.term_depth, 1, deepest_term);
  check_range("high_mark", options.high_mark, 1, largest_message);
  if (options.low_mark > options.high_mark)
    refuse("low_mark",
           "is " + std::to_string(options.low_mark) + ": it must not exceed high_mark");
}

named_node parse_named_node(const std::string& text) {
  named_node found{text, 0};
  const auto host = text.find('@');
  const auto colon = text.rfind(':');
  // An IPv6 address has colons of its own; a port behind it needs brackets around it.
  const bool has_port = colon != std::string::npos && host != std::string::npos
                        && colon > host
                        && (text.find(':', host) == colon || text[colon - 1] == ']');
  if (has_port) {
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + colon + 1, end, found.port);
    if (read.ec != std::errc() || read.ptr != end || found.port == 0)
      refuse("nodes", "has \"" + text + "\": the port must be 1 to 65535");
    found.name.resize(colon);
  }
  static_cast<void>(node_name::parse(found.name, "cluster_options.nodes"));
  return found;
}

} // namespace websock::runtime::distribution
