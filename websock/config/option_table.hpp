// Options by their names: what the command line, the environment, a file and a printed
// configuration have in common.
#pragma once

#include "websock/config/option_text.hpp"

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace websock::config {

/// One option. It refers to a member of a struct that outlives it.
struct option {
  std::string name; // as the member is called, with those around it: "connection.timeout"
  std::string help; // one line
  std::function<std::string()> get;
  /// Throws `malformed`, and has changed nothing then.
  std::function<void(std::string_view)> set;
};

/// The names of an enumeration's values.
template <class E>
using value_names = std::vector<std::pair<std::string_view, E>>;

/// For one thread at a time.
class option_table {
public:
  /// An option whose text is that of its type (option_text.hpp).
  template <class T>
  void add(std::string name, std::string help, T& value) {
    add(option{std::move(name), std::move(help), [&value] { return text_of(value); },
               [&value](std::string_view text) { from_text(text, value); }});
  }
  /// One of several values.
  template <class E>
  void add(std::string name, std::string help, E& value, value_names<E> names);
  /// Throws std::logic_error for a name that is there already.
  void add(option one);

  [[nodiscard]] const std::vector<option>& all() const noexcept { return all_; }
  /// Null if there is none.
  [[nodiscard]] const option* find(std::string_view name) const noexcept;

private:
  std::vector<option> all_; // in the order in which they are printed
};

/// "a, b or c".
[[nodiscard]] std::string one_of(const std::vector<std::string_view>& names);

template <class E>
void option_table::add(std::string name, std::string help, E& value,
                       value_names<E> names) {
  std::vector<std::string_view> all;
  for (const auto& [each, what] : names)
    all.push_back(each);
  help += ": " + one_of(all);
  const auto get = [&value, names] {
    for (const auto& [each, what] : names)
      if (what == value)
        return std::string(each);
    return std::string();
  };
  const auto set = [&value, names, choices = one_of(all)](std::string_view text) {
    for (const auto& [each, what] : names)
      if (each == text) {
        value = what;
        return;
      }
    throw malformed(choices);
  };
  add(option{std::move(name), std::move(help), get, set});
}

} // namespace websock::config
