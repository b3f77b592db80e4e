// The list of the built-in types.
#include "builtin_types.hpp"

#include "../../time/clock.hpp"
#include "codec_container.hpp"
#include "codec_runtime.hpp"
#include "codec_scalar.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>

namespace websock::runtime::distribution {

namespace {

template <class T>
void add(std::vector<const known_type*>& all) {
  all.insert(all.end(),
             {&known_as<T>, &known_as<std::vector<T>>, &known_as<std::optional<T>>});
}

template <class... Ts>
[[nodiscard]] std::vector<const known_type*> list_of() {
  std::vector<const known_type*> all;
  (add<Ts>(all), ...);
  return all;
}

} // namespace

std::vector<const known_type*> builtin_types() {
  auto all = list_of<bool, char, signed char, unsigned char, short, unsigned short, int,
                     unsigned, long, unsigned long, long long, unsigned long long, float,
                     double, std::string, atom, pid, reference, alias, exit_reason,
                     etf::value, duration, std::chrono::nanoseconds,
                     std::chrono::microseconds, std::chrono::milliseconds,
                     std::chrono::seconds, std::chrono::minutes, std::chrono::hours>();
  for (const auto* each :
       {&known_as<term>, &known_as<std::monostate>, &known_as<std::vector<std::byte>>,
        &known_as<std::map<std::string, std::string>>,
        &known_as<std::map<std::string, std::int64_t>>,
        &known_as<std::map<std::string, double>>,
        &known_as<std::map<std::string, etf::value>>})
    all.push_back(each);
  return all;
}

} // namespace websock::runtime::distribution
