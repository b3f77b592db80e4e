// Concatenating JSON.
#include "websock/channels/presence/presence_text.hpp"

#include "websock/channels/presence/meta_text.hpp"

#include <utility>

namespace websock::channels {

std::string presences_text(const std::vector<presence_view::key_metas>& all) {
  std::string text = "{";
  for (const auto& [key, metas] : all) {
    text += text.size() == 1 ? "" : ",";
    text += quoted(key) + R"(:{"metas":[)";
    for (std::size_t i = 0; i < metas.size(); ++i) {
      text += i == 0 ? "" : ",";
      text += *metas[i];
    }
    text += "]}";
  }
  return text + '}';
}

std::string presences_text(const presence_changes::list& some) {
  std::vector<presence_view::key_metas> by_key;
  for (const auto& [key, meta] : some) {
    if (by_key.empty() || by_key.back().first != key)
      by_key.emplace_back(key, std::vector<meta_text>());
    by_key.back().second.push_back(meta);
  }
  return presences_text(by_key);
}

std::string diff_text(const std::string& joins, const std::string& leaves) {
  return R"({"joins":)" + joins + R"(,"leaves":)" + leaves + '}';
}

} // namespace websock::channels
