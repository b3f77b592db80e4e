// References that other nodes have made, as references of this one.
#pragma once

#include "../process/shard_numbers.hpp"
#include "../term/reference.hpp"
#include "etf/reference.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace websock::runtime::distribution {

/// Gives each foreign reference a local one, so that equal ones are equal, and turns it
/// back when it is sent on. It remembers the last `most` of them: an older one that
/// arrives again is a new one, and one that is sent on is no longer known. Any thread.
class foreign_references {
public:
  static constexpr std::size_t most = 65'536;

  [[nodiscard]] reference to_local(const etf::reference& theirs);
  /// Nullopt for a reference that this node has made, and for one that is forgotten.
  [[nodiscard]] std::optional<etf::reference> find(reference ours) const;
  /// Whether it stands for one of another node, known or forgotten.
  [[nodiscard]] bool is_foreign(reference ours) const noexcept;

  foreign_references();
  ~foreign_references();
  foreign_references(const foreign_references&) = delete;
  foreign_references& operator=(const foreign_references&) = delete;

private:
  const shard_numbers number_{1}; // makes references as a shard of its own
  mutable std::mutex mutex_;
  std::uint64_t made_;
  std::map<etf::reference, reference> ours_of_;
  std::unordered_map<reference, std::map<etf::reference, reference>::iterator> theirs_of_;
  std::deque<reference> in_order_;
};

} // namespace websock::runtime::distribution
