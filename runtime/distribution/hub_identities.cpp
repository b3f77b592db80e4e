// What pids, references and aliases are called elsewhere.
#include "../address/not_transmissible.hpp"
#include "../address/remote_process.hpp"
#include "hub.hpp"

namespace websock::runtime::distribution {

namespace {

// A number of 64 bits in a pid's id and serial.
[[nodiscard]] std::uint64_t number_of(std::uint32_t id, std::uint32_t serial) noexcept {
  return std::uint64_t{serial} << 32U | id;
}

// A value of 64 bits in three words, the first of which has 18: so every OTP keeps it.
constexpr std::uint32_t first_word_bits = 18;
constexpr std::uint32_t words_of_ours = 3;

[[nodiscard]] std::array<std::uint32_t, 5> words_of(reference ours) noexcept {
  const auto value = ours.value();
  return {static_cast<std::uint32_t>(value & ((1U << first_word_bits) - 1)),
          static_cast<std::uint32_t>(value >> first_word_bits),
          static_cast<std::uint32_t>(value >> (first_word_bits + 32U)), 0, 0};
}

template <class Words>
[[nodiscard]] reference reference_of(const Words& words) noexcept {
  return reference(std::uint64_t{words[0]} | std::uint64_t{words[1]} << first_word_bits
                   | std::uint64_t{words[2]} << (first_word_bits + 32U));
}

} // namespace

bool hub::is_ours(std::string_view node, std::uint32_t creation) const noexcept {
  return node == name() && creation == creation_;
}

pid_view hub::local_view(const pid& who) {
  if (who)
    exported_.add(who);
  const auto number = who.number();
  return {name(), static_cast<std::uint32_t>(number),
          static_cast<std::uint32_t>(number >> 32U), creation_};
}

etf::pid hub::to_etf(const pid& who) {
  if (const auto* remote = runtime::detail::find_remote(who))
    return static_cast<const known_process*>(remote)->as_view().copy();
  if (who.is_foreign())
    throw not_transmissible("the pid of an actor of CAF means nothing on another node");
  return local_view(who).copy();
}

pid hub::to_pid(const etf::pid& who) {
  if (is_ours(who.node.name, who.creation))
    if (auto found = exported_.find(number_of(who.id, who.serial)))
      return found;
  // One of this node that has exited is a process of a node that is never connected.
  return find_mentioned(who.node.name).intern({who.id, who.serial, who.creation});
}

pid hub::exported(const pid_view& who) const {
  return is_ours(who.node, who.creation) ? exported_.find(number_of(who.id, who.serial))
                                         : pid();
}

reference_view hub::local_view(reference ours) const noexcept {
  reference_view made;
  made.node = name();
  made.creation = creation_;
  made.count = words_of_ours;
  made.words = words_of(ours);
  return made;
}

etf::reference hub::to_etf(reference ours) {
  if (!foreign_.is_foreign(ours))
    return local_view(ours).copy();
  if (auto theirs = foreign_.find(ours))
    return *theirs;
  throw not_transmissible("a reference of another node that is long forgotten here");
}

reference hub::local_reference(const reference_view& who) const noexcept {
  return is_ours(who.node, who.creation) ? reference_of(who.words) : reference();
}

reference hub::to_reference(const etf::reference& who) {
  return is_ours(who.node.name, who.creation) ? reference_of(who.words)
                                              : foreign_.to_local(who);
}

etf::reference hub::to_etf(const alias& address) {
  if (address.owner && !address.owner.is_foreign())
    aliases_.add(address);
  return to_etf(address.ref);
}

alias hub::to_alias(const etf::reference& address) {
  if (is_ours(address.node.name, address.creation))
    return aliases_.find(reference_of(address.words));
  return {find_mentioned(address.node.name).intern({0, 0, address.creation}),
          foreign_.to_local(address)};
}

std::optional<etf::reference> hub::foreign_alias(reference address,
                                                 const known_node& node) const {
  auto theirs = foreign_.find(address);
  if (theirs && theirs->node.name != node.name())
    theirs.reset();
  return theirs;
}

alias hub::exported_alias(const reference_view& who) const {
  return is_ours(who.node, who.creation) ? aliases_.find(reference_of(who.words))
                                         : alias{};
}

} // namespace websock::runtime::distribution
