// Following the log of another node: steps in their order, snapshots in pieces.
#include "websock/channels/presence/presence_copy.hpp"

#include "websock/protocol/utf8_validator.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

namespace websock::channels {

namespace {

template <class... Fs>
struct cases : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
cases(Fs...) -> cases<Fs...>;

} // namespace

bool presence_copy::is_plausible(const std::string& topic, const std::string& key,
                                 const std::string& meta) const {
  return topic.size() <= limits_.name_octets && key.size() <= limits_.name_octets
         && meta.size() <= limits_.meta_octets && protocol::is_valid_utf8(topic)
         && protocol::is_valid_utf8(key) && is_meta(meta);
}

intake presence_copy::take(const presence_message::steps& message, presence_view& view) {
  const auto count = message.list.size();
  auto& seq = snapshot_ ? snapshot_->seq : seq_;
  if (count == 0 || message.first == 0 || message.first > seq + 1
      || message.first > UINT64_MAX - count || message.first + count <= seq + 1)
    return intake::nothing;
  for (auto i = seq + 1 - message.first; i < count; ++i) {
    if (snapshot_)
      apply(seq + 1, message.list[i], snapshot_->all, nullptr);
    else
      apply(seq + 1, message.list[i], entries_, &view);
    ++seq;
  }
  told_ = std::max(told_, seq);
  if (snapshot_)
    finish_snapshot(view);
  return intake::something;
}

void presence_copy::apply(number at, const presence_message::step& step,
                          presence_entries& into, presence_view* view) {
  std::visit(
      cases{[&](const presence_message::tracked& what) {
              const auto& [topic, key, meta] = what;
              if (is_plausible(topic, key, meta))
                put(at, {topic, key, std::make_shared<const std::string>(meta)}, into,
                    view);
            },
            [&](const presence_message::updated& what) {
              const auto& [id, meta] = what;
              const auto* found = into.find(id);
              if (found != nullptr && is_plausible({}, {}, meta))
                put(id,
                    {found->topic, found->key, std::make_shared<const std::string>(meta)},
                    into, view);
            },
            [&](const presence_message::untracked& id) {
              const auto* found = into.find(id);
              if (found == nullptr)
                return;
              if (view != nullptr)
                view->hide(owner_, id, found->topic, found->key);
              into.erase(id);
            }},
      step);
}

void presence_copy::put(number id, presence_entry entry, presence_entries& into,
                        presence_view* view) {
  const auto* stored = into.put(id, std::move(entry), limits_);
  if (stored != nullptr && view != nullptr)
    view->show(owner_, id, stored->topic, stored->key, stored->meta);
}

bool presence_copy::is_plausible(const presence_message::piece& message) const {
  auto last = message.after;
  for (const auto& [id, topic, key, meta] : message.entries) {
    if (id <= last || id > message.seq || !is_plausible(topic, key, meta))
      return false;
    last = id;
  }
  return message.is_last || !message.entries.empty();
}

intake presence_copy::take(const presence_message::piece& message, presence_view& view) {
  const bool is_first = message.after == 0;
  if (!is_first
      && (!snapshot_ || snapshot_->has_all_pieces || snapshot_->cursor != message.after))
    return intake::nothing;
  if (!is_plausible(message)) {
    snapshot_.reset();
    return intake::nothing;
  }
  if (is_first)
    snapshot_.emplace(message.seq);
  for (const auto& [id, topic, key, meta] : message.entries)
    put(id, {topic, key, std::make_shared<const std::string>(meta)}, snapshot_->all,
        nullptr);
  if (!message.entries.empty())
    snapshot_->cursor = std::get<0>(message.entries.back());
  snapshot_->goal = std::max(snapshot_->goal, message.seq);
  snapshot_->has_all_pieces = message.is_last;
  finish_snapshot(view);
  return intake::something;
}

void presence_copy::finish_snapshot(presence_view& view) {
  if (!snapshot_->has_all_pieces || snapshot_->seq < snapshot_->goal)
    return;
  auto now = std::move(*snapshot_);
  snapshot_.reset();
  for (const auto& [id, each] : entries_.all()) {
    const auto* kept = now.all.find(id);
    if (kept == nullptr || kept->topic != each.topic || kept->key != each.key)
      view.hide(owner_, id, each.topic, each.key);
  }
  entries_ = std::move(now.all);
  seq_ = now.seq;
  told_ = std::max(told_, seq_);
  owner_->has_hidden = true; // if there is no memory to show them all
  show_all(view);
  owner_->has_hidden = false;
}

std::optional<presence_copy::lack> presence_copy::lacks() const noexcept {
  if (needs_pieces() && snapshot_->cursor == 0) // no memory for the first
    return lack{seq_, 0};
  if (snapshot_)
    return lack{snapshot_->seq, snapshot_->has_all_pieces ? 0 : snapshot_->cursor};
  if (seq_ < told_)
    return lack{seq_, 0};
  return std::nullopt;
}

void presence_copy::show_all(presence_view& view) const {
  for (const auto& [id, each] : entries_.all())
    view.show(owner_, id, each.topic, each.key, each.meta);
}

void presence_copy::hide_all(presence_view& view) const {
  for (const auto& [id, each] : entries_.all())
    view.hide(owner_, id, each.topic, each.key);
}

} // namespace websock::channels
