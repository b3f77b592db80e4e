// Terms to CAF messages and back.
#include "runtime/caf_term.hpp"

#include <caf/actor.hpp>
#include <caf/all.hpp>
#include <caf/detail/message_data.hpp>
#include <caf/type_nr.hpp>

#include <algorithm>
#include <array>
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

/// A term in the shape of a CAF message.
class term_data final : public caf::detail::message_data {
public:
  explicit term_data(term value) : value_(std::move(value)) {}

  void* get_mutable(std::size_t at) override {
    if (value_.box()->is_shared())
      value_ = term::adopt(value_.box()->clone());
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
  std::string stringify(std::size_t) const override { return to_string(value_); }
  message_data* copy() const override {
    return new term_data(term::adopt(value_.box()->clone()));
  }
  caf::type_erased_value_ptr copy(std::size_t) const override { return nullptr; }
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
    shape_ = {types_.size(), types_.data()};
  }

  const term_shape& shape() const noexcept override { return shape_; }
  const void* element(std::size_t index) const noexcept override {
    return message_.get(index);
  }
  bool equals(const term_box& other) const override {
    const auto* same = dynamic_cast<const message_box*>(&other);
    return same != nullptr && caf::to_string(message_) == caf::to_string(same->message_);
  }
  void print(std::string& out) const override { out += caf::to_string(message_); }
  term_box* clone() const override {
    auto copy = message_;
    copy.force_unshare();
    return new message_box(std::move(copy));
  }

private:
  caf::message message_;
  std::vector<const std::type_info*> types_;
  term_shape shape_{};
};

} // namespace

caf::message to_message(const term& value) {
  if (!value)
    return {};
  return caf::message(
      caf::detail::message_data::cow_ptr(caf::make_counted<term_data>(value)));
}

term to_term(caf::message message) {
  if (const auto* ours = dynamic_cast<const term_data*>(message.cvals().get()))
    return ours->value();
  return term::adopt(new message_box(std::move(message)));
}

} // namespace runtime::detail
