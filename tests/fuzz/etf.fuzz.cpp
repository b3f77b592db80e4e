// The external term format: any octets are refused or become a value, which survives
// being written and read. Skipping takes what reading takes.
#include "websock/runtime/distribution/etf/reader.hpp"
#include "websock/runtime/distribution/etf/writer.hpp"

#include "tests/fuzz/input.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace {

namespace etf = websock::runtime::etf;

class two_names final : public etf::atom_table {
public:
  [[nodiscard]] std::optional<std::string_view>
  find(std::uint8_t index) const noexcept override {
    constexpr std::array<std::string_view, 2> names{"ok", "chat@host"};
    if (index >= names.size())
      return std::nullopt;
    return names[index];
  }
};

// How many octets are skipped; nullopt: they are malformed.
std::optional<std::size_t> skipped(std::string_view octets, const etf::limits& limits,
                                   const etf::atom_table* cache) {
  try {
    return etf::reader(octets, limits, cache).skip().size();
  } catch (const etf::malformed& found) {
    fuzz::require(found.position() <= octets.size(), "the fault is inside the octets");
    return std::nullopt;
  }
}

void check_round_trip(const etf::value& term) {
  std::string octets;
  etf::writer(octets).value(term);
  etf::reader again(octets, {.depth = etf::value::max_depth});
  fuzz::require(again.value() == term, "what is written is read as the same");
  fuzz::require(again.at_end(), "and is all that is written");
  std::string twice;
  etf::writer(twice).value(term);
  fuzz::require(twice == octets, "a value is written in one way");
  fuzz::require(!to_string(term).empty(), "a value is printed");
}

void check(std::string_view octets, const etf::limits& limits,
           const etf::atom_table* cache) {
  const auto size = skipped(octets, limits, cache);
  etf::reader in(octets, limits, cache);
  try {
    const auto what = in.next();
    const auto term = in.value();
    fuzz::require(size == in.position(), "skipping takes what reading takes");
    fuzz::require(what != etf::type::integer || term.is<std::int64_t>(),
                  "next tells what comes");
    check_round_trip(term);
  } catch (const etf::malformed&) {
    fuzz::require(in.position() == 0, "what is malformed is not taken");
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input in(data, size);
  const auto flags = in.byte();
  const two_names names;
  etf::limits limits;
  if ((flags & 2U) != 0)
    limits = {.octets = 1'000, .depth = 3, .elements = 10};
  const auto octets = in.text(size);
  if (octets.size() <= limits.octets)
    check(octets, limits, (flags & 1U) != 0 ? &names : nullptr);
  return 0;
}
