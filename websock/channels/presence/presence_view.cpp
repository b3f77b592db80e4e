// Showing and hiding entries, and gathering the difference.
#include "websock/channels/presence/presence_view.hpp"

#include <algorithm>

namespace websock::channels {

std::strong_ordering presence_view::place::operator<=>(const place& other) const {
  if (owner != other.owner) {
    if (const auto by_node = owner->node <=> other.owner->node; by_node != 0)
      return by_node;
    if (const auto by_life = owner->creation <=> other.owner->creation; by_life != 0)
      return by_life;
  }
  return id <=> other.id;
}

namespace {

template <class Metas, class Place>
[[nodiscard]] auto find_place(Metas& metas, const Place& at) {
  return std::lower_bound(
      metas.begin(), metas.end(), at,
      [](const auto& each, const auto& wanted) { return (each.at <=> wanted) < 0; });
}

[[nodiscard]] bool same(const meta_text& a, const meta_text& b) {
  return a == b || (a && b && *a == *b);
}

} // namespace

void presence_view::show(const shared_owner& owner, number id, const std::string& topic,
                         const std::string& key, const meta_text& meta) {
  const place at{owner, id};
  auto& metas = topics_[topic][key];
  const auto found = find_place(metas, at);
  if (found != metas.end() && (found->at <=> at) == 0) {
    if (same(found->meta, meta))
      return;
    note(at, topic, key, found->meta, meta);
    found->meta = meta;
    return;
  }
  note(at, topic, key, nullptr, meta);
  metas.insert(found, {at, meta});
  take_place_of_greyed(at, topic, key, metas);
}

// A person whose node was lost comes back by another: an update, not a leave and a join.
void presence_view::take_place_of_greyed(const place& newcomer, const std::string& topic,
                                         const std::string& key,
                                         const std::vector<shown>& metas) {
  if (newcomer.owner->is_greyed)
    return;
  const auto gone = std::find_if(metas.begin(), metas.end(), [](const shown& each) {
    return each.at.owner->is_greyed;
  });
  if (gone == metas.end())
    return;
  const auto at = gone->at;
  at.owner->has_hidden = true;
  hide(at.owner, at.id, topic, key);
}

void presence_view::hide(const shared_owner& owner, number id, const std::string& topic,
                         const std::string& key) {
  const auto in = topics_.find(topic);
  if (in == topics_.end())
    return;
  const auto under = in->second.find(key);
  if (under == in->second.end())
    return;
  const place at{owner, id};
  const auto found = find_place(under->second, at);
  if (found == under->second.end() || (found->at <=> at) != 0)
    return;
  note(at, topic, key, found->meta, nullptr);
  under->second.erase(found);
  if (under->second.empty())
    in->second.erase(under);
  if (in->second.empty())
    topics_.erase(in);
}

void presence_view::note(const place& at, const std::string& topic,
                         const std::string& key, const meta_text& before,
                         const meta_text& after) {
  auto& in = changes_[topic];
  const auto made = in.try_emplace(at, change{key, before, after});
  made.first->second.after = after;
  if (same(made.first->second.before, after))
    in.erase(made.first);
  if (in.empty())
    changes_.erase(topic);
}

std::vector<presence_view::key_metas> presence_view::list(std::string_view topic) const {
  std::vector<key_metas> all;
  const auto in = topics_.find(topic);
  if (in == topics_.end())
    return all;
  all.reserve(in->second.size());
  for (const auto& [key, metas] : in->second) {
    if (metas.empty())
      continue; // there was no memory to show the first
    all.emplace_back(key, std::vector<meta_text>());
    all.back().second.reserve(metas.size());
    for (const auto& each : metas)
      all.back().second.push_back(each.meta);
  }
  return all;
}

std::vector<meta_text> presence_view::get(std::string_view topic,
                                          std::string_view key) const {
  std::vector<meta_text> all;
  const auto in = topics_.find(topic);
  if (in == topics_.end())
    return all;
  if (const auto under = in->second.find(key); under != in->second.end())
    for (const auto& each : under->second)
      all.push_back(each.meta);
  return all;
}

std::vector<presence_changes> presence_view::take_changes() {
  std::vector<presence_changes> all;
  all.reserve(changes_.size());
  for (auto& [topic, places] : changes_) {
    presence_changes in{topic, {}, {}};
    for (auto& [at, each] : places) {
      if (each.before)
        in.leaves.emplace_back(each.key, each.before);
      if (each.after)
        in.joins.emplace_back(each.key, each.after);
    }
    const auto by_key = [](const auto& a, const auto& b) { return a.first < b.first; };
    std::stable_sort(in.joins.begin(), in.joins.end(), by_key);
    std::stable_sort(in.leaves.begin(), in.leaves.end(), by_key);
    all.push_back(std::move(in));
  }
  changes_.clear();
  return all;
}

} // namespace websock::channels
