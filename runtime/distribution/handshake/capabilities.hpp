// What two nodes tell each other that they can do: the distribution flags, DFLAG_..., of
// erl_dist_protocol.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

namespace websock::runtime::distribution {

/// One flag. The names are Erlang's, without DFLAG_.
enum class capability : std::uint64_t {
  published = 0x1, // without it a node is hidden
  atom_cache = 0x2,
  extended_references = 0x4,
  dist_monitor = 0x8,
  fun_tags = 0x10,
  dist_monitor_name = 0x20,
  hidden_atom_cache = 0x40,
  new_fun_tags = 0x80,
  extended_pids_ports = 0x100,
  export_ptr_tag = 0x200,
  bit_binaries = 0x400,
  new_floats = 0x800,
  unicode_io = 0x1000,
  dist_hdr_atom_cache = 0x2000,
  small_atom_tags = 0x4000,
  utf8_atoms = 0x1'0000,
  map_tag = 0x2'0000,
  big_creation = 0x4'0000,
  send_sender = 0x8'0000,
  big_seqtrace_labels = 0x10'0000,
  exit_payload = 0x40'0000,
  fragments = 0x80'0000,
  handshake_23 = 0x100'0000,
  unlink_id = 0x200'0000,
  // Stands for all of `mandatory_in_otp_25`. The document says bit 36; OTP 25 sends this
  // one.
  mandatory_25_digest = 0x400'0000,
  spawn = 0x1'0000'0000,
  name_me = 0x2'0000'0000, // no capability: the peer asks us for a name
  v4_nc = 0x4'0000'0000,
  alias = 0x8'0000'0000,
};

/// A set of flags, those without a name included.
class capabilities {
public:
  constexpr capabilities() noexcept = default;
  constexpr explicit capabilities(std::uint64_t bits) noexcept : bits_(bits) {}
  constexpr capabilities(std::initializer_list<capability> each) noexcept {
    for (const auto one : each)
      bits_ |= static_cast<std::uint64_t>(one);
  }

  [[nodiscard]] constexpr std::uint64_t bits() const noexcept { return bits_; }
  [[nodiscard]] constexpr bool is_empty() const noexcept { return bits_ == 0; }
  [[nodiscard]] constexpr bool has(capability one) const noexcept {
    return (bits_ & static_cast<std::uint64_t>(one)) != 0;
  }
  [[nodiscard]] constexpr capabilities without(capabilities others) const noexcept {
    return capabilities(bits_ & ~others.bits_);
  }
  constexpr friend capabilities operator|(capabilities a, capabilities b) noexcept {
    return capabilities(a.bits_ | b.bits_);
  }
  /// What both have: this is what two nodes agree on.
  constexpr friend capabilities operator&(capabilities a, capabilities b) noexcept {
    return capabilities(a.bits_ & b.bits_);
  }
  friend bool operator==(capabilities, capabilities) = default;

private:
  std::uint64_t bits_ = 0;
};

/// What OTP 25 refuses to do without.
inline constexpr capabilities mandatory_in_otp_25{
    capability::extended_references, capability::fun_tags,       capability::new_fun_tags,
    capability::extended_pids_ports, capability::export_ptr_tag, capability::bit_binaries,
    capability::new_floats,          capability::utf8_atoms,     capability::map_tag,
    capability::big_creation,        capability::handshake_23};
inline constexpr capabilities mandatory_in_otp_26 =
    mandatory_in_otp_25 | capabilities{capability::v4_nc, capability::unlink_id};
inline constexpr capabilities mandatory_in_otp_27 =
    mandatory_in_otp_26 | capabilities{capability::mandatory_25_digest};

/// What we refuse to do without. Every node since OTP 25 has it.
inline constexpr capabilities required = mandatory_in_otp_26;

enum class visibility {
  hidden,  // in the peer's nodes(hidden); `global` leaves us alone
  visible, // in the peer's nodes(): its `global` and whoever subscribes to nodes talk to
           // us
};

/// What we offer to a peer. `spawn` is not among it: code does not move between our
/// nodes, and without the flag an Erlang node answers spawn_request with notsup itself.
[[nodiscard]] capabilities offered(visibility seen) noexcept;

/// The same with everything that `mandatory_25_digest` stands for.
[[nodiscard]] capabilities spelled_out(capabilities given) noexcept;

/// For people, as in "V4_NC, UNLINK_ID"; flags without a name as a number.
[[nodiscard]] std::string to_string(capabilities given);

} // namespace websock::runtime::distribution
