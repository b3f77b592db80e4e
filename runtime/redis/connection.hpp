// A connection to Redis: logged in, alive, and made again when it is lost.
#pragma once

#include "../distribution/carrier/carrier.hpp"
#include "../time/timer.hpp"
#include "dial.hpp"
#include "engine_options.hpp"
#include "reply.hpp"
#include "reply_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <string_view>

namespace websock::runtime {
class shard;
}

namespace websock::runtime::redis {

/// Lives on one shard, whose thread alone may use it.
class connection final : private distribution::carrier::events, private timer {
public:
  /// Who hears of it; nothing is told from within its functions but `give_up`.
  class events {
  public:
    /// Redis takes commands.
    virtual void opened(connection& which) = 0;
    /// The next reply, PONG excepted.
    virtual void replied(connection& which, const reply& what) = 0;
    /// It is lost, or could not be made, and will be tried again; `why` is for people.
    virtual void lost(connection& which, const std::string& why) = 0;

  protected:
    ~events() = default;
  };

  connection(shard& home, const engine_options& options, dial_function dial,
             events& owner);
  ~connection() override;

  /// Connects, and again after each loss until `close`.
  void open();
  void close() noexcept;
  /// The same, once everything has been sent.
  void finish() noexcept;
  /// Loses it.
  void give_up(const std::string& why);

  [[nodiscard]] bool is_open() const noexcept { return phase_ == phase::open; }
  /// Only while it is open. `command` is written after all others.
  void send(std::string command);
  [[nodiscard]] std::size_t unsent() const noexcept;

private:
  enum class phase : std::uint8_t { closed, dialling, greeting, open, pausing };

  // carrier::events.
  void received(std::string_view octets) override;
  void has_room() override {}
  void closed(std::string why) override { give_up(why); }
  // timer.
  void expire(time_point now) override;
  void failed() noexcept override;

  void dialled(distribution::dial_result result);
  void greet();
  void take(const reply& what);
  void take_greeting(const reply& what);
  void check_alive(time_point now);
  [[nodiscard]] duration time_between_looks() const;
  void arm(duration after);
  [[nodiscard]] duration next_pause();
  void drop() noexcept;

  shard& home_;
  const engine_options& options_;
  const dial_function dial_;
  events& owner_;
  phase phase_ = phase::closed;
  std::unique_ptr<distribution::dialling> dialling_;
  std::unique_ptr<distribution::carrier> carrier_;
  std::unique_ptr<reply_reader> reader_;
  std::deque<std::string_view> greetings_; // whose replies are missing: literals
  std::size_t failures_ = 0;
  bool is_ping_unanswered_ = false;
  duration silence_{}; // since the PING or a sign of life, as far as it counts
  time_point looked_at_{};
  std::uint64_t polls_at_look_ = 0; // of the shard
  std::minstd_rand random_;
};

} // namespace websock::runtime::redis
