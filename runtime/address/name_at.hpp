// A registered name on a node, which may be another one.
#pragma once

#include <string>
#include <utility>

namespace websock::runtime {

/// Whoever is registered as `name` on `node` when a message arrives there. Accepted where
/// a name is. Source: Erlang's {Name, Node}.
struct name_at {
  std::string name;
  std::string node; // as in "chat@host"

  name_at() noexcept = default;
  // No aggregate: g++ 12 destroys one twice that is made within a co_await.
  name_at(std::string its_name, std::string its_node) noexcept
      : name(std::move(its_name)), node(std::move(its_node)) {}
  friend bool operator==(const name_at&, const name_at&) = default;
};

/// `{name, node}`.
[[nodiscard]] inline std::string to_string(const name_at& value) {
  return '{' + value.name + ", " + value.node + '}';
}

} // namespace websock::runtime
