// Converts terms to CAF messages and back.
#include "caf_term.hpp"

#include "../term/access.hpp"

#include <caf/actor.hpp>
#include <caf/all.hpp>
#include <caf/detail/message_data.hpp>
#include <caf/type_nr.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace websock::runtime::detail {

namespace {

// CAF numbers its own types instead of naming them. This maps the numbers to names and
// back.
template <class... Ts>
std::array<const std::type_info*, sizeof...(Ts) + 1>
number_types(caf::detail::type_list<Ts...>) {
  std::array<const std::type_info*, sizeof...(Ts) + 1> types{};
  ((types[caf::type_nr<Ts>::value] = &typeid(Ts)), ...);
  return types;
}

const std::type_info* const* builtin_types() {
  static const auto types = number_types(caf::sorted_builtin_types{});
  return types.data();
}

[[nodiscard]] caf::rtti_pair as_rtti(const std::type_info& type) {
  const auto* types = builtin_types();
  for (std::uint16_t number = 1; number < caf::type_nrs; ++number)
    if (types[number] != nullptr && *types[number] == type)
      return {number, nullptr};
  return {0, &type};
}

[[nodiscard]] const std::type_info* as_type(const caf::rtti_pair& rtti) {
  return rtti.first == 0 ? rtti.second : builtin_types()[rtti.first];
}

using saver = caf::error (*)(caf::serializer&, const void*);

template <class... Ts>
std::array<saver, sizeof...(Ts) + 1> savers_of(caf::detail::type_list<Ts...>) {
  std::array<saver, sizeof...(Ts) + 1> savers{};
  ((savers[caf::type_nr<Ts>::value] = [](caf::serializer& sink, const void* value)
        -> caf::error { return sink(*static_cast<const Ts*>(value)); }),
   ...);
  return savers;
}

[[nodiscard]] caf::error save_element(const term& value, std::size_t index,
                                      caf::serializer& sink) {
  static const auto savers = savers_of(caf::sorted_builtin_types{});
  const auto number = as_rtti(*detail::access::box(value)->shape().types[index]).first;
  if (number == 0)
    return caf::sec::unknown_type;
  return savers[number](sink, detail::access::box(value)->element(index));
}

/// The index of the first element that is not one of CAF's own types, or the size.
[[nodiscard]] std::size_t first_unknown(const term& value) {
  std::size_t i = 0;
  while (i < value.size()
         && as_rtti(*detail::access::box(value)->shape().types[i]).first != 0)
    ++i;
  return i;
}

[[nodiscard]] std::string print_element(const term& value, std::size_t index) {
  std::string out;
  detail::access::box(value)->print_element(out, index);
  return out;
}

[[nodiscard]] term clone(const term& value) {
  return detail::access::adopt<term>(detail::access::box(value)->clone());
}

/// One element of an unshared term: CAF copies a message element by element when a
/// handler wants to change it.
class term_element final : public caf::type_erased_value {
public:
  term_element(term value, std::size_t index) : value_(std::move(value)), index_(index) {}

  void* get_mutable() override { return const_cast<void*>(get()); }
  const void* get() const override {
    return detail::access::box(value_)->element(index_);
  }
  caf::rtti_pair type() const override {
    return as_rtti(*detail::access::box(value_)->shape().types[index_]);
  }
  std::string stringify() const override { return print_element(value_, index_); }
  caf::type_erased_value_ptr copy() const override {
    return std::make_unique<term_element>(clone(value_), index_);
  }
  caf::error load(caf::deserializer&) override { return caf::sec::unknown_type; }
  caf::error save(caf::serializer& sink) const override {
    return save_element(value_, index_, sink);
  }

private:
  const term value_;
  const std::size_t index_;
};

/// A term in the shape of a CAF message.
class term_data final : public caf::detail::message_data {
public:
  explicit term_data(term value) : value_(std::move(value)) {}

  void* get_mutable(std::size_t index) override {
    if (detail::access::box(value_)->is_shared())
      value_ = clone(value_);
    return const_cast<void*>(detail::access::box(value_)->element(index));
  }
  const void* get(std::size_t index) const noexcept override {
    return detail::access::box(value_)->element(index);
  }
  std::size_t size() const noexcept override { return value_.size(); }
  caf::rtti_pair type(std::size_t index) const noexcept override {
    return as_rtti(*detail::access::box(value_)->shape().types[index]);
  }
  std::uint32_t type_token() const noexcept override {
    std::uint32_t token = caf::make_type_token<>();
    for (std::size_t i = 0; i < size(); ++i)
      token = caf::add_to_type_token(token, type(i).first);
    return token;
  }
  /// CAF asks this before a handler may change the values in place.
  bool shared() const noexcept override {
    return message_data::shared() || detail::access::box(value_)->is_shared();
  }
  std::string stringify(std::size_t index) const override {
    return print_element(value_, index);
  }
  message_data* copy() const override { return new term_data(clone(value_)); }
  caf::type_erased_value_ptr copy(std::size_t index) const override {
    return std::make_unique<term_element>(clone(value_), index);
  }
  caf::error load(std::size_t, caf::deserializer&) override {
    return caf::sec::unknown_type;
  }
  caf::error save(std::size_t index, caf::serializer& sink) const override {
    return save_element(value_, index, sink);
  }

  [[nodiscard]] const term& value() const noexcept { return value_; }

private:
  term value_;
};

/// A term that CAF cannot send to another node: text to CAF, but still the term to us.
class described_data final : public caf::detail::message_data {
public:
  explicit described_data(term value)
      : value_(std::move(value)), text_(to_string(value_)) {}

  void* get_mutable(std::size_t) override { return &text_; }
  const void* get(std::size_t) const noexcept override { return &text_; }
  std::size_t size() const noexcept override { return 1; }
  caf::rtti_pair type(std::size_t) const noexcept override {
    return as_rtti(typeid(std::string));
  }
  std::uint32_t type_token() const noexcept override {
    return caf::make_type_token<std::string>();
  }
  std::string stringify(std::size_t) const override { return text_; }
  message_data* copy() const override { return new described_data(value_); }
  caf::type_erased_value_ptr copy(std::size_t) const override {
    return caf::make_type_erased_value<std::string>(text_);
  }
  caf::error load(std::size_t, caf::deserializer&) override {
    return caf::sec::unknown_type;
  }
  caf::error save(std::size_t, caf::serializer& sink) const override {
    return sink(text_);
  }

  [[nodiscard]] const term& value() const noexcept { return value_; }

private:
  const term value_;
  std::string text_;
};

/// A CAF message in the shape of a term.
class message_box final : public term_box {
public:
  explicit message_box(caf::message message) : message_(std::move(message)) {
    types_.reserve(message_.size());
    for (std::size_t i = 0; i < message_.size(); ++i)
      types_.push_back(as_type(message_.type(i)));
    shape_ = {types_.size(), types_.data(), sizeof(*this)};
  }

  const term_shape& shape() const noexcept override { return shape_; }
  const void* element(std::size_t index) const noexcept override {
    return message_.get(index);
  }
  bool equals(const term_box& other) const override {
    const auto* same = dynamic_cast<const message_box*>(&other);
    if (same == nullptr)
      return other.equals(*this); // that one can compare its values
    return message_.cvals() == same->message_.cvals()
           || (same_shape(shape_, same->shape_) && prints_alike(*same));
  }
  void print_element(std::string& out, std::size_t index) const override {
    out += message_.stringify(index);
  }
  term_box* clone() const override {
    auto copy = message_;
    copy.force_unshare();
    return new message_box(std::move(copy));
  }
  [[nodiscard]] const caf::message& message() const noexcept { return message_; }

private:
  /// CAF can print values but not compare them; a value that it cannot print equals only
  /// itself.
  [[nodiscard]] bool prints_alike(const message_box& other) const {
    for (std::size_t i = 0; i < shape_.size; ++i) {
      const auto text = message_.stringify(i);
      if (text == "<unprintable>" || text != other.message_.stringify(i))
        return false;
    }
    return true;
  }

  caf::message message_;
  std::vector<const std::type_info*> types_;
  term_shape shape_{};
};

} // namespace

caf::message to_message(const term& value) {
  if (!value)
    return {};
  if (const auto* theirs = dynamic_cast<const message_box*>(detail::access::box(value)))
    return theirs->message();
  return caf::message(
      caf::detail::message_data::cow_ptr(caf::make_counted<term_data>(value)));
}

caf::message to_sendable_message(const term& value) {
  const bool is_known =
      first_unknown(value) == value.size()
      || dynamic_cast<const message_box*>(detail::access::box(value)) != nullptr;
  return is_known ? to_message(value)
                  : caf::message(caf::detail::message_data::cow_ptr(
                      caf::make_counted<described_data>(value)));
}

void check_sendable(const term& value, caf::actor_system& system) {
  const bool is_message =
      dynamic_cast<const message_box*>(detail::access::box(value)) != nullptr;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto& type = *detail::access::box(value)->shape().types[i];
    const auto known_as = as_rtti(type);
    const bool is_known = known_as.first != 0
                          || (is_message
                              && system.types().portable_name(known_as)
                                     != system.types().default_type_name());
    if (!is_known)
      throw std::invalid_argument(
          "send: CAF cannot write " + print_element(value, i)
          + " for an actor of another node: its type is none of CAF's own"
          + (is_message ? ", and was not added to the types of its actor system" : ""));
  }
}

term to_term(caf::message message) {
  if (const auto* ours = dynamic_cast<const term_data*>(message.cvals().get()))
    return ours->value();
  if (const auto* ours = dynamic_cast<const described_data*>(message.cvals().get()))
    return ours->value();
  return detail::access::adopt<term>(new message_box(std::move(message)));
}

} // namespace websock::runtime::detail
