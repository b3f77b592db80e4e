// From octets to signals and back, and what ends a connection.
#include "connection.hpp"

#include "../table/rollback.hpp"
#include "../time/deadline.hpp"
#include "../time/timer_queue.hpp"
#include "etf/malformed.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <utility>

namespace websock::runtime::distribution {

namespace {

// Erlang's: one look every quarter of net_ticktime, lost after four without a word.
constexpr int looks_per_ticktime = 4;

constexpr const char* last_words = "cluster: what a connection still had to send";

constexpr std::chrono::milliseconds longest_unseen{100}; // that octets have left

constexpr std::size_t longest_packet(std::size_t message_size) {
  constexpr std::size_t for_control = 65'536; // names, atoms of the header, a reason
  return message_size + for_control;
}

[[nodiscard]] decoder_limits limits_of(const connection_options& options) {
  decoder_limits limits;
  limits.terms.octets = longest_packet(options.message_size);
  limits.terms.depth = options.term_depth;
  limits.fragments.octets = 4 * longest_packet(options.message_size);
  return limits;
}

} // namespace

/// Owns a connection until the shard comes to it.
class connection::burial final : public runtime::detail::shard_task {
public:
  burial() noexcept : shard_task(runtime::detail::signal_kind::control) {}
  void run(shard&) override { delete this; }
  void dispose() noexcept override { delete this; }

  std::unique_ptr<connection> buried;

private:
  ~burial() = default;
};

connection::connection(shard& home, std::unique_ptr<carrier> link, handshake how,
                       const connection_options& options, events& owner)
    : home_(home), options_(options), owner_(&owner), link_(std::move(link)),
      handshake_(std::move(how)), packets_(longest_packet(options.message_size)),
      decoder_(limits_of(options)), output_(dialect{}),
      itself_(std::make_shared<connection*>(this)), burial_(new burial) {
  runtime::detail::rollback unmade([this] { *itself_ = nullptr; });
  // What the handshake says at once must not reach the owner from within here.
  home_.post_quiet([self = itself_](shard&) {
    if (*self != nullptr && (*self)->phase_ == phase::shaking_hands)
      (*self)->take((*self)->handshake_.begin());
  });
  link_->start(*this, std::min(least_unsent, options_.low_mark));
  home_.timers().arm(*this, deadline_in(home_.now(), options_.handshake_limit));
  unmade.keep();
}

connection::~connection() {
  *itself_ = nullptr;
  home_.guarded(last_words, [this] { retire(); });
  link_->finish();
}

void connection::retire() {
  home_.timers().disarm(*this);
  home_.timers().disarm(later_look_);
  home_.timers().disarm(second_look_);
  if (std::exchange(phase_, phase::over) == phase::up)
    flush();
}

void connection::bury(std::unique_ptr<connection> over) noexcept {
  if (!over)
    return;
  over->home_.guarded(last_words, [&] { over->retire(); });
  auto& home = over->home_;
  auto* const grave = over->burial_.release();
  grave->buried = std::move(over);
  home.post_task(*grave);
}

void connection::received(std::string_view octets) {
  if (phase_ == phase::over)
    return;
  received_ += octets.size();
  if (phase_ == phase::shaking_hands)
    return shake_hands(octets);
  packets_.append(octets);
  take_packets();
}

void connection::shake_hands(std::string_view octets) {
  const auto step = handshake_.feed(octets);
  packets_.append(step.rest); // before `take`, which may lead to the end of `octets`
  take(step);
  if (phase_ == phase::up)
    take_packets();
}

void connection::take(const handshake_step& step) {
  if (!step.output.empty())
    link_->write(step.output);
  if (const auto* refused = step.refusal())
    return end(refused->text, refused->reason);
  const auto* success = step.success();
  if (success == nullptr)
    return;
  phase_ = phase::up;
  output_ = output_lanes(dialect_of(success->agreed.bits()));
  home_.timers().disarm(*this);
  home_.timers().arm(*this,
                     deadline_in(home_.now(), options_.ticktime / looks_per_ticktime));
  owner_->established(*this, *success);
}

void connection::take_packets() {
  try {
    while (phase_ == phase::up) {
      const auto packet = packets_.next();
      if (!packet)
        return;
      if (const auto what = decoder_.read(*packet))
        owner_->received(*this, *what);
    }
  } catch (const etf::malformed& wrong) {
    end(std::string("it sent what is no signal: ") + wrong.what(), std::nullopt);
  }
}

void connection::closed(std::string why) {
  if (phase_ != phase::shaking_hands)
    return end(why, std::nullopt);
  const auto step = handshake_.end_of_stream();
  const auto* refused = step.refusal();
  end(refused != nullptr ? refused->text + " (" + why + ")" : why,
      handshake_failure::closed);
}

void connection::end(std::string_view why, std::optional<handshake_failure> failure) {
  if (phase_ == phase::over)
    return;
  phase_ = phase::over;
  home_.timers().disarm(*this);
  home_.timers().disarm(later_look_);
  home_.timers().disarm(second_look_);
  if (failure)
    link_->finish(); // the peer reads why
  else
    link_->close();
  owner_->lost(*this, why, failure);
}

void connection::give_up(const char* why) {
  if (gives_up_)
    return;
  home_.post_quiet([self = itself_, why](shard&) {
    if (*self != nullptr)
      (*self)->end(why, std::nullopt);
  });
  gives_up_ = true;
}

void connection::write(sender by, const control::message& what, std::string payload) {
  assert(phase_ == phase::up && "signals follow the handshake");
  output_.write(by, what, std::move(payload));
  if (output_.is_full())
    pass_on();
  flush_later();
}

std::size_t connection::unsent() const noexcept {
  return output_.octets() + link_->unsent();
}

// What is written in one round of the shard leaves together.
void connection::flush_later() {
  if (flushes_later_)
    return;
  home_.post_quiet([self = itself_](shard&) {
    if (*self != nullptr)
      (*self)->flush_and_tell();
  });
  flushes_later_ = true;
}

void connection::flush_and_tell() {
  flushes_later_ = false;
  if (phase_ != phase::up)
    return;
  try {
    flush();
  } catch (...) { // half a fragment may have been written
    home_.log_thrown("sending to a node");
    return end("there was no memory for what is sent to it", std::nullopt);
  }
  owner_->has_room(*this); // what it knows is from before the flush
  look_later(home_.now());
}

void connection::look_later(time_point now) {
  if (phase_ == phase::up && unsent() > 0 && !later_look_.is_armed())
    home_.timers().arm(later_look_, deadline_in(now, longest_unseen));
}

void connection::later_look::expire(time_point now) {
  of_.owner_->has_room(of_);
  of_.look_later(now);
}

void connection::flush() {
  if (output_.has_lanes())
    output_.fill(room_for_fragments());
  if (output_.has_output())
    pass_on();
  if (output_.has_lanes())
    flush_again();
  else
    pace_.rest();
}

std::size_t connection::room_for_fragments() {
  const std::size_t unsent = link_->unsent();
  const std::size_t room = least_unsent - std::min(unsent, least_unsent);
  const auto network = link_->progress();
  if (!network)
    return room;
  pace_.look(home_.now(), link_->sent() - network->on_the_way, *network);
  const std::size_t ahead = unsent + network->on_the_way;
  const std::size_t most = pace_.most_ahead();
  return std::min(room, most - std::min(ahead, most));
}

// The carrier tells when it falls to its mark, and only if it was above it.
void connection::flush_again() {
  if (phase_ != phase::up || link_->unsent() > least_unsent)
    return;
  if (room_for_fragments() > 0)
    flush_later();
  else if (!second_look_.is_armed())
    home_.timers().arm(second_look_, deadline_in(home_.now(), fragment_pace::next_look));
}

void connection::pass_on() {
  auto octets = output_.take_output();
  written_ += octets.size();
  link_->write(std::move(octets));
}

void connection::has_room() {
  if (phase_ != phase::up)
    return;
  flush();
  owner_->has_room(*this);
}

void connection::expire(time_point now) {
  if (phase_ == phase::shaking_hands)
    end("it did not finish the handshake in time", handshake_failure::closed);
  else if (phase_ == phase::up)
    watch(now);
}

// Without ticks neither side would know of the other.
void connection::failed() noexcept {
  home_.log_thrown("watching a connection with a node");
  end("there was no memory to watch it", std::nullopt);
}

void connection::watch(time_point now) {
  const bool hears = std::exchange(received_before_, received_) != received_;
  quiet_looks_ = hears ? 0 : quiet_looks_ + 1;
  const bool moves =
      std::exchange(sent_before_, link_->sent()) != link_->sent() || link_->unsent() == 0;
  stuck_looks_ = moves ? 0 : stuck_looks_ + 1;
  if (quiet_looks_ >= looks_per_ticktime)
    return end("nothing was heard of it for net_ticktime", std::nullopt);
  if (stuck_looks_ >= looks_per_ticktime)
    return end("it took nothing for net_ticktime", std::nullopt);
  if (std::exchange(written_before_, written_) == written_) {
    output_.tick();
    flush();
    written_before_ = written_;
  }
  owner_->has_room(*this); // the last octets before a silence have left since
  home_.timers().arm(*this, deadline_in(now, options_.ticktime / looks_per_ticktime));
}

} // namespace websock::runtime::distribution
