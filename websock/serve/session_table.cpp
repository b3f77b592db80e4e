// A client moves one level up or down with each session, which keeps the one with the
// most at hand.
#include "websock/serve/session_table.hpp"

#include "websock/serve/http_service.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

namespace websock {

void session_table::add(http::client_group group, http_service& service,
                        connection_host& host, std::unique_ptr<transport> socket,
                        http_session::owner& owner) {
  std::list<http_session> one;
  one.emplace_back(service, host, std::move(socket), owner);
  put(client_for(group), std::move(one));
}

// Whatever may fail comes first, so that the session is not lost.
void session_table::move(http_session& session, http::client_group group) {
  const auto into = client_for(group);
  put(into, take(session));
}

std::list<http_session> session_table::take(http_session& session) {
  std::list<http_session> taken;
  const auto found = by_group_.find(session.client);
  const auto its_client = found->second;
  const auto before = its_client->sessions.size();
  taken.splice(taken.begin(), its_client->sessions, session.place);
  --size_;
  if (before == 1) {
    by_group_.erase(found);
    levels_[1].erase(its_client);
  } else {
    levels_[before - 1].splice(levels_[before - 1].end(), levels_[before], its_client);
  }
  if (levels_[most_].empty())
    --most_; // one below at most: the client has moved there
  return taken;
}

void session_table::clear() noexcept {
  by_group_.clear();
  levels_.clear();
  most_ = size_ = 0;
}

std::size_t session_table::count(http::client_group group) const noexcept {
  const auto found = by_group_.find(group);
  return found == by_group_.end() ? 0 : found->second->sessions.size();
}

http_session& session_table::longest_waiting() {
  assert(size_ > 0 && "somebody waits");
  return longest_waiting(levels_[most_].front());
}

http_session& session_table::longest_waiting(http::client_group group) {
  assert(count(group) > 0 && "somebody of this client waits");
  return longest_waiting(*by_group_.find(group)->second);
}

// A session that was served since the last look gets a second chance, so that neither a
// download nor a client that keeps asking is evicted for those that send nothing.
http_session& session_table::longest_waiting(client& among) {
  auto& waiting = among.sessions;
  for (auto looks = waiting.size(); looks > 0 && waiting.front().spend_chance(); --looks)
    waiting.splice(waiting.end(), waiting, waiting.begin());
  return waiting.front();
}

// Also creates the level above, so that `put` can move the client there.
session_table::clients::iterator session_table::client_for(http::client_group group) {
  if (const auto found = by_group_.find(group); found != by_group_.end()) {
    static_cast<void>(level(found->second->sessions.size() + 1));
    return found->second;
  }
  static_cast<void>(level(1));
  clients fresh;
  fresh.push_back({group, {}});
  const auto made = fresh.begin();
  by_group_.emplace(group, made);
  levels_[0].splice(levels_[0].end(), fresh);
  return made;
}

void session_table::put(clients::iterator into, std::list<http_session> one) noexcept {
  one.front().client = into->group;
  one.front().place = one.begin();
  const auto before = into->sessions.size();
  into->sessions.splice(into->sessions.end(), one);
  auto& above = levels_[before + 1];
  above.splice(above.end(), levels_[before], into);
  most_ = std::max(most_, before + 1);
  ++size_;
}

// A growing vector moves its lists, so iterators into them stay valid.
session_table::clients& session_table::level(std::size_t count) {
  if (levels_.size() <= count)
    levels_.resize(count + 1);
  return levels_[count];
}

} // namespace websock
