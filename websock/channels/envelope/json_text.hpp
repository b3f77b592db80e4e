// JSON as text: checked and taken apart without making values of it. RFC 8259.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace websock::channels {

/// Takes a text apart from the front. The text must be UTF-8, which is not checked here.
class json_cursor {
public:
  static constexpr std::size_t most_nested = 512; // arrays and objects within each other

  explicit json_cursor(std::string_view text) noexcept : text_(text) {}

  /// Takes `wanted`, and the white space before it, if it comes next.
  [[nodiscard]] bool take(char wanted) noexcept;
  /// Takes the next value and returns its text without the white space around it. Empty
  /// if it is malformed, nested too deeply or a number that a double does not hold.
  [[nodiscard]] std::optional<std::string_view> take_value();
  /// Whether nothing but white space is left.
  [[nodiscard]] bool is_at_end() noexcept;

private:
  [[nodiscard]] char peek() const noexcept {
    return position_ < text_.size() ? text_[position_] : '\0';
  }
  void skip_space() noexcept;
  [[nodiscard]] bool skip_key() noexcept;
  [[nodiscard]] bool skip_scalar() noexcept;
  [[nodiscard]] bool skip_word(std::string_view word) noexcept;
  [[nodiscard]] bool skip_digits() noexcept;
  [[nodiscard]] bool skip_number() noexcept;
  [[nodiscard]] bool skip_string() noexcept;
  [[nodiscard]] bool skip_escape() noexcept;
  [[nodiscard]] int take_unit() noexcept;

  std::string_view text_;
  std::size_t position_ = 0;
};

/// The characters that a string literal, already checked, stands for.
[[nodiscard]] std::string unquoted(std::string_view literal);

/// Appends `text` as a string literal: only quotes, backslashes and control characters
/// are escaped.
void append_quoted(std::string& out, std::string_view text);

} // namespace websock::channels
