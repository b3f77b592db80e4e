// Which names somebody has.
#pragma once

#include <cstddef>
#include <iterator>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace chat {

/// Bounded: beyond `most`, the name that has not been used for longest is free again.
class reserved_names {
public:
  explicit reserved_names(std::size_t most = 100'000) : most_(most) {}

  [[nodiscard]] bool contains(const std::string& name) const {
    return places_.contains(name);
  }
  /// From now on it is the one used last. Returns the name that is free because of it.
  std::optional<std::string> use(const std::string& name) {
    if (const auto found = places_.find(name); found != places_.end()) {
      by_use_.splice(by_use_.end(), by_use_, found->second);
      return std::nullopt;
    }
    by_use_.push_back(name);
    places_.emplace(name, std::prev(by_use_.end()));
    if (places_.size() <= most_)
      return std::nullopt;
    auto oldest = std::move(by_use_.front());
    by_use_.pop_front();
    places_.erase(oldest);
    return oldest;
  }
  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }

private:
  std::size_t most_;
  std::list<std::string> by_use_; // the last one was used last
  std::unordered_map<std::string, std::list<std::string>::iterator> places_;
};

} // namespace chat
