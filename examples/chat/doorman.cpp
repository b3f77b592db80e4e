// Rate limits for new visitors.
#include "examples/chat/doorman.hpp"

namespace chat {

namespace {

constexpr std::size_t many_guests = 10'000; // above it, departed guests are forgotten

[[nodiscard]] bool is_of_this_machine(const std::string& peer) {
  return peer.starts_with("127.") || peer.starts_with("[::1]")
         || peer.starts_with("[::ffff:127.");
}

} // namespace

ticket doorman::admit(const std::string& peer, websock::runtime::time_point now) {
  const auto who = websock::http::client_group_of(peer);
  if (limits_.visits == 0 || who == websock::http::client_group::nobody
      || is_of_this_machine(peer))
    return std::make_shared<char>();
  const std::lock_guard lock(book_->mutex);
  if (book_->guests.size() >= many_guests)
    forget_idle(now);
  const guest first{0, {limits_.joins, limits_.joins_per_second}};
  auto& comes = book_->guests.try_emplace(who, first).first->second;
  if (comes.visits >= limits_.visits || !comes.joins.take(now))
    return nullptr;
  ++comes.visits;
  return {book_.get(), [book = book_, who](const void*) {
            const std::lock_guard leaving(book->mutex);
            --book->guests.find(who)->second.visits;
          }};
}

void doorman::forget_idle(websock::runtime::time_point now) {
  std::erase_if(book_->guests, [&](const auto& each) {
    return each.second.visits == 0 && each.second.joins.is_full(now);
  });
}

} // namespace chat
