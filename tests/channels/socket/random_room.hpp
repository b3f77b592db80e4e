// Channels that do what their clients ask for in random programs, and the ledger in which
// they note what they have done.
#pragma once

#include "websock/channels/channel/channel.hpp"
#include "websock/channels/envelope/json.hpp"
#include "websock/runtime/process/process.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tests::random_sockets {

namespace runtime = websock::runtime;
using websock::json;

/// What a channel or a speaker has done.
struct deed {
  enum class kind : std::uint8_t {
    handled,     // a push has come to its channel
    replied,     // by the channel itself
    let_reply,   // by another process
    pushed,      // to its own client
    said,        // to all in the topic
    said_others, // to all others
  };

  kind what;
  std::size_t by;    // the number of a channel, or of a speaker
  std::string ref{}; // of the push
  int number = 0;    // what its payload says
  std::string topic{};
  std::string status{};
};

/// One channel, from its constructor on.
struct room_record {
  std::size_t number = 0;
  std::string topic{};
  std::string join{}; // its join_ref
  runtime::pid who{};
  bool intercepts = false;
  std::optional<std::size_t> accepted{}; // how many deeds there were then
  bool is_alive = true;
  bool may_be_killed = false; // by the program, or for its join is late
  int terminated = 0;
  bool has_crashed = false; // or called process::exit
};

/// What all channels of a program have done; on one thread.
struct ledger {
  static constexpr std::size_t first_speaker = 1'000'000; // numbers of speakers

  std::vector<deed> deeds{};
  std::deque<room_record> rooms{};
  std::array<runtime::pid, 2> helpers{}; // processes that reply for channels
  int last_number = 0;

  [[nodiscard]] room_record& add_room();
  /// The channel of a join; null if there is none.
  [[nodiscard]] const room_record* find_room(std::string_view join) const;
  /// Notes the deed and returns a payload that says its number, and whose it is.
  json note(deed what);
};

/// What a join may ask for, as the parameter "how".
inline constexpr std::array<std::string_view, 12> join_manners{
    "ok",   "ok",          "ok",         "ok",    "ok",     "ok",
    "slow", "slow refuse", "slow crash", "never", "refuse", "crash"};
/// What a push may ask for, as its event.
inline constexpr std::array<std::string_view, 10> harmless_manners{
    "now",        "error", "quiet",     "pushes", "say",
    "say others", "later", "elsewhere", "waits",  "twice"};
/// The same; these end the channel.
inline constexpr std::array<std::string_view, 7> deadly_manners{
    "crash", "exit", "stop", "reply, stop", "bad stop", "waits, stop", "waits, crash"};

/// The channel.
class random_room final : public websock::channel {
public:
  explicit random_room(ledger& notes) : notes_(notes), its_(notes.add_room()) {}
  ~random_room() override { its_.is_alive = false; }

private:
  websock::join_result join(std::string_view topic, const payload& params) override;
  [[nodiscard]] std::vector<std::string> intercepted() const override;
  websock::channel_result handle_in(std::string_view event, const payload& in) override;
  websock::channel_result handle_info(runtime::term info) override;
  websock::channel_result handle_out(std::string_view event, const payload& out) override;
  void terminate(const runtime::exit_reason& why) override;

  websock::join_result join_slowly(std::string how, runtime::duration time);
  websock::channel_result do_harmless(std::string_view how, const json& in);
  websock::channel_result end(std::string_view how, const std::string& ref);
  websock::channel_result wait(std::string then, std::string ref, runtime::duration time);
  websock::channel_result answer(const std::string& ref, std::string status = "ok");
  void say(deed::kind to_whom);
  void reply_elsewhere(std::size_t times);

  ledger& notes_;
  room_record& its_;
  bool replies_with_octets_ = false;
};

} // namespace tests::random_sockets
