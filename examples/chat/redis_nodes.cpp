// An engine for lines and presences.
#include "examples/chat/redis_nodes.hpp"

#include "websock/channels/presence_redis.hpp"

#include "examples/chat/owned_file.hpp"

#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace chat {

namespace {

[[nodiscard]] std::uint16_t port_in(std::string_view digits) {
  std::uint16_t port = 0;
  const auto* const end = digits.data() + digits.size();
  const auto [rest, failed] = std::from_chars(digits.data(), end, port);
  if (failed != std::errc() || rest != end || port == 0)
    throw std::runtime_error("--redis has to be HOST or HOST:PORT");
  return port;
}

[[nodiscard]] websock::redis::engine_options options_of(const std::string& name,
                                                        const redis_setup& setup) {
  websock::redis::engine_options options;
  options.name = name;
  const auto colon = setup.address.find(':');
  options.host = setup.address.substr(0, colon);
  if (colon != std::string::npos)
    options.port = port_in(std::string_view(setup.address).substr(colon + 1));
  if (!setup.password_file.empty())
    options.password = secret_in(setup.password_file, "--redis-password-file", 1);
  return options;
}

} // namespace

struct redis_nodes::parts {
  websock::redis::engine engine;
};

bool has_redis() noexcept {
  return true;
}

redis_nodes::redis_nodes(websock::runtime::node& on, const std::string& name,
                         const redis_setup& setup)
    : parts_(new parts{websock::redis::engine(on, options_of(name, setup))}) {
}

redis_nodes::~redis_nodes() = default;

void redis_nodes::join(websock::channels::presence& people) {
  websock::channels::join_redis(people, parts_->engine);
}

} // namespace chat
