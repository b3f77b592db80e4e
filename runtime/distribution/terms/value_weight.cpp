// Weighing values, part by part.
#include "value_weight.hpp"

#include <string>
#include <utility>
#include <vector>

namespace websock::runtime::distribution {

namespace {

using etf::value;

[[nodiscard]] std::size_t weight(const std::vector<value>& elements) noexcept {
  auto sum = elements.size() * sizeof(value);
  for (const auto& each : elements)
    sum += weight_of(each); // as deep as etf::value allows
  return sum;
}

// One for each kind of content.
struct weigh {
  std::size_t operator()(const etf::atom& part) const { return part.name.size(); }
  std::size_t operator()(const etf::big& part) const { return part.magnitude.size(); }
  std::size_t operator()(const etf::list& part) const { return weight(part.elements); }
  std::size_t operator()(const etf::tuple& part) const { return weight(part.elements); }
  std::size_t operator()(const etf::improper_list& part) const {
    return weight(part.elements) + weight_of(part.tail);
  }
  std::size_t operator()(const etf::map& part) const {
    auto sum = part.pairs.size() * sizeof(std::pair<value, value>);
    for (const auto& [key, content] : part.pairs)
      sum += weight_of(key) + weight_of(content);
    return sum;
  }
  template <class T>
  std::size_t operator()(const T& part) const {
    if constexpr (requires { part.octets; })
      return part.octets.size();
    else
      return 0;
  }
};

} // namespace

std::size_t weight_of(const etf::value& subject) noexcept {
  constexpr std::size_t shared = 64; // a block with its count, and what it begins with
  return subject.visit(weigh()) + shared;
}

} // namespace websock::runtime::distribution
