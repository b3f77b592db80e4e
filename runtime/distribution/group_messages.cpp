// Messages of pg to terms, and back.
#include "group_messages.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace websock::runtime::distribution::group_message {

namespace {

using etf::value;

template <class... Values>
[[nodiscard]] value tuple_of(Values... elements) {
  return etf::tuple{{value(std::move(elements))...}};
}

/// The elements behind the tag; none unless it is such a tuple around a process.
[[nodiscard]] std::span<const value> fields_of(const value& message, std::string_view tag,
                                               std::size_t arity) noexcept {
  if (!message.is_tagged(tag, arity) || !message.elements()[1].is<etf::pid>())
    return {};
  return message.elements().subspan(1);
}

[[nodiscard]] const etf::pid& peer_of(std::span<const value> fields) noexcept {
  return *fields.front().get_if<etf::pid>();
}

[[nodiscard]] std::vector<etf::pid> pids_of(const value& one_or_many) {
  if (const auto* one = one_or_many.get_if<etf::pid>())
    return {*one};
  std::vector<etf::pid> all;
  if (one_or_many.is<etf::list>())
    for (const auto& each : one_or_many.elements())
      if (const auto* found = each.get_if<etf::pid>())
        all.push_back(*found);
  return all;
}

[[nodiscard]] sync sync_of(const etf::pid& peer, const value& groups) {
  sync all{peer, {}};
  if (groups.is<etf::list>())
    for (const auto& each : groups.elements())
      if (each.is<etf::tuple>() && each.elements().size() == 2)
        all.groups.emplace_back(each.elements()[0], pids_of(each.elements()[1]));
  return all;
}

[[nodiscard]] std::vector<value> groups_of(const value& groups) {
  if (!groups.is<etf::list>())
    return {};
  return {groups.elements().begin(), groups.elements().end()};
}

[[nodiscard]] value list_of(const std::vector<etf::pid>& pids) {
  return etf::list{{pids.begin(), pids.end()}};
}

[[nodiscard]] value one_or_many(const std::vector<etf::pid>& pids) {
  return pids.size() == 1 ? value(pids.front()) : list_of(pids);
}

} // namespace

any read(const value& message) {
  for (const std::size_t arity : {2U, 3U})
    if (const auto found = fields_of(message, "discover", arity); !found.empty())
      return discover{peer_of(found)};
  if (const auto found = fields_of(message, "sync", 3); !found.empty())
    return sync_of(peer_of(found), found[1]);
  if (const auto found = fields_of(message, "join", 4); !found.empty())
    return join{peer_of(found), found[1], pids_of(found[2])};
  if (const auto found = fields_of(message, "leave", 4); !found.empty())
    return leave{peer_of(found), pids_of(found[1]), groups_of(found[2])};
  return other{};
}

value write(const discover& message) {
  return tuple_of(etf::atom{"discover"}, message.peer);
}

value write(const sync& message) {
  etf::list groups;
  for (const auto& [group, pids] : message.groups)
    groups.elements.push_back(tuple_of(group, list_of(pids)));
  return tuple_of(etf::atom{"$gen_cast"},
                  tuple_of(etf::atom{"sync"}, message.peer, std::move(groups)));
}

value write(const join& message) {
  return tuple_of(etf::atom{"join"}, message.peer, message.group,
                  one_or_many(message.pids));
}

value write(const leave& message) {
  return tuple_of(etf::atom{"leave"}, message.peer, one_or_many(message.pids),
                  etf::list{message.groups});
}

} // namespace websock::runtime::distribution::group_message
