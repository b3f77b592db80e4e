// A table of options.
#include "websock/config/option_table.hpp"

#include <algorithm>

namespace websock::config {

void option_table::add(option one) {
  if (find(one.name) != nullptr)
    throw std::logic_error("two options are called " + one.name);
  all_.push_back(std::move(one));
}

const option* option_table::find(std::string_view name) const noexcept {
  const auto found = std::find_if(all_.begin(), all_.end(),
                                  [&](const option& each) { return each.name == name; });
  return found == all_.end() ? nullptr : &*found;
}

std::string one_of(const std::vector<std::string_view>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i != 0)
      text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

} // namespace websock::config
