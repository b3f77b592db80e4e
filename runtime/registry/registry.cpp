// The two tables of a registry: entries by key, and keys by process.
#include "registry.hpp"

#include "../process/membership.hpp"
#include "../process/process.hpp"
#include "../table/ordered_entries.hpp"
#include "../table/rollback.hpp"
#include "../table/striped_table.hpp"
#include "../table/text_hash.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <new>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace websock::runtime {

namespace {

using numbers = std::vector<std::uint64_t>;

/// The keys of a process, with the numbers of its entries under each.
using keys_of_process =
    std::unordered_map<std::string, numbers, detail::text_hash, std::equal_to<>>;

[[nodiscard]] auto is_of(const pid& who) {
  return [&who](const registry::entry& each) { return each.who == who; };
}

} // namespace

/// Only the process itself adds or removes its entries, one change at a time. After each
/// change both tables agree; without memory for it both stay unchanged. Lock order: a
/// key's before a process's. Values are destroyed outside the locks, as they run user
/// code.
class registry::table final : public detail::membership,
                              public std::enable_shared_from_this<table> {
public:
  explicit table(keys_are kind) : kind_(kind) {}

  [[nodiscard]] bool is_unique() const noexcept { return kind_ == keys_are::unique; }
  [[nodiscard]] std::size_t count() const noexcept { return count_.load(); }

  registration add(const pid& who, std::string_view key, term value) {
    entries replaced; // of a holder that is exiting right now
    detail::made_enrolment first;
    const auto holder = by_key_.change(key, [&](auto& map) {
      const auto place = map.try_emplace(std::string(key)).first;
      auto& holders = place->second;
      detail::rollback unused([&] {
        if (holders.empty())
          map.erase(place);
      });
      const bool is_taken = is_unique() && !holders.empty();
      if (is_taken)
        if (pid first_there = holder_of(holders); first_there.is_alive())
          return first_there;
      (is_taken ? replaced : holders).make_room();
      const auto number = ++last_number_;
      first = note(who, key, number);
      unused.keep();
      if (is_taken)
        std::swap(replaced, holders);
      holders.append(number, {who, std::move(value)});
      return pid();
    });
    if (holder)
      return {holder};
    count_ += 1 - replaced.size();
    if (first)
      detail::enrol(who, std::move(first));
    return {};
  }

  void remove(const pid& who, std::string_view key) {
    const auto gone = by_pid_.change(who, [&](auto& map) {
      numbers taken;
      const auto found = map.find(who);
      if (found == map.end())
        return taken;
      auto& keys = found->second;
      if (const auto own_numbers = keys.find(key); own_numbers != keys.end()) {
        taken = std::move(own_numbers->second);
        keys.erase(own_numbers);
      }
      if (keys.empty())
        map.erase(found);
      return taken;
    });
    remove_entries(key, gone);
  }

  void forget(const pid& who) noexcept override {
    const auto gone = by_pid_.change(who, [&](auto& map) { return map.extract(who); });
    if (gone.empty())
      return;
    for (const auto& [key, own] : gone.mapped())
      remove_entries(key, own);
  }

  [[nodiscard]] std::vector<entry> lookup(std::string_view key) const {
    auto found = by_key_.read(key, [&](const auto& map) {
      const auto place = map.find(key);
      return place == map.end() ? std::vector<entry>() : all_of(place->second);
    });
    if (is_unique())
      std::erase_if(found, [](const entry& each) { return !each.who.is_alive(); });
    return found;
  }

  [[nodiscard]] std::vector<std::string> keys(const pid& who) const {
    std::vector<std::pair<std::uint64_t, std::string>> found;
    by_pid_.read(who, [&](const auto& map) {
      if (const auto place = map.find(who); place != map.end())
        for (const auto& [key, own] : place->second)
          for (const auto number : own)
            found.emplace_back(number, key);
    });
    std::sort(found.begin(), found.end());
    std::vector<std::string> keys;
    keys.reserve(found.size());
    for (auto& [number, key] : found)
      keys.push_back(std::move(key));
    return keys;
  }

  [[nodiscard]] std::vector<record> records() const {
    std::vector<record> found;
    by_key_.read_each([&](const auto& map) {
      for (const auto& [key, held] : map)
        held.for_each([&, &key = key](const entry& each) {
          found.push_back({key, each});
        });
    });
    return found;
  }

  void replace(const pid& who, std::string_view key, term value) {
    by_key_.change(key, [&](auto& map) {
      const auto found = map.find(key);
      if (found == map.end())
        return;
      if (entry* mine = found->second.find_if(is_of(who)))
        std::swap(mine->value, value);
    });
  }

private:
  using entries = detail::ordered_entries<entry>;

  [[nodiscard]] static pid holder_of(entries& holders) {
    return holders.find_if([](const entry&) { return true; })->who;
  }

  /// Adds a number to those of a process. Returns an enrolment if the process does not
  /// know yet that this table lists it. Changes nothing when it throws.
  [[nodiscard]] detail::made_enrolment note(const pid& who, std::string_view key,
                                            std::uint64_t number) {
    return by_pid_.change(who, [&](auto& map) {
      detail::rollback unused([&] { drop_empty(map, who, key); });
      auto& keys = map[who];
      detail::made_enrolment first;
      if (keys.empty())
        first = detail::make_enrolment(shared_from_this());
      keys[std::string(key)].push_back(number);
      unused.keep();
      return first;
    });
  }
  template <class Map>
  static void drop_empty(Map& map, const pid& who, std::string_view key) noexcept {
    const auto found = map.find(who);
    if (found == map.end())
      return;
    auto& keys = found->second;
    if (const auto own_numbers = keys.find(key);
        own_numbers != keys.end() && own_numbers->second.empty())
      keys.erase(own_numbers);
    if (keys.empty())
      map.erase(found);
  }

  [[nodiscard]] static std::vector<entry> all_of(const entries& holders) {
    std::vector<entry> all;
    all.reserve(holders.size());
    holders.for_each([&](const entry& each) { all.push_back(each); });
    return all;
  }

  void remove_entries(std::string_view key, const numbers& own) {
    std::vector<entry> taken; // destroyed after unlocking, if there is memory for it
    try {
      taken.reserve(own.size());
    } catch (const std::bad_alloc&) {
      taken = {};
    }
    by_key_.change(key, [&](auto& map) {
      const auto found = map.find(key);
      if (found == map.end())
        return;
      for (const auto number : own) {
        auto each = found->second.take(number);
        count_ -= each ? 1U : 0U;
        if (each && taken.size() < taken.capacity())
          taken.push_back(*std::move(each));
      }
      if (found->second.empty())
        map.erase(found);
    });
  }

  const keys_are kind_;
  std::atomic<std::uint64_t> last_number_{0}; // given to an entry
  detail::striped_table<std::string, entries, detail::text_hash> by_key_;
  detail::striped_table<pid, keys_of_process> by_pid_;
  std::atomic<std::size_t> count_{0};
};

registry::registry(keys_are kind) : table_(std::make_shared<table>(kind)) {
}

registry::registration registry::add(process& self, std::string_view key, term value) {
  return table_->add(self.pid(), key, std::move(value));
}

void registry::unregister_key(process& self, std::string_view key) {
  table_->remove(self.pid(), key);
}

std::optional<term> registry::own_value(process& self, std::string_view key) const {
  if (!table_->is_unique())
    throw std::invalid_argument("update_value: the registry has duplicate keys");
  const auto found = table_->lookup(key);
  if (found.empty() || found.front().who != self.pid())
    return std::nullopt;
  return found.front().value;
}

void registry::replace(process& self, std::string_view key, term value) {
  table_->replace(self.pid(), key, std::move(value));
}

std::vector<registry::entry> registry::lookup(std::string_view key) const {
  return table_->lookup(key);
}

std::vector<std::string> registry::keys(const pid& who) const {
  return table_->keys(who);
}

std::size_t registry::count() const noexcept {
  return table_->count();
}

std::vector<registry::record> registry::records() const {
  return table_->records();
}

pid registry::whereis_name(std::string_view key) const {
  if (!table_->is_unique())
    throw std::invalid_argument("whereis_name: the registry has duplicate keys");
  const auto found = table_->lookup(key);
  return found.empty() ? pid() : found.front().who;
}

pid registry::registered_as(std::string_view key) const {
  auto found = whereis_name(key);
  if (!found)
    throw std::invalid_argument("nobody is registered under \"" + std::string(key) + '"');
  return found;
}

} // namespace websock::runtime
