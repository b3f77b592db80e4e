// A registered type: its name, and its fields in order.
#pragma once

#include "../../term/term.hpp"
#include "codec.hpp"
#include "opened.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace websock::runtime::distribution {

class any_message {
public:
  explicit any_message(std::string_view name) : name_(name) {}
  any_message(const any_message&) = delete;
  any_message& operator=(const any_message&) = delete;
  virtual ~any_message() = default;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] virtual const std::type_info& type() const noexcept = 0;
  [[nodiscard]] virtual bool has_same_fields(const any_message& other) const noexcept = 0;
  /// A message of this type, whose name has been taken, and so many fields follow.
  /// Nullopt when they do not fit; then any part of them has been taken.
  [[nodiscard]] virtual std::optional<term> arrive(decoding& from,
                                                   std::size_t fields) const = 0;

private:
  const std::string name_;
};

/// The head of a message: `name`, or `{name, ...}`.
struct message_head {
  std::string_view name; // a view of what the reader reads
  std::size_t fields;
};
/// Takes the head of what may be a message; nullopt when it is none, and then nothing or
/// the arity of a tuple has been taken.
[[nodiscard]] std::optional<message_head> read_head(decoding& from);

template <class T>
class message : public any_message {
public:
  using any_message::any_message;

  [[nodiscard]] const std::type_info& type() const noexcept final { return typeid(T); }
  [[nodiscard]] std::optional<term> arrive(decoding& from,
                                           std::size_t fields) const final {
    auto value = read_fields(from, fields);
    return value ? std::optional(make_opened(std::move(*value), from.ids)) : std::nullopt;
  }
  [[nodiscard]] std::optional<T> read(decoding& from) const {
    const auto level = from.enter();
    const auto head = level ? read_head(from) : std::nullopt;
    return head && head->name == name() ? read_fields(from, head->fields) : std::nullopt;
  }
  virtual void write(encoding& to, const T& value) const = 0;

private:
  [[nodiscard]] virtual std::optional<T> read_fields(decoding& from,
                                                     std::size_t present) const = 0;
};

template <class T, class Field>
using field_t = std::remove_cvref_t<std::invoke_result_t<Field, T&>>;

template <class T, class... Fields>
class message_of final : public message<T> {
public:
  explicit message_of(std::string_view name, Fields... fields)
      : message<T>(name), fields_(fields...) {}

  [[nodiscard]] bool has_same_fields(const any_message& other) const noexcept override {
    const auto* same = dynamic_cast<const message_of*>(&other);
    return same != nullptr && same->fields_ == fields_;
  }
  void write(encoding& to, const T& value) const override {
    if constexpr (sizeof...(Fields) == 0) {
      to.out.atom(this->name());
    } else {
      const auto level = to.enter(sizeof...(Fields) + 1);
      to.out.tuple(sizeof...(Fields) + 1);
      to.out.atom(this->name());
      std::apply(
          [&](Fields... each) {
            (codec<field_t<T, Fields>>::write(to, std::invoke(each, value)), ...);
          },
          fields_);
    }
  }

private:
  /// Fields are only ever appended: those that an older sender does not have keep the
  /// value of a T{}, and what a newer one has beyond them is skipped.
  [[nodiscard]] std::optional<T> read_fields(decoding& from,
                                             std::size_t present) const override {
    T value{};
    std::size_t left = present;
    const bool fits = std::apply(
        [&](Fields... each) { return (read_field(from, left, value, each) && ...); },
        fields_);
    if (!fits)
      return std::nullopt;
    for (; left != 0; --left)
      from.in.skip();
    return value;
  }
  template <class Field>
  [[nodiscard]] static bool read_field(decoding& from, std::size_t& left, T& value,
                                       Field field) {
    if (left == 0)
      return true;
    --left;
    auto read = codec<field_t<T, Field>>::read(from);
    if (read)
      std::invoke(field, value) = std::move(*read);
    return read.has_value();
  }

  const std::tuple<Fields...> fields_;
};

} // namespace websock::runtime::distribution
