// Routes of topics.
#include "websock/channels/socket/topic_routes.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace websock::channels {

void topic_routes::add(std::string_view pattern, channel_factory make) {
  const bool is_prefix = pattern.ends_with('*');
  const auto text = pattern.substr(0, pattern.size() - (is_prefix ? 1 : 0));
  if (text.find('*') != std::string_view::npos)
    throw std::invalid_argument("topic " + std::string(pattern)
                                + ": a star is only allowed at the end");
  if (pattern == "phoenix")
    throw std::invalid_argument("topic phoenix: it belongs to the protocol");
  routes_.push_back({std::string(text), is_prefix, std::move(make)});
}

const channel_factory* topic_routes::find(std::string_view topic) const noexcept {
  const auto found = std::find_if(routes_.begin(), routes_.end(), [&](const route& each) {
    return each.is_prefix ? topic.starts_with(each.text) : topic == each.text;
  });
  return found == routes_.end() ? nullptr : &found->make;
}

} // namespace websock::channels
