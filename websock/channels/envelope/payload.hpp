// What a message of a channel carries: a JSON value, or octets.
#pragma once

#include "websock/channels/envelope/json.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace websock::channels {

/// Immutable and shared: cheap to copy, for any thread. JSON stays text until somebody
/// asks for its value.
class payload {
public:
  /// An empty object.
  payload() noexcept = default;
  /// Throws json::type_error if a string in it is not UTF-8. A value of the type
  /// json::binary_t is a binary payload.
  explicit(false) payload(const json& value);
  /// The same for braces: `payload{{"name", "Ada"}, {"age", 36}}`.
  explicit(false) payload(json::initializer_list_t value) : payload(json(value)) {}
  /// A JSON value that has been checked.
  [[nodiscard]] static payload from_text(std::string text);
  [[nodiscard]] static payload binary(std::string octets);

  [[nodiscard]] bool is_binary() const noexcept;
  /// Whether it is a JSON object, as what is pushed or broadcast must be if not binary.
  [[nodiscard]] bool is_object() const noexcept;
  /// The JSON text, or the octets of a binary payload. Valid as long as any copy.
  [[nodiscard]] const std::string& text() const noexcept;
  /// The value, made once: of a binary payload a json::binary_t. Valid as long as any
  /// copy.
  [[nodiscard]] const json& value() const;
  /// The member of this name; null if there is none, or this is no object.
  [[nodiscard]] const json& operator[](std::string_view name) const;

  friend std::size_t heap_size(const payload& value) noexcept;

private:
  struct content;
  explicit payload(std::shared_ptr<const content> shared) noexcept;

  std::shared_ptr<const content> content_; // null: an empty object
};

} // namespace websock::channels
