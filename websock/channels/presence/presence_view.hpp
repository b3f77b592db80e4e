// Who is present as this node sees it: its own entries and those of others, and what has
// changed since the last diff.
#pragma once

#include "websock/channels/presence/meta_text.hpp"
#include "websock/channels/presence/presence_messages.hpp"

#include <compare>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace websock::channels {

/// One life of a node, whose entries are shown.
struct presence_owner {
  std::string node;
  presence_message::number creation = 0;
  /// Lost: a key that joins elsewhere takes the place of one of its entries.
  bool is_greyed = false;
  /// Some of its entries are not shown: they have been taken the place of, or its time is
  /// up.
  bool has_hidden = false;
};
using shared_owner = std::shared_ptr<presence_owner>;

/// What has changed in one topic, in the order of the keys.
struct presence_changes {
  using list = std::vector<std::pair<std::string, meta_text>>; // key, meta

  std::string topic;
  list joins;
  list leaves;
};

/// Metas of one key are in the order of the nodes' names, and of tracking within a node,
/// on every node.
class presence_view {
public:
  using number = presence_message::number;
  using key_metas = std::pair<std::string, std::vector<meta_text>>;

  /// Shows an entry, or its new meta.
  void show(const shared_owner& owner, number id, const std::string& topic,
            const std::string& key, const meta_text& meta);
  /// No effect on what is not shown.
  void hide(const shared_owner& owner, number id, const std::string& topic,
            const std::string& key);

  /// In the order of the keys.
  [[nodiscard]] std::vector<key_metas> list(std::string_view topic) const;
  [[nodiscard]] std::vector<meta_text> get(std::string_view topic,
                                           std::string_view key) const;

  [[nodiscard]] bool has_changes() const noexcept { return !changes_.empty(); }
  /// What has changed since the last call: at most one for each topic. What has come and
  /// gone in the meantime is not in it, nor what has gone and come back the same.
  [[nodiscard]] std::vector<presence_changes> take_changes();

private:
  struct place {
    shared_owner owner;
    number id;
    [[nodiscard]] std::strong_ordering operator<=>(const place& other) const;
  };
  struct shown {
    place at;
    meta_text meta;
  };
  struct change {
    std::string key;
    meta_text before; // as the last diff left it; null: not there
    meta_text after;
  };
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  using keys = std::map<std::string, std::vector<shown>, std::less<>>;

  void take_place_of_greyed(const place& newcomer, const std::string& topic,
                            const std::string& key, const std::vector<shown>& metas);
  void note(const place& at, const std::string& topic, const std::string& key,
            const meta_text& before, const meta_text& after);

  std::unordered_map<std::string, keys, text_hash, std::equal_to<>> topics_;
  std::map<std::string, std::map<place, change>> changes_;
};

} // namespace websock::channels
