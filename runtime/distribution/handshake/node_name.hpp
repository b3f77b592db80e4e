// Names of nodes: name@host.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace websock::runtime::distribution {

/// A name that Erlang takes, too: before the @, letters, digits, _ and -; behind it, a
/// host name or an address. At most 255 octets together.
class node_name {
public:
  static constexpr std::size_t most_octets = 255; // of an atom

  /// Throws std::invalid_argument that names `option` and says what is wrong.
  [[nodiscard]] static node_name parse(std::string_view text,
                                       std::string_view option = "name");
  /// What a peer says; none if it is not a name.
  [[nodiscard]] static std::optional<node_name> read(std::string_view text);

  /// All of it, as in "chat@10.0.0.7".
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  /// What epmd knows: "chat". A view of this object, as is `host`.
  [[nodiscard]] std::string_view alive() const noexcept;
  [[nodiscard]] std::string_view host() const noexcept;
  /// Whether the host has a dot or a colon. Erlang keeps nodes of long names (erl -name)
  /// and of short ones (erl -sname) apart.
  [[nodiscard]] bool is_long() const noexcept;

  /// Octet by octet: this is the order that decides between simultaneous connects.
  friend auto operator<=>(const node_name&, const node_name&) = default;

private:
  node_name(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  std::string text_;
  std::size_t at_; // of text_: where the @ is
};

} // namespace websock::runtime::distribution
