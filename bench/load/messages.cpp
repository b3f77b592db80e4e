// Payloads, in channels or without.
#include "bench/load/messages.hpp"

#include "bench/load/phoenix.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace bench {

namespace {

constexpr std::size_t digits = 6; // at the begin of a payload: its number

[[nodiscard]] std::size_t count_for(const settings& wanted) {
  constexpr std::size_t octets = 32'768; // of all frames together: they stay in the cache
  const auto fitting = std::min<std::size_t>(octets / (wanted.size + 8), 256);
  return std::max<std::size_t>(wanted.depth + 2, fitting);
}

[[nodiscard]] std::string number_text(std::size_t number) {
  auto text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

/// What a feed sends: compressible, and no two are the same.
void append_json(std::string& text, std::size_t size, std::uint32_t seed) {
  text += R"({"type":"said","room":"lobby","items":[)";
  while (text.size() < size) {
    seed = seed * 1'664'525U + 1'013'904'223U;
    text += R"({"id":)" + std::to_string(seed >> 12U) + R"(,"nick":"user)"
            + std::to_string(seed >> 24U) + R"(","online":true,"score":)"
            + std::to_string(seed % 1'000U) + "},";
  }
}

[[nodiscard]] std::string make_payload(const settings& wanted, std::size_t number) {
  auto text = number_text(number);
  if (wanted.kind == payload_kind::json)
    append_json(text, wanted.size, static_cast<std::uint32_t>(number));
  const auto last = wanted.kind == payload_kind::binary ? 256U : 95U;
  const auto first = wanted.kind == payload_kind::binary ? 0U : 32U;
  for (auto value = static_cast<unsigned>(number); text.size() < wanted.size;)
    text += static_cast<char>(first + (value = value * 29U + 7U) % last);
  if (wanted.size < text.size()) // keeps the digits that differ
    text = wanted.size < digits ? text.substr(digits - wanted.size, wanted.size)
                                : text.substr(0, wanted.size);
  return text;
}

} // namespace

messages messages_of(const settings& wanted, traffic what) {
  if (what == traffic::visits)
    return phoenix::visits(wanted);
  if (!wanted.topic.empty() && wanted.topics == 0)
    return phoenix::heartbeat();
  std::vector<std::string> payloads;
  for (std::size_t number = 0; number < count_for(wanted); ++number)
    payloads.push_back(make_payload(wanted, number));
  if (wanted.topic.empty())
    return {payloads, payloads};
  return what == traffic::echoes ? phoenix::pushes(wanted, payloads)
                                 : phoenix::broadcasts(wanted, payloads);
}

} // namespace bench
