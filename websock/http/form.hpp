// The values of a query string or of a body of the type
// application/x-www-form-urlencoded, nested by brackets in their names as Plug nests
// them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace websock::http {

/// A text, a list, or values with names. Texts are UTF-8.
class form {
public:
  using list = std::vector<form>;
  using fields = std::vector<std::pair<std::string, form>>; // each name once

  form() = default; // an empty text
  explicit form(std::string text) : value_(std::move(text)) {}
  explicit form(list elements) : value_(std::move(elements)) {}
  explicit form(fields named) : value_(std::move(named)) {}

  /// Null if it is something else, as are the next two.
  [[nodiscard]] const std::string* as_text() const noexcept {
    return std::get_if<std::string>(&value_);
  }
  [[nodiscard]] const list* as_list() const noexcept {
    return std::get_if<list>(&value_);
  }
  [[nodiscard]] const fields* as_fields() const noexcept {
    return std::get_if<fields>(&value_);
  }
  /// The value of this name; null if there is none.
  [[nodiscard]] const form* find(std::string_view name) const noexcept;
  /// The text of this name; empty if there is none.
  [[nodiscard]] std::string_view text(std::string_view name) const noexcept;

  /// The value of this name, or a new one: what had no names before is replaced.
  [[nodiscard]] form& field(std::string_view name);
  /// A new element at the end: what was no list before is replaced.
  [[nodiscard]] form& append();

  friend bool operator==(const form& a, const form& b) = default;

private:
  std::variant<std::string, list, fields> value_;
};

struct form_limits {
  std::size_t max_values = 1'000;
  std::size_t max_depth = 16; // brackets in one name
};

/// `a=1`: text; `l[]=1&l[]=2`: a list; `u[n]=x`: named values; of a repeated name the
/// last value stays. A plus is a space. Empty if an escape is malformed, something is not
/// UTF-8, or a limit is exceeded: answer 400.
[[nodiscard]] std::optional<form> parse_form(std::string_view encoded,
                                             form_limits limits = {});

} // namespace websock::http
