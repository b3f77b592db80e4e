// A term that came from another node: one value, which is read as the type that is asked
// for.
#pragma once

#include "../../term/equality.hpp"
#include "../../term/term.hpp"
#include "../etf/value.hpp"
#include "identities.hpp"
#include "known_type.hpp"
#include "value_weight.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace websock::runtime::distribution {

/// What a value has been read as so far. Threads that share the value may read it at the
/// same time.
class readings {
public:
  readings() noexcept = default;
  readings(const readings&) = delete;
  readings& operator=(const readings&) = delete;
  ~readings();

  /// The value of `whole` as `wanted`; null when it is not that, or there is no memory to
  /// tell. `own` is the type of the value. Valid as long as these readings.
  [[nodiscard]] const runtime::detail::term_box*
  find(const runtime::detail::term_box& whole, const known_type& own, identities& ids,
       const runtime::detail::term_shape& wanted) noexcept;

private:
  struct reading;
  [[nodiscard]] const runtime::detail::term_box*
  find(const runtime::detail::term_shape& wanted) const;
  [[nodiscard]] const runtime::detail::term_box*
  keep(const runtime::detail::term_box* box);
  [[nodiscard]] const std::string& octets_of(const void* value, const known_type& own,
                                             identities& ids);

  std::atomic<reading*> newest_{nullptr};
  std::atomic<const std::string*> octets_{nullptr}; // of the value, once it was asked for
};

/// A box of a T that opens as other types, too.
template <class T>
class opened final : public runtime::detail::term_box {
public:
  opened(T value, std::shared_ptr<identities> ids)
      : value_(std::move(value)), ids_(std::move(ids)) {}

  [[nodiscard]] const runtime::detail::term_shape& shape() const noexcept override {
    static constexpr auto shape = make_shape();
    return shape;
  }
  [[nodiscard]] const void* element(std::size_t) const noexcept override {
    return &value_;
  }
  [[nodiscard]] bool equals(const term_box& other) const override {
    if (runtime::detail::same_shape(shape(), other.shape()))
      return runtime::detail::equal_values(value_, runtime::detail::element_of<T>(other));
    if (other.shape().open != nullptr) // equal values arrive as the same type
      return false;
    const term_box* same = open(*this, other.shape());
    return same != nullptr && same->equals(other);
  }
  void print_element(std::string& out, std::size_t) const override {
    runtime::detail::print_value(out, value_);
  }
  [[nodiscard]] term_box* clone() const override { return new opened(value_, ids_); }

private:
  [[nodiscard]] static constexpr runtime::detail::term_shape make_shape() noexcept {
    auto shape = runtime::detail::shape_holder<T>::value;
    shape.bytes = sizeof(opened) - sizeof(term_box);
    shape.open = &open;
    if constexpr (std::is_same_v<T, etf::value>)
      shape.owned_by = [](const term_box& box) noexcept {
        return distribution::weight_of(runtime::detail::element_of<T>(box));
      };
    return shape;
  }
  [[nodiscard]] static const term_box*
  open(const term_box& box, const runtime::detail::term_shape& wanted) noexcept {
    const auto& self = static_cast<const opened&>(box);
    return self.readings_.find(box, known_as<T>, *self.ids_, wanted);
  }

  const T value_;
  const std::shared_ptr<identities> ids_;
  mutable readings readings_;
};

/// Takes over the reference to the box.
[[nodiscard]] term term_of(const runtime::detail::term_box* box) noexcept;

template <class T>
[[nodiscard]] term make_opened(T value, identities& ids) {
  return term_of(new opened<T>(std::move(value), ids.shared_from_this()));
}

} // namespace websock::runtime::distribution
