// The table of types: read by every message from another node, changed by registrations.
#include "message_table.hpp"

#include "../../table/text_hash.hpp"
#include "../etf/writer.hpp"
#include "builtin_types.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <typeindex>
#include <unordered_map>
#include <vector>

namespace websock::runtime::distribution {

namespace {

/// Never changed once it is published.
struct table {
  std::unordered_map<std::type_index, const known_type*> types;
  std::unordered_map<std::string, const any_message*, detail::text_hash, std::equal_to<>>
      names;
  std::unordered_map<std::type_index, const any_message*> messages;
};

/// Readers take no lock: they read the newest table, and older ones stay, since a reader
/// may still be in one. There are as many as registrations, which are a part of the
/// program's text. Writers lock, since any thread may register.
class tables {
public:
  tables() {
    auto first = std::make_unique<table>();
    for (const auto* type : builtin_types())
      first->types.emplace(*type->type, type);
    publish(std::move(first));
  }

  // acquire: pairs with the release in publish
  [[nodiscard]] const table& newest() const noexcept {
    return *newest_.load(std::memory_order_acquire);
  }

  void add(const known_type& type) {
    const std::lock_guard lock(mutex_);
    if (newest().types.contains(*type.type))
      return;
    auto next = std::make_unique<table>(newest());
    next->types.emplace(*type.type, &type);
    publish(std::move(next));
  }

  void add(std::unique_ptr<const any_message> added, const known_type& type,
           void (*before)(const any_message&) noexcept) {
    const std::lock_guard lock(mutex_);
    if (is_there(*added))
      return;
    auto next = std::make_unique<table>(newest());
    next->types.emplace(*type.type, &type);
    next->names.emplace(added->name(), added.get());
    next->messages.emplace(*type.type, added.get());
    messages_.push_back(std::move(added));
    before(*messages_.back());
    publish(std::move(next));
  }

private:
  /// Throws when another registration contradicts it.
  [[nodiscard]] bool is_there(const any_message& added) const {
    const auto type = type_name(added.type());
    if (const auto found = newest().names.find(added.name());
        found != newest().names.end() && found->second->type() != added.type())
      throw std::invalid_argument(
          "register_message: \"" + added.name() + "\" is the name of "
          + type_name(found->second->type()) + ", and cannot be that of " + type);
    const auto found = newest().messages.find(added.type());
    if (found == newest().messages.end())
      return false;
    if (found->second->name() != added.name())
      throw std::invalid_argument("register_message: " + type + " has the name \""
                                  + found->second->name() + "\", and cannot have \""
                                  + added.name() + "\"");
    if (!found->second->has_same_fields(added))
      throw std::invalid_argument("register_message: " + type
                                  + " is registered with other fields");
    return true;
  }
  void publish(std::unique_ptr<const table> next) {
    all_.push_back(std::move(next));
    newest_.store(all_.back().get(), std::memory_order_release); // see newest
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<const table>> all_;
  std::vector<std::unique_ptr<const any_message>> messages_;
  std::atomic<const table*> newest_{nullptr};
};

/// Never destroyed: messages may arrive while the program ends.
[[nodiscard]] tables& all_tables() {
  static auto& all = *new tables;
  return all;
}

void check_name(const std::string& name) {
  constexpr std::array taken{"true",     "false",     "undefined",
                             "infinity", "$gen_call", "$gen_cast"};
  if (name.empty() || std::find(taken.begin(), taken.end(), name) != taken.end())
    throw std::invalid_argument("register_message: \"" + name
                                + "\" cannot be the name of a type");
  try {
    std::string scratch;
    etf::writer(scratch).atom(name);
  } catch (const std::invalid_argument& failure) {
    throw std::invalid_argument(std::string("register_message: ") + failure.what());
  }
}

} // namespace

const known_type* find_type(const std::type_info& type) noexcept {
  const auto& types = all_tables().newest().types;
  const auto found = types.find(type);
  return found == types.end() ? nullptr : found->second;
}

const any_message* find_message(std::string_view name) noexcept {
  const auto& names = all_tables().newest().names;
  const auto found = names.find(name);
  return found == names.end() ? nullptr : found->second;
}

void add_type(const known_type& type) {
  all_tables().add(type);
}

void add_message(std::unique_ptr<const any_message> added, const known_type& type,
                 void (*publish)(const any_message&) noexcept) {
  check_name(added->name());
  all_tables().add(std::move(added), type, publish);
}

} // namespace websock::runtime::distribution
