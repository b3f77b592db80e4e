// Tuples as terms of several values.
#include "joined.hpp"

#include "known_type.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <typeinfo>
#include <vector>

namespace websock::runtime::distribution {

namespace {

struct release {
  void operator()(const detail::term_box* box) const noexcept { box->release(); }
};
using owned_box = std::unique_ptr<const detail::term_box, release>;

/// Its elements are boxes of one value each, as the types are known only at run time.
class joined final : public detail::term_box {
public:
  using comparison = bool (*)(const void*, const void*);
  void add(const std::type_info& type, comparison equal, owned_box value) {
    types_.push_back(&type);
    equal_.push_back(equal);
    values_.push_back(std::move(value));
    shape_ = {types_.size(), types_.data(), sizeof(*this)};
  }

  [[nodiscard]] const detail::term_shape& shape() const noexcept override {
    return shape_;
  }
  [[nodiscard]] const void* element(std::size_t index) const noexcept override {
    return values_[index]->element(0);
  }
  [[nodiscard]] bool equals(const term_box& other) const override {
    if (!detail::same_shape(shape_, other.shape()))
      return false;
    for (std::size_t i = 0; i < values_.size(); ++i)
      if (!equal_[i](element(i), other.element(i)))
        return false;
    return true;
  }
  void print_element(std::string& out, std::size_t index) const override {
    values_[index]->print_element(out, 0);
  }
  [[nodiscard]] term_box* clone() const override {
    auto copy = std::make_unique<joined>();
    for (std::size_t i = 0; i < values_.size(); ++i)
      copy->add(*types_[i], equal_[i], owned_box(values_[i]->clone()));
    return copy.release();
  }

private:
  std::vector<const std::type_info*> types_;
  std::vector<comparison> equal_;
  std::vector<owned_box> values_;
  detail::term_shape shape_{};
};

[[nodiscard]] owned_box read_one(const std::type_info& type, decoding& from) {
  const auto* known = find_type(type);
  return owned_box(known == nullptr ? nullptr : known->read(from));
}

[[nodiscard]] owned_box read_tuple(const detail::term_shape& wanted, decoding& from) {
  if (from.in.next() != etf::type::tuple)
    return nullptr;
  const auto level = from.enter();
  if (!level || from.in.tuple() != wanted.size)
    return nullptr;
  auto whole = std::make_unique<joined>();
  for (std::size_t i = 0; i < wanted.size; ++i) {
    const auto* known = find_type(*wanted.types[i]);
    owned_box value(known == nullptr ? nullptr : known->read(from));
    if (value == nullptr)
      return nullptr;
    whole->add(*known->type, known->equal, std::move(value));
  }
  return owned_box(whole.release());
}

} // namespace

const detail::term_box* read_as(const detail::term_shape& wanted, decoding& from) {
  auto box =
      wanted.size == 1 ? read_one(*wanted.types[0], from) : read_tuple(wanted, from);
  return box != nullptr && from.in.at_end() ? box.release() : nullptr;
}

} // namespace websock::runtime::distribution
