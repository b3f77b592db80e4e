// The guarantees.
#include "tests/channels/socket/random_guarantees.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace tests::random_sockets {

namespace {

using kind = line::kind;

template <class T>
using by_ref = std::map<std::string, std::vector<const T*>>;

template <class T>
[[nodiscard]] const std::vector<const T*>& found(const by_ref<T>& among,
                                                 const std::string& ref) {
  static const std::vector<const T*> none;
  const auto at = among.find(ref);
  return at == among.end() ? none : at->second;
}

/// Whose payload it is; 0 if the protocol says it, not a channel.
[[nodiscard]] std::size_t author_of(const line& each) {
  return each.body.value("c", std::size_t{0});
}

class checker {
public:
  checker(const ledger& done, const random_client& client)
      : done_(done), client_(client), is_whole_(!client.is_over()) {
    for (const auto& each : client.lines())
      index(each);
    for (const auto& each : done.deeds)
      if (!each.ref.empty())
        (each.what == deed::kind::handled ? handled_ : promised_)[each.ref].push_back(
            &each);
    for (const auto& each : done.rooms)
      if (joins_.contains(each.join))
        rooms_.push_back(&each);
  }

  [[nodiscard]] std::vector<std::string> run() {
    for (const auto& each : client_.lines())
      check(each);
    for (const auto* each : rooms_) {
      check_order_of(*each);
      check_handled_in_order(*each);
      check_what_was_said_to(*each);
    }
    check_said_order();
    check_succession();
    return std::move(wrong_);
  }

private:
  void index(const line& each) {
    if (each.what == kind::reply)
      replies_[each.ref].push_back(&each);
    else if (each.what == kind::end)
      ends_[each.ref].push_back(&each);
    else if (each.what == kind::join)
      joins_.emplace(each.ref, joins_.size());
  }
  void require(bool holds, const std::string& claim, const std::string& at) {
    if (!holds)
      wrong_.push_back(claim + ": " + at);
  }

  void check(const line& each) {
    if (each.what == kind::join)
      check_join(each);
    else if (each.what == kind::push)
      check_push(each);
    else if (each.what == kind::leave)
      check_leave(each);
    else if (each.what == kind::beat)
      check_beat(each);
    else
      check_got(each);
  }

  [[nodiscard]] bool is_accepted(const std::string& join) const {
    const auto& replies = found(replies_, join);
    return !replies.empty() && replies.front()->status == "ok";
  }
  // One answer; and one end, if it was accepted and has ended.
  void check_join(const line& each) {
    const auto answers = found(replies_, each.ref).size();
    require(answers <= 1, "a join has one answer", each.ref);
    const auto& ends = found(ends_, each.ref);
    const bool accepted = is_accepted(each.ref);
    require(ends.size() <= (accepted ? 1U : 0U), "a channel ends once", each.ref);
    const auto* const room = done_.find_room(each.ref);
    require(!accepted || (room != nullptr && room->accepted), "who accepted this join?",
            each.ref);
    if (!is_whole_)
      return;
    require(answers == 1, "a join is answered", each.ref);
    if (room == nullptr || !room->accepted)
      return;
    require(accepted, "the join was accepted", each.ref);
    require(room->is_alive == ends.empty(), "the client hears of the end", each.ref);
    if (room->terminated == 1 && ends.size() == 1 && is_last_of(each))
      require((ends.front()->event == "phx_error") == room->has_crashed,
              "an end in order is told from a crash", each.ref);
  }
  [[nodiscard]] bool is_last_of(const line& join) const {
    return client_.joins_of(join.topic).back() == join.ref;
  }

  // Handled once: then each reply that was made arrives, as it was made.
  void check_push(const line& each) {
    const auto& handled = found(handled_, each.ref);
    require(handled.size() <= 1, "a push is handled once", each.ref);
    if (handled.empty())
      return check_unhandled(each);
    const auto& room = done_.rooms.at(handled.front()->by - 1);
    require(room.topic == each.topic && (each.join.empty() || room.join == each.join),
            "a push reaches the channel of its join", each.ref);
    const auto& promised = found(promised_, each.ref);
    const auto& got = found(replies_, each.ref);
    require(is_whole_ ? got.size() == promised.size() : got.size() <= promised.size(),
            "each reply comes once", each.ref);
    for (std::size_t i = 0; i < std::min(got.size(), promised.size()); ++i)
      require(got[i]->body.value("n", 0) == promised[i]->number
                  && got[i]->status == promised[i]->status,
              "a reply is what was replied", each.ref);
  }
  void check_unhandled(const line& each) {
    const auto& got = found(replies_, each.ref);
    require(got.size() <= 1, "one answer to what no channel gets", each.ref);
    for (const auto* reply : got)
      require(reply->body.value("reason", "") == "unmatched topic",
              "nobody has handled what is replied to", each.ref);
    if (!is_whole_)
      return;
    if (each.is_idle)
      require(got.size() == 1, "who is not joined is told so", each.ref);
    const auto* const room = room_of(each);
    require(room == nullptr || !room->is_alive || room->topic != each.topic,
            "a channel that lives handles each push", each.ref);
  }
  void check_leave(const line& each) {
    const auto& got = found(replies_, each.ref);
    require(got.size() <= 1, "a leave is answered once", each.ref);
    for (const auto* reply : got)
      require(reply->status == "ok", "a leave succeeds", each.ref);
    if (!is_whole_)
      return;
    if (each.is_idle)
      require(got.size() == 1, "who has left already is told so", each.ref);
    const auto* const room = room_of(each);
    require(room == nullptr || !room->is_alive || room->topic != each.topic,
            "who leaves is gone", each.ref);
  }
  [[nodiscard]] const room_record* room_of(const line& each) const {
    return each.join.empty() ? nullptr : done_.find_room(each.join);
  }
  void check_beat(const line& each) {
    const auto count = found(replies_, each.ref).size();
    require(is_whole_ ? count == 1 : count <= 1, "a heartbeat is answered once",
            each.ref);
  }
  // What a channel sends carries its join_ref, and a broadcast none.
  void check_got(const line& each) {
    const auto author = author_of(each);
    if (client_.how() == serializer::v1 || author == 0 || each.what == kind::end)
      return;
    const bool is_broadcast = each.what == kind::event && each.body.contains("said")
                              && !each.body.contains("intercepted");
    if (is_broadcast)
      require(each.join.empty(), "a broadcast has no join_ref", each.body.dump());
    else
      require(author <= done_.rooms.size() && done_.rooms[author - 1].join == each.join,
              "a message has the join_ref of its channel", each.body.dump());
  }

  // What it did itself, in that order, and nothing left out.
  void check_order_of(const room_record& room) {
    std::vector<int> made;
    for (const auto& each : done_.deeds)
      if (each.by == room.number && goes_to_own_client(each, room))
        made.push_back(each.number);
    std::vector<int> got;
    for (const auto& each : client_.lines())
      if (author_of(each) == room.number && !is_loose(each))
        got.push_back(each.body.at("n"));
    const bool is_prefix =
        got.size() <= made.size() && std::equal(got.begin(), got.end(), made.begin());
    require(is_prefix && (!is_whole_ || got.size() == made.size()),
            "what a channel sends comes in order", room.join);
  }
  [[nodiscard]] static bool goes_to_own_client(const deed& each,
                                               const room_record& room) {
    return each.what == deed::kind::replied || each.what == deed::kind::pushed
           || (each.what == deed::kind::said && !room.intercepts);
  }
  // A reply by another process.
  [[nodiscard]] bool is_loose(const line& each) const {
    if (each.what != kind::reply)
      return false;
    const auto& by = found(promised_, each.ref);
    return !by.empty() && by.front()->what == deed::kind::let_reply;
  }

  void check_handled_in_order(const room_record& room) {
    std::map<std::string, std::size_t> sent;
    for (const auto& each : client_.lines())
      if (each.what == kind::push)
        sent.emplace(each.ref, sent.size());
    std::size_t next = 0;
    for (const auto& each : done_.deeds) {
      if (each.by != room.number || each.what != deed::kind::handled)
        continue;
      const auto place = sent.at(each.ref);
      require(place >= next, "pushes are handled in order", each.ref);
      next = place + 1;
    }
  }

  // A channel that lives gets all that is said after its join.
  void check_what_was_said_to(const room_record& room) {
    if (!is_whole_ || !room.is_alive || !room.accepted)
      return;
    std::set<int> heard;
    for (const auto& each : client_.lines())
      if (each.topic == room.topic && each.body.contains("said"))
        heard.insert(each.body.at("said").get<int>());
    for (std::size_t i = *room.accepted; i < done_.deeds.size(); ++i)
      if (is_said_to(done_.deeds[i], room))
        require(heard.contains(done_.deeds[i].number), "what is said is heard",
                room.join + " " + std::to_string(done_.deeds[i].number));
  }
  [[nodiscard]] static bool is_said_to(const deed& each, const room_record& room) {
    const bool is_said =
        each.what == deed::kind::said
        || (each.what == deed::kind::said_others && each.by != room.number);
    return is_said && each.topic == room.topic;
  }
  // Each once, and those of one sender in order.
  void check_said_order() {
    std::set<int> heard;
    std::map<std::pair<std::string, std::size_t>, int> newest;
    for (const auto& each : client_.lines()) {
      if (each.what != kind::event || !each.body.contains("said"))
        continue;
      const int number = each.body.at("said");
      const auto sender = each.body.at("s").get<std::size_t>();
      require(heard.insert(number).second, "what is said is heard once",
              each.body.dump());
      auto& before = newest[{each.topic, sender}];
      require(before < number, "what one sender says is heard in order",
              each.body.dump());
      before = number;
    }
  }

  // Behind the answer to a join comes the close of the channel before it, and nothing
  // else of that one; behind the end of a channel nothing; before its answer nothing.
  void check_succession() {
    std::map<std::string, std::size_t> newest; // by topic: the join answered last
    std::set<std::string> has_spoken;
    std::set<std::string> has_ended;
    for (const auto& each : client_.lines()) {
      const auto join = join_behind(each);
      if (join.empty() || is_loose(each))
        continue;
      require(!has_ended.contains(join), "nothing comes behind the end", join);
      const auto place = joins_.at(join) + 1;
      auto& latest = newest[each.topic];
      if (each.what == kind::reply && each.ref == join) {
        require(latest < place, "joins are answered in order", join);
        latest = place;
      } else if (each.what == kind::end) {
        require(latest == place ? !is_replaced(join) : !has_spoken.contains(each.topic),
                "what is replaced ends behind the answer of its successor", join);
        has_ended.insert(join);
      } else {
        require(latest == place, "what comes is of the newest join", join);
        has_spoken.insert(each.topic);
        continue;
      }
      has_spoken.erase(each.topic);
    }
  }
  // Nothing else ends a channel without terminate.
  [[nodiscard]] bool is_replaced(const std::string& join) const {
    const auto* const room = done_.find_room(join);
    return room != nullptr && room->terminated == 0 && !room->may_be_killed;
  }
  // The join to whose channel something belongs that has come; empty if to none.
  [[nodiscard]] std::string join_behind(const line& each) const {
    if (each.what == kind::end || (each.what == kind::reply && joins_.contains(each.ref)))
      return each.ref;
    const bool is_sent = each.what != kind::reply && each.what != kind::event;
    const auto author = is_sent ? 0 : author_of(each);
    if (author == 0 || author > done_.rooms.size())
      return {};
    const auto& join = done_.rooms[author - 1].join;
    return joins_.contains(join) ? join : std::string();
  }

  const ledger& done_;
  const random_client& client_;
  const bool is_whole_;
  std::map<std::string, std::size_t> joins_; // of this client, and their order
  by_ref<line> replies_;
  by_ref<line> ends_;
  by_ref<deed> handled_;
  by_ref<deed> promised_;
  std::vector<const room_record*> rooms_;
  std::vector<std::string> wrong_;
};

} // namespace

std::vector<std::string> violations(const ledger& done, const random_client& client) {
  return checker(done, client).run();
}

} // namespace tests::random_sockets
