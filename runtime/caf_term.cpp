// Terms to CAF messages and back.
#include "runtime/caf_term.hpp"

#include <caf/actor.hpp>
#include <caf/all.hpp>
#include <caf/detail/message_data.hpp>
#include <caf/type_nr.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace runtime::detail {

namespace {

// CAF numbers its own types instead of naming them; this is the way from number to name
// and back.
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

[[nodiscard]] std::string print_element(const term& value, std::size_t index) {
  std::string out;
  value.box()->print_element(out, index);
  return out;
}

[[nodiscard]] term clone(const term& value) {
  return term::adopt(value.box()->clone());
}

/// One element of a term that nobody else has: CAF copies a message that a handler wants
/// to change element by element.
class term_element final : public caf::type_erased_value {
public:
  term_element(term value, std::size_t at) : value_(std::move(value)), at_(at) {}

  void* get_mutable() override { return const_cast<void*>(get()); }
  const void* get() const override { return value_.box()->element(at_); }
  caf::rtti_pair type() const override {
    return as_rtti(*value_.box()->shape().types[at_]);
  }
  std::string stringify() const override { return print_element(value_, at_); }
  caf::type_erased_value_ptr copy() const override {
    return std::make_unique<term_element>(clone(value_), at_);
  }
  caf::error load(caf::deserializer&) override { return caf::sec::unknown_type; }
  caf::error save(caf::serializer&) const override { return caf::sec::unknown_type; }

private:
  const term value_;
  const std::size_t at_;
};

/// A term in the shape of a CAF message.
class term_data final : public caf::detail::message_data {
public:
  explicit term_data(term value) : value_(std::move(value)) {}

  void* get_mutable(std::size_t at) override {
    if (value_.box()->is_shared())
      value_ = clone(value_);
    return const_cast<void*>(value_.box()->element(at));
  }
  const void* get(std::size_t at) const noexcept override {
    return value_.box()->element(at);
  }
  std::size_t size() const noexcept override { return value_.size(); }
  caf::rtti_pair type(std::size_t at) const noexcept override {
    return as_rtti(*value_.box()->shape().types[at]);
  }
  std::uint32_t type_token() const noexcept override {
    std::uint32_t token = caf::make_type_token<>();
    for (std::size_t i = 0; i < size(); ++i)
      token = caf::add_to_type_token(token, type(i).first);
    return token;
  }
  /// What CAF asks before a handler may change the values in place.
  bool shared() const noexcept override {
    return message_data::shared() || value_.box()->is_shared();
  }
  std::string stringify(std::size_t at) const override {
    return print_element(value_, at);
  }
  message_data* copy() const override { return new term_data(clone(value_)); }
  caf::type_erased_value_ptr copy(std::size_t at) const override {
    return std::make_unique<term_element>(clone(value_), at);
  }
  caf::error load(std::size_t, caf::deserializer&) override {
    return caf::sec::unknown_type;
  }
  caf::error save(std::size_t, caf::serializer&) const override {
    return caf::sec::unknown_type;
  }

  [[nodiscard]] const term& value() const noexcept { return value_; }

private:
  term value_;
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
      return other.equals(*this); // it knows how to compare its values
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
  /// CAF can print values, not compare them; what it cannot print is equal to itself
  /// only.
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
  if (const auto* theirs = dynamic_cast<const message_box*>(value.box()))
    return theirs->message();
  return caf::message(
      caf::detail::message_data::cow_ptr(caf::make_counted<term_data>(value)));
}

term to_term(caf::message message) {
  if (const auto* ours = dynamic_cast<const term_data*>(message.cvals().get()))
    return ours->value();
  return term::adopt(new message_box(std::move(message)));
}

} // namespace runtime::detail
