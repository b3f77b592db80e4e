// Clients move one level up or down with each session, so the one with most is at hand.
#include "websock/session_table.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace websock {

void session_table::add(http::client_group of, server_core& core, connection_host& host,
                        std::unique_ptr<transport> socket, http_session::owner& owner) {
  std::list<http_session> one;
  one.emplace_back(core, host, std::move(socket), owner);
  put(of, std::move(one));
}

void session_table::move(http_session& session, http::client_group to) {
  put(to, take(session));
}

std::list<http_session> session_table::take(http_session& session) {
  std::list<http_session> taken;
  const auto found = by_group_.find(session.client);
  const auto of = found->second;
  const auto before = of->sessions.size();
  taken.splice(taken.begin(), of->sessions, session.place);
  --size_;
  if (before == 1) {
    by_group_.erase(found);
    levels_[1].erase(of);
  } else {
    levels_[before - 1].splice(levels_[before - 1].end(), levels_[before], of);
  }
  if (levels_[most_].empty())
    --most_; // one below at most: that is where the client has gone
  return taken;
}

void session_table::clear() noexcept {
  by_group_.clear();
  levels_.clear();
  most_ = size_ = 0;
}

std::size_t session_table::count(http::client_group of) const noexcept {
  const auto found = by_group_.find(of);
  return found == by_group_.end() ? 0 : found->second->sessions.size();
}

http_session& session_table::longest_waiting() {
  return longest_waiting(levels_[most_].front());
}

http_session& session_table::longest_waiting(http::client_group of) {
  return longest_waiting(*by_group_.find(of)->second);
}

// Whoever was served since the last look has a second chance, so that neither a download
// nor a client that keeps asking pays for those that say nothing.
http_session& session_table::longest_waiting(client& among) {
  auto& waiting = among.sessions;
  for (auto looks = waiting.size(); looks > 0 && waiting.front().spend_chance(); --looks)
    waiting.splice(waiting.end(), waiting, waiting.begin());
  return waiting.front();
}

void session_table::put(http::client_group into, std::list<http_session> one) {
  const auto [found, is_new] = by_group_.try_emplace(into);
  if (is_new)
    found->second = level(0).insert(level(0).end(), client{into, {}});
  const auto of = found->second;
  one.front().client = into;
  one.front().place = one.begin();
  const auto before = of->sessions.size();
  of->sessions.splice(of->sessions.end(), one);
  auto& above = level(before + 1);
  above.splice(above.end(), levels_[before], of);
  most_ = std::max(most_, before + 1);
  ++size_;
}

// A vector that grows moves its lists: iterators into them stay valid.
session_table::clients& session_table::level(std::size_t count) {
  if (levels_.size() <= count)
    levels_.resize(count + 1);
  return levels_[count];
}

} // namespace websock
