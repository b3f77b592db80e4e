// Connecting, logging in, PING, and pauses.
#include "connection.hpp"

#include "../process/shard.hpp"
#include "../time/deadline.hpp"
#include "command.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstdint>
#include <exception>
#include <utility>
#include <variant>

namespace websock::runtime::redis {

namespace {

constexpr int looks_per_timeout = 64;
constexpr std::size_t most_around_message = 65'536; // of a reply

[[nodiscard]] std::string milliseconds_of(duration time) {
  const auto count = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  return std::to_string(count) + " ms";
}

} // namespace

connection::connection(shard& home, const engine_options& options, dial_function dial,
                       events& owner)
    : home_(home), options_(options), dial_(std::move(dial)), owner_(owner),
      random_(std::random_device{}()) {
}

// One that was never opened may end on any thread.
connection::~connection() {
  if (phase_ != phase::closed)
    close();
}

void connection::open() {
  phase_ = phase::dialling;
  arm(options_.connect_timeout);
  dialling_ = dial_(home_, [this](distribution::dial_result result) {
    const auto keep = std::move(dialling_); // it is what calls this
    dialled(std::move(result));
  });
}

void connection::dialled(distribution::dial_result result) {
  if (const auto* failed = std::get_if<distribution::dial_failed>(&result))
    return give_up(failed->why);
  carrier_ = std::move(std::get<std::unique_ptr<distribution::carrier>>(result));
  reader_ = std::make_unique<reply_reader>(options_.message_size + most_around_message);
  phase_ = phase::greeting;
  carrier_->start(*this);
  greet();
}

void connection::greet() {
  greetings_.clear();
  if (!options_.password.empty()) {
    carrier_->write(options_.user.empty()
                        ? command({"AUTH", options_.password})
                        : command({"AUTH", options_.user, options_.password}));
    greetings_.emplace_back("AUTH");
  }
  if (options_.database != 0) {
    carrier_->write(command({"SELECT", std::to_string(options_.database)}));
    greetings_.emplace_back("SELECT");
  }
  carrier_->write(command({"PING"}));
  greetings_.emplace_back("PING");
}

void connection::received(std::string_view octets) {
  silence_ = {};
  reader_->feed(octets);
  while (carrier_ != nullptr) { // a reply may end it
    const auto got = reader_->next();
    if (!got)
      break;
    take(*got);
  }
  if (carrier_ != nullptr && !reader_->trouble().empty())
    give_up(reader_->trouble());
}

void connection::take(const reply& what) {
  if (phase_ == phase::greeting)
    return take_greeting(what);
  // A subscriber's PONG is pushed.
  if (!what.is_status("PONG") && !what.begins_with("pong"))
    return owner_.replied(*this, what);
  is_ping_unanswered_ = false;
  arm(options_.ping_interval);
}

void connection::take_greeting(const reply& what) {
  if (what.type != reply::kind::status)
    return give_up(std::string(greetings_.front()) + " is refused: " + what.text);
  greetings_.pop_front();
  if (!greetings_.empty())
    return;
  phase_ = phase::open;
  failures_ = 0;
  is_ping_unanswered_ = false;
  arm(options_.ping_interval);
  owner_.opened(*this);
}

void connection::expire(time_point now) {
  switch (phase_) {
  case phase::closed:
    return;
  case phase::pausing:
    return open();
  case phase::open:
    return check_alive(now);
  case phase::dialling:
  case phase::greeting:
    return give_up("no answer within " + milliseconds_of(options_.connect_timeout));
  }
}

// Whatever arrives is a sign of life: a PONG may wait behind what is published. A shard
// that has much to do may not have sent the PING yet, nor looked at what has arrived, so
// silence counts only while it looks: a pause of the shard is no silence of Redis.
void connection::check_alive(time_point now) {
  const auto look = time_between_looks();
  if (is_ping_unanswered_) {
    const auto polls = home_.polls();
    if (polls != polls_at_look_)
      silence_ += std::min(now - looked_at_, 2 * look);
    polls_at_look_ = polls;
  } else {
    is_ping_unanswered_ = true;
    silence_ = {};
    polls_at_look_ = home_.polls();
    carrier_->write(command({"PING"}));
  }
  looked_at_ = now;
  if (silence_ >= duration(options_.ping_timeout))
    return give_up("no answer to PING within " + milliseconds_of(options_.ping_timeout));
  arm(look);
}

duration connection::time_between_looks() const {
  return std::max<duration>(duration(options_.ping_timeout) / looks_per_timeout,
                            std::chrono::milliseconds(1));
}

void connection::failed() noexcept {
  home_.guarded("redis: a connection", [this] { give_up("it could not be continued"); });
}

void connection::give_up(const std::string& why) {
  if (phase_ == phase::closed || phase_ == phase::pausing)
    return;
  drop();
  phase_ = phase::pausing;
  ++failures_;
  arm(next_pause());
  owner_.lost(*this, why);
}

duration connection::next_pause() {
  const duration longest(options_.longest_pause);
  duration pause(options_.least_pause);
  for (std::size_t i = 1; i < failures_ && pause < longest; ++i)
    pause = std::min<duration>(longest, pause * 2);
  std::uniform_int_distribution<> percent(50, 100);
  return pause / 100 * percent(random_);
}

void connection::arm(duration after) {
  home_.timers().disarm(*this);
  home_.timers().arm(*this, deadline_in(home_.now(), after));
}

void connection::drop() noexcept {
  home_.timers().disarm(*this);
  dialling_.reset();
  carrier_.reset();
}

void connection::close() noexcept {
  drop();
  phase_ = phase::closed;
}

void connection::finish() noexcept {
  if (carrier_ != nullptr)
    carrier_->finish();
  close();
}

void connection::send(std::string command) {
  assert(is_open() && "nothing is sent before Redis takes commands");
  carrier_->write(std::move(command));
}

std::size_t connection::unsent() const noexcept {
  return carrier_ == nullptr ? 0 : carrier_->unsent();
}

} // namespace websock::runtime::redis
