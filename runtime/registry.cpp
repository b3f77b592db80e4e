// The two tables of a registry: entries by key, and the keys of each process.
#include "runtime/registry.hpp"

#include "runtime/membership.hpp"
#include "runtime/process.hpp"
#include "runtime/striped_table.hpp"
#include "runtime/text_hash.hpp"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <stdexcept>

namespace runtime {

namespace {

using entries = std::vector<registry::entry>;

[[nodiscard]] auto is_of(const pid& who) {
  return [&who](const registry::entry& each) { return each.who == who; };
}

} // namespace

/// An entry is added and taken out by its own process only, one change at a time; the two
/// tables agree again after each. Values are dropped outside the locks: they are the
/// user's.
class registry::table final : public detail::membership,
                              public std::enable_shared_from_this<table> {
public:
  explicit table(keys_are kind) : kind_(kind) {}

  [[nodiscard]] bool is_unique() const noexcept { return kind_ == keys_are::unique; }
  [[nodiscard]] std::size_t count() const noexcept { return count_.load(); }

  registration add(const pid& who, std::string_view key, term value) {
    entries stale;
    const auto holder = by_key_.change(key, [&](auto& map) {
      auto& there = map.try_emplace(std::string(key)).first->second;
      if (is_unique() && !there.empty()) {
        if (there.front().who.local()->is_alive())
          return there.front().who;
        stale.swap(there); // of one that exits just now
      }
      there.push_back({who, std::move(value)});
      return pid();
    });
    if (holder)
      return {holder};
    count_ += 1 - stale.size();
    const bool is_first = by_pid_.change(who, [&](auto& map) {
      auto& keys = map[who];
      keys.emplace_back(key);
      return keys.size() == 1;
    });
    if (is_first)
      detail::enrol(who, shared_from_this());
    return {};
  }

  void remove(const pid& who, std::string_view key) {
    by_pid_.change(who, [&](auto& map) {
      const auto found = map.find(who);
      if (found == map.end())
        return;
      std::erase(found->second, key);
      if (found->second.empty())
        map.erase(found);
    });
    remove_entries(who, key);
  }

  void forget(const pid& who) noexcept override {
    const auto gone = by_pid_.change(who, [&](auto& map) { return map.extract(who); });
    if (gone.empty())
      return;
    for (const auto& key : gone.mapped())
      remove_entries(who, key);
  }

  [[nodiscard]] entries lookup(std::string_view key) const {
    auto found = by_key_.read(key, [&](const auto& map) {
      const auto at = map.find(key);
      return at == map.end() ? entries() : at->second;
    });
    if (is_unique())
      std::erase_if(found,
                    [](const entry& each) { return !each.who.local()->is_alive(); });
    return found;
  }

  [[nodiscard]] std::vector<std::string> keys(const pid& who) const {
    return by_pid_.read(who, [&](const auto& map) {
      const auto found = map.find(who);
      return found == map.end() ? std::vector<std::string>() : found->second;
    });
  }

  [[nodiscard]] std::vector<record> records() const {
    std::vector<record> found;
    by_key_.read_each([&](const auto& map) {
      for (const auto& [key, there] : map)
        for (const auto& each : there)
          found.push_back({key, each});
    });
    return found;
  }

  void replace(const pid& who, std::string_view key, term value) {
    by_key_.change(key, [&](auto& map) {
      const auto found = map.find(key);
      if (found == map.end())
        return;
      auto& there = found->second;
      const auto mine = std::find_if(there.begin(), there.end(), is_of(who));
      if (mine != there.end())
        std::swap(mine->value, value);
    });
  }

private:
  void remove_entries(const pid& who, std::string_view key) {
    const auto removed = by_key_.change(key, [&](auto& map) {
      entries taken;
      const auto found = map.find(key);
      if (found == map.end())
        return taken;
      auto& there = found->second;
      const auto kept = std::stable_partition(
          there.begin(), there.end(), [&](const entry& each) { return each.who != who; });
      std::move(kept, there.end(), std::back_inserter(taken));
      there.erase(kept, there.end());
      if (there.empty())
        map.erase(found);
      return taken;
    });
    count_ -= removed.size();
  }

  const keys_are kind_;
  detail::striped_table<std::string, entries, detail::text_hash> by_key_;
  detail::striped_table<pid, std::vector<std::string>> by_pid_;
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

} // namespace runtime
