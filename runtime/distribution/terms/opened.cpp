// Reading a value that came from another node as the types that are asked for.
#include "opened.hpp"

#include "../../term/access.hpp"
#include "../etf/reader.hpp"
#include "../etf/writer.hpp"
#include "decoding.hpp"
#include "encoding.hpp"
#include "joined.hpp"

namespace websock::runtime::distribution {

struct readings::reading {
  const detail::term_box* box;
  reading* next;
};

readings::~readings() {
  for (auto* each = newest_.load(std::memory_order_relaxed); each != nullptr;) {
    each->box->release();
    delete std::exchange(each, each->next);
  }
  delete octets_.load(std::memory_order_relaxed); // the last owner: nobody else reads
}

const detail::term_box* readings::find(const detail::term_box& whole,
                                       const known_type& own, identities& ids,
                                       const detail::term_shape& wanted) noexcept {
  try {
    if (const auto* found = find(wanted))
      return found;
    etf::reader in(octets_of(whole.element(0), own, ids));
    decoding from(in, ids);
    const auto* box = read_as(wanted, from);
    return box == nullptr ? nullptr : keep(box);
  } catch (...) {
    return nullptr;
  }
}

const detail::term_box* readings::find(const detail::term_shape& wanted) const {
  // acquire: pairs with the exchange in keep
  for (const auto* each = newest_.load(std::memory_order_acquire); each != nullptr;
       each = each->next)
    if (detail::same_shape(each->box->shape(), wanted))
      return each->box;
  return nullptr;
}

const detail::term_box* readings::keep(const detail::term_box* box) {
  auto owner = std::unique_ptr<const detail::term_box, void (*)(const detail::term_box*)>(
      box, [](const detail::term_box* unused) { unused->release(); });
  auto* added = new reading{box, newest_.load(std::memory_order_relaxed)};
  owner.release();
  // release: publishes the box. Another thread may have read the same: both stay.
  while (!newest_.compare_exchange_weak(added->next, added, std::memory_order_acq_rel,
                                        std::memory_order_relaxed))
    continue;
  return box;
}

const std::string& readings::octets_of(const void* value, const known_type& own,
                                       identities& ids) {
  // acquire: pairs with the exchange below
  if (const auto* octets = octets_.load(std::memory_order_acquire))
    return *octets;
  auto made = std::make_unique<std::string>();
  etf::writer out(*made);
  encoding to(out, ids, {});
  own.write(to, value);
  const std::string* first = nullptr;
  if (octets_.compare_exchange_strong(first, made.get(), std::memory_order_acq_rel))
    return *made.release();
  return *first; // of another thread, which was faster
}

term term_of(const detail::term_box* box) noexcept {
  return detail::access::adopt<term>(box);
}

} // namespace websock::runtime::distribution
