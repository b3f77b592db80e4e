// Processes by key, each with a value. Source: Elixir's Registry.
#pragma once

#include "websock/runtime/address/pid.hpp"
#include "websock/runtime/address/send.hpp"
#include "websock/runtime/term/term.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace websock::runtime {

class process;

/// A table that processes enter themselves, from their own shard, and that any thread may
/// read. The entries of a process are gone before anybody hears of its exit.
class registry {
public:
  /// Whether a key is for one entry only, or for any number of them.
  enum class keys_are : std::uint8_t { unique, duplicate };

  struct entry {
    pid who;
    term value;
    friend bool operator==(const entry&, const entry&) = default;
  };
  struct record {
    std::string key;
    entry of;
  };
  /// {ok, _} or {error, {already_registered, Pid}}.
  struct registration {
    pid already_registered; // who has the unique key; empty when all went well
    [[nodiscard]] bool is_ok() const noexcept { return !already_registered; }
  };
  struct update {
    term now;
    term before;
  };

  explicit registry(keys_are kind);

  /// Enters `self` with a term of `values`, or an empty one. With duplicate keys the same
  /// process may enter the same key again. Source: Registry.register/3.
  template <class... Ts>
  [[nodiscard]] registration register_key(process& self, std::string_view key,
                                          Ts&&... values) {
    if constexpr (sizeof...(Ts) == 0)
      return add(self, key, term());
    else
      return add(self, key, detail::make_term(std::forward<Ts>(values)...));
  }
  /// Takes out all entries of `self` under `key`, if there are any.
  void unregister_key(process& self, std::string_view key);
  /// Replaces the value of `self` under a unique key by what `change(const term&)`
  /// returns. Nothing when `self` has no such key. Throws std::invalid_argument when keys
  /// are duplicate. Source: Registry.update_value/3.
  template <class F>
  std::optional<update> update_value(process& self, std::string_view key, F change) {
    auto before = own_value(self, key);
    if (!before)
      return std::nullopt;
    auto now = detail::make_term(change(std::as_const(*before)));
    replace(self, key, now);
    return update{std::move(now), std::move(*before)};
  }

  /// The entries under `key`, in the order in which they were made.
  [[nodiscard]] std::vector<entry> lookup(std::string_view key) const;
  /// The keys of `who`, one for each entry, in the order in which they were made.
  [[nodiscard]] std::vector<std::string> keys(const pid& who) const;
  /// Number of entries. O(1).
  [[nodiscard]] std::size_t count() const noexcept;
  /// The entries under `key` whose value satisfies `wanted(const term&)`.
  /// Source: Registry.match/3.
  template <std::predicate<const term&> F>
  [[nodiscard]] std::vector<entry> match(std::string_view key, F wanted) const {
    auto found = lookup(key);
    std::erase_if(found, [&](const entry& each) { return !wanted(each.value); });
    return found;
  }
  /// All entries that satisfy `wanted(key, entry)`, in no order of keys.
  /// Source: Registry.select/2.
  template <std::predicate<std::string_view, const entry&> F>
  [[nodiscard]] std::vector<record> select(F wanted) const {
    auto found = records();
    std::erase_if(found, [&](const record& each) { return !wanted(each.key, each.of); });
    return found;
  }
  /// Calls `work(const std::vector<entry>&)` with the entries under `key`, once, unless
  /// there are none. Source: Registry.dispatch/3.
  template <class F>
  void dispatch(std::string_view key, F work) const {
    if (const auto entries = lookup(key); !entries.empty())
      work(entries);
  }

  /// Who has the unique `key`; an empty pid when nobody has. Throws std::invalid_argument
  /// when keys are duplicate. Source: Registry.whereis_name/1.
  [[nodiscard]] pid whereis_name(std::string_view key) const;
  /// Sends to whoever has the unique `key`. Throws std::invalid_argument when nobody has.
  /// Source: Registry.send/2.
  template <class... Ts>
  void send(std::string_view key, Ts&&... values) const {
    runtime::send(registered_as(key), std::forward<Ts>(values)...);
  }

private:
  class table;

  registration add(process& self, std::string_view key, term value);
  [[nodiscard]] std::optional<term> own_value(process& self, std::string_view key) const;
  void replace(process& self, std::string_view key, term value);
  [[nodiscard]] std::vector<record> records() const;
  [[nodiscard]] pid registered_as(std::string_view key) const;

  std::shared_ptr<table> table_; // shared with the processes that are in it
};

} // namespace websock::runtime
