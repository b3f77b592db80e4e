// Counts and reports refused origins.
#include "websock/handshake/refused_origins.hpp"

#include "websock/http/origin.hpp"

namespace websock {

namespace {

[[nodiscard]] std::string shortened(std::string_view text) {
  constexpr auto most = refused_origins::longest_told;
  return text.size() <= most ? std::string(text)
                             : std::string(text.substr(0, most)) + "...";
}

[[nodiscard]] std::string remedy_for(std::string_view origin, std::size_t headers) {
  if (headers > 1)
    return "it is not the only one";
  return http::is_listable(origin)
             ? "websock::http::origins({\"" + std::string(origin)
                   + "\"}) as upgrade_options::origin would let it in"
             : std::string("it is none that could be listed");
}

[[nodiscard]] std::string line_about(const http::request& refused,
                                     std::string_view origin) {
  const auto headers = refused.header_values("Origin").size();
  return "origin " + shortened(origin) + " is refused at "
         + shortened(refused.header("Host").value_or("no host")) + ": "
         + remedy_for(shortened(origin), headers);
}

} // namespace

std::optional<std::string> refused_origins::note(const http::request& refused) {
  // relaxed: a counter without a pair; it publishes nothing.
  count_.fetch_add(1, std::memory_order_relaxed);
  const auto origin = refused.header("Origin").value_or("");
  const std::lock_guard lock(mutex_);
  if (told_.size() >= most_told || !told_.insert(shortened(origin)).second)
    return std::nullopt;
  auto line = line_about(refused, origin);
  if (told_.size() == most_told)
    line += "; further origins are only counted";
  return line;
}

} // namespace websock
