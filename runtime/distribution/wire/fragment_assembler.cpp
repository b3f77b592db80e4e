// Sequences of fragments, each until its last one.

#include "fragment_assembler.hpp"

#include "../etf/malformed.hpp"

#include <string>
#include <utility>

namespace websock::runtime::distribution {

kept_atoms::kept_atoms(const atom_references& references) {
  ends_.reserve(references.count());
  for (std::size_t i = 0; i < references.count(); ++i) {
    text_ += *references.find(static_cast<std::uint8_t>(i));
    ends_.push_back(static_cast<std::uint32_t>(text_.size()));
  }
}

std::optional<std::string_view> kept_atoms::find(std::uint8_t index) const noexcept {
  if (index >= ends_.size())
    return std::nullopt;
  const std::size_t begin = index == 0 ? 0 : ends_[index - 1U];
  return std::string_view{text_}.substr(begin, ends_[index] - begin);
}

std::size_t kept_atoms::weight() const noexcept {
  return text_.size() + ends_.size() * sizeof ends_.front();
}

void fragment_assembler::begin(std::uint64_t sequence, std::uint64_t fragments,
                               std::string_view octets,
                               const atom_references& references) {
  if (sequences_.size() >= limits_.sequences)
    throw etf::malformed("more than " + std::to_string(limits_.sequences)
                             + " unfinished sequences of fragments",
                         0);
  const auto [place, is_new] = sequences_.try_emplace(sequence);
  if (!is_new)
    throw etf::malformed("a sequence of fragments begins twice", 0);
  auto& state = place->second;
  state.expected = fragments - 1;
  state.packet.atoms = kept_atoms{references};
  weigh(state, state.packet.atoms.weight());
  append(state, octets);
}

std::optional<assembled_packet> fragment_assembler::add(std::uint64_t sequence,
                                                        std::uint64_t fragment,
                                                        std::string_view octets) {
  const auto place = sequences_.find(sequence);
  if (place == sequences_.end())
    throw etf::malformed("a fragment of a sequence that has not begun", 0);
  auto& state = place->second;
  if (fragment != state.expected)
    throw etf::malformed("fragment " + std::to_string(fragment) + " where "
                             + std::to_string(state.expected) + " is next",
                         0);
  append(state, octets);
  --state.expected;
  if (fragment != 1)
    return std::nullopt;
  held_ -= state.weight;
  auto whole = std::move(state.packet);
  sequences_.erase(place);
  return whole;
}

void fragment_assembler::append(sequence_state& state, std::string_view octets) {
  weigh(state, octets.size());
  state.packet.octets += octets;
}

void fragment_assembler::weigh(sequence_state& state, std::size_t octets) {
  if (octets > limits_.octets - held_)
    throw etf::malformed("more than " + std::to_string(limits_.octets)
                             + " octets of unfinished sequences",
                         0);
  held_ += octets;
  state.weight += octets;
}

} // namespace websock::runtime::distribution
