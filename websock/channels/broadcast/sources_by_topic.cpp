// Sources of topics, bounded.
#include "websock/channels/broadcast/sources_by_topic.hpp"

#include "websock/channels/broadcast/wall_clock.hpp"

#include <algorithm>
#include <iterator>

namespace websock::channels {

const topic_sources* sources_by_topic::find(std::string_view topic,
                                            std::string_view epoch) const {
  const auto found = by_topic_.find(topic);
  return found != by_topic_.end() && found->second->sources.epoch() == epoch
             ? &found->second->sources
             : nullptr;
}

topic_sources* sources_by_topic::find(std::string_view topic, std::string_view epoch) {
  const auto found = by_topic_.find(topic);
  return found != by_topic_.end() && found->second->sources.epoch() == epoch
             ? &found->second->sources
             : nullptr;
}

topic_sources& sources_by_topic::find_or_begin(std::string_view topic,
                                               const position& last,
                                               const std::string& life,
                                               std::atomic<std::uint64_t>& made) {
  const auto found = by_topic_.find(topic);
  if (found != by_topic_.end() && found->second->sources.epoch() == last.epoch) {
    in_order_.splice(in_order_.end(), in_order_, found->second);
    return found->second->sources;
  }
  if (found != by_topic_.end())
    forget(found->second);
  return begin(topic, last, life, made, forgot_at_);
}

topic_sources& sources_by_topic::begin_anew(std::string_view topic, const position& last,
                                            const std::string& life,
                                            std::atomic<std::uint64_t>& made) {
  if (const auto found = by_topic_.find(topic); found != by_topic_.end())
    remove(found->second);
  return begin(topic, last, life, made, 0);
}

topic_sources& sources_by_topic::begin(std::string_view topic, const position& last,
                                       const std::string& life,
                                       std::atomic<std::uint64_t>& made,
                                       std::uint64_t unsure_until) {
  if (by_topic_.size() >= limits_.topics)
    forget(in_order_.begin());
  in_order_.emplace_back(topic, life + '.' + std::to_string(++made), last, unsure_until);
  const auto its = std::prev(in_order_.end());
  try {
    by_topic_.emplace(its->topic, its);
  } catch (...) {
    in_order_.erase(its);
    throw;
  }
  return its->sources;
}

void sources_by_topic::trim(std::string_view topic) noexcept {
  const auto found = by_topic_.find(topic);
  if (found == by_topic_.end())
    return;
  auto& its = *found->second;
  for (; its.sources.size() > limits_.messages; ++forgotten_)
    its.sources.drop_oldest();
  messages_ += its.sources.size();
  messages_ -= std::exchange(its.messages, its.sources.size());
  forgotten_ += its.sources.forgotten();
  forgotten_ -= std::exchange(its.forgotten, its.sources.forgotten());
  while (messages_ > limits_.messages && in_order_.begin() != found->second)
    forget(in_order_.begin());
}

void sources_by_topic::forget(std::string_view topic) noexcept {
  if (const auto found = by_topic_.find(topic); found != by_topic_.end())
    forget(found->second);
}

void sources_by_topic::remove(list::iterator its) noexcept {
  messages_ -= its->messages;
  by_topic_.erase(its->topic);
  in_order_.erase(its);
}

void sources_by_topic::forget(list::iterator its) noexcept {
  remove(its);
  ++forgotten_;
  forgot_at_ = wall_clock();
}

} // namespace websock::channels
