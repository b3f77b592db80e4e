// Rooms and lines in memory.
#include "examples/chat/rooms.hpp"

#include <algorithm>
#include <utility>

namespace chat {

namespace {

[[nodiscard]] std::size_t octets_of(const line& each) {
  return sizeof(line) + each.id.size() + each.name.size() + each.text.size();
}

} // namespace

moment moment_now() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

json to_json(const line& of) {
  return {{"id", of.id},
          {"number", of.number},
          {"name", of.name},
          {"text", of.text},
          {"at", of.at}};
}

bool rooms::contains(const std::string& room) const {
  return rooms_.contains(room);
}

void rooms::open(const std::string& room, moment now) {
  rooms_.try_emplace(room, state{{}, 0, now});
}

std::optional<std::string>
rooms::dispensable(moment now,
                   const std::function<bool(const std::string&)>& is_used) const {
  const auto silent_since = now - std::chrono::milliseconds(limits_.silence).count();
  const std::pair<const std::string, state>* longest = nullptr;
  for (const auto& each : rooms_)
    if (each.second.last <= silent_since
        && (longest == nullptr || each.second.last < longest->second.last)
        && !is_used(each.first))
      longest = &each;
  return longest == nullptr ? std::nullopt : std::optional(longest->first);
}

void rooms::forget(const std::string& room) {
  const auto gone = rooms_.extract(room);
  if (!gone.empty())
    for (const auto& each : gone.mapped().lines)
      octets_ -= octets_of(each);
}

// From the newest on: who says a line again has just said it.
const line* rooms::find(const std::string& room, std::string_view id) const {
  const auto of = rooms_.find(room);
  if (of == rooms_.end())
    return nullptr;
  const auto& lines = of->second.lines;
  const auto found = std::find_if(lines.rbegin(), lines.rend(),
                                  [&](const line& each) { return each.id == id; });
  return found == lines.rend() ? nullptr : &*found;
}

line rooms::next(const std::string& room, line said, moment now) const {
  const auto of = rooms_.find(room);
  said.number = of == rooms_.end() ? 1 : of->second.number + 1;
  said.at = of == rooms_.end() ? now : std::max(now, of->second.last + 1);
  return said;
}

void rooms::append(const std::string& room, line said) {
  auto& of = rooms_[room];
  of.number = said.number;
  of.last = std::max(of.last, said.at);
  octets_ += octets_of(said);
  of.lines.push_back(std::move(said));
  if (of.lines.size() > limits_.lines)
    drop_oldest(of);
  make_space(room);
}

void rooms::drop_oldest(state& of) {
  octets_ -= octets_of(of.lines.front());
  of.lines.pop_front();
}

void rooms::make_space(const std::string& except) {
  while (octets_ > limits_.octets) {
    state* silent = nullptr;
    for (auto& [name, each] : rooms_)
      if (name != except && !each.lines.empty()
          && (silent == nullptr || each.last < silent->last))
        silent = &each;
    auto& from = silent == nullptr ? rooms_.at(except) : *silent;
    if (silent == nullptr && from.lines.size() == 1)
      return;
    drop_oldest(from);
  }
}

excerpt rooms::read(const std::string& room, std::string_view since) const {
  const auto* const known = since.empty() ? nullptr : find(room, since);
  excerpt found{after(room, known == nullptr ? 0 : known->number), known != nullptr};
  if (found.lines.size() > limits_.excerpt) {
    found.lines.erase(found.lines.begin(),
                      found.lines.end() - static_cast<std::ptrdiff_t>(limits_.excerpt));
    found.continues = false;
  }
  return found;
}

std::vector<line> rooms::after(const std::string& room, std::uint64_t number) const {
  const auto of = rooms_.find(room);
  if (of == rooms_.end())
    return {};
  const auto& lines = of->second.lines;
  const auto first =
      std::partition_point(lines.begin(), lines.end(),
                           [&](const line& each) { return each.number <= number; });
  return {first, lines.end()};
}

std::vector<room_entry> rooms::entries() const {
  std::vector<room_entry> all;
  for (const auto& [name, each] : rooms_)
    all.push_back({name, each.number, each.last});
  return all;
}

} // namespace chat
