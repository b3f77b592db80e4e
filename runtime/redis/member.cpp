// Joining a channel, staying there, and publishing.
#include "member.hpp"

#include "../registry/pubsub.hpp"
#include "../time/deadline.hpp"
#include "command.hpp"

#include <random>
#include <stdexcept>
#include <utility>

namespace websock::runtime::redis {

namespace {

constexpr int silent_intervals = 5; // after which a node is away
constexpr int looks_per_interval = 5;

[[nodiscard]] shard& home_of(node& owner) {
  return owner.shard_at(owner.shard_count() - 1);
}

[[nodiscard]] std::uint64_t random_epoch() {
  std::random_device random;
  return std::uint64_t{random()} << 16U | (random() & 0xFFFFU);
}

[[nodiscard]] duration longest_silence(const engine_options& options) {
  return duration(options.ping_interval) * silent_intervals;
}

[[nodiscard]] etf::limits limits_of(const engine_options& options) {
  etf::limits made;
  made.octets = options.message_size;
  made.depth = options.term_depth;
  return made;
}

[[nodiscard]] std::string channel_of(const engine_options& options) {
  return options.prefix + ":topics:" + std::to_string(options.database);
}

} // namespace

/// A publication on its way to the shard of the connections.
class member::parcel final : public runtime::detail::departing_publication,
                             private runtime::detail::shard_task {
public:
  /// `skipped`: how many were dropped since the one before, and have numbers before it.
  parcel(std::shared_ptr<member> by, std::string what, std::optional<to_keep> where,
         std::uint64_t skipped)
      : shard_task(runtime::detail::signal_kind::control), by_(std::move(by)),
        what_(std::move(what)), where_(std::move(where)), skipped_(skipped) {
    by_->posted_ += what_.size();
  }
  ~parcel() override {
    by_->skipped_ += skipped_; // unless they are counted
    by_->posted_ -= what_.size();
  }
  void leave() noexcept override { by_->home_.post_task(*this); }

private:
  void run(shard& home) override {
    const std::unique_ptr<parcel> guard(this);
    by_->sequence_ += std::exchange(skipped_, 0);
    home.guarded("redis: a publication", [this] { by_->publish(what_, where_); });
  }
  void dispose() noexcept override { delete this; }

  const std::shared_ptr<member> by_;
  const std::string what_;
  const std::optional<to_keep> where_;
  std::uint64_t skipped_;
};

member::member(node& owner, engine_options options, dial_function dial)
    : owner_(owner), home_(home_of(owner)), options_(std::move(options)),
      limits_(limits_of(options_)), epoch_(random_epoch()),
      channel_(channel_of(options_)), identities_(std::make_shared<closed_identities>()),
      commands_(home_, options_, dial, *this),
      subscription_(home_, options_, dial, *this),
      claim_(options_.prefix + ":node:" + options_.name, std::to_string(epoch_),
             longest_silence(options_)),
      histories_(options_, channel_), others_(longest_silence(options_)) {
}

member::~member() = default;

void member::start(std::function<void(std::string)> ready) {
  ready_ = std::move(ready);
  commands_.open();
}

void member::opened(connection& which) {
  if (&which == &commands_) {
    expected_.clear();
    if (options_.history)
      open_histories();
    look_at_name();
  } else {
    subscription_.send(command({"SUBSCRIBE", channel_}));
  }
}

void member::lost(connection& which, const std::string& why) {
  if (phase_ == phase::claiming || phase_ == phase::subscribing)
    return join_failed(why);
  if (phase_ == phase::leaving)
    return close();
  const bool was_connected = counts_.is_connected;
  if (&which == &subscription_) {
    is_subscribed_ = false;
    const std::lock_guard lock(mutex_);
    others_.interrupted();
  }
  note_connected();
  histories_lost(which);
  if (!was_connected)
    return;
  ++counts_.losses;
  log(log_level::warning, "the connection is lost: " + why);
}

// Either connection may be the last one.
void member::note_connected() noexcept {
  const bool is_now = commands_.is_open() && is_subscribed_;
  if (phase_ == phase::joined && is_now && !counts_.is_connected)
    log(log_level::info, "connected again");
  counts_.is_connected = is_now;
}

void member::join_failed(const std::string& why) {
  const auto ready = std::exchange(ready_, nullptr);
  close();
  if (ready)
    ready(why);
}

void member::subscribed() {
  is_subscribed_ = true;
  pubsub::detail::arrivals_interrupted(owner_);
  note_connected();
  if (phase_ == phase::joined)
    return;
  phase_ = phase::joined;
  beat(); // others count from here
  arm(options_.ping_interval);
  if (const auto ready = std::exchange(ready_, nullptr))
    ready({});
}

void member::expire(time_point now) {
  if (phase_ == phase::leaving)
    return close();
  arm(options_.ping_interval);
  look_for_silence(now);
  if (!commands_.is_open())
    return;
  if (phase_ == phase::joined)
    beat();
  look_at_name();
}

void member::arm(duration after) {
  home_.timers().disarm(*this);
  home_.timers().arm(*this, deadline_in(home_.now(), after));
}

void member::look_at_name() {
  commands_.send(claim_.look());
  expected_.insert(expected_.end(), {answer::set, answer::get, answer::ttl});
}

void member::replied(connection& which, const reply& what) {
  if (&which == &subscription_)
    return pushed(what);
  if (expected_.empty())
    return commands_.give_up("Redis answers what nobody has asked: " + what.text);
  const auto to = expected_.front();
  expected_.pop_front();
  answered(to, what);
  leave_if_answered();
}

void member::answered(answer to, const reply& what) {
  switch (to) {
  case answer::publication:
    if (what.type == reply::kind::error)
      publication_refused(what.text);
    return;
  case answer::set:
    return claim_.answered(name_claim::step::set, what);
  case answer::get:
    return claim_.answered(name_claim::step::get, what);
  case answer::ttl:
    claim_.answered(name_claim::step::ttl, what);
    return name_answered();
  case answer::renewal:
  case answer::release:
    return;
  default:
    return history_answered(to, what);
  }
}

void member::name_answered() {
  if (phase_ == phase::leaving)
    return;
  const auto now = claim_.result();
  is_name_ours_ = now == name_claim::standing::ours;
  if (is_name_ours_) {
    commands_.send(claim_.renew());
    expected_.push_back(answer::renewal);
    is_refusal_told_ = false;
    if (phase_ == phase::claiming) {
      phase_ = phase::subscribing;
      subscription_.open();
    }
    return note_connected();
  }
  if (phase_ == phase::joined)
    return name_lost(now);
  const bool is_refused = now == name_claim::standing::refused;
  if (now == name_claim::standing::alive)
    return join_failed("engine_options.name: \"" + options_.name
                       + "\" is the name of another node at this Redis, which is alive");
  if (is_refused && !claim_.trouble().empty())
    return join_failed("the name cannot be taken: " + claim_.trouble());
  arm(duration(options_.ping_interval) / looks_per_interval);
}

// What this node publishes is told from another one's by its epoch, so it goes on.
void member::name_lost(name_claim::standing now) {
  note_connected();
  if (std::exchange(is_refusal_told_, true))
    return;
  if (now == name_claim::standing::refused)
    log(log_level::warning, "the name is not kept: " + claim_.trouble());
  else
    log(log_level::error, "another node has taken the name \"" + options_.name + '"');
}

void member::publication_refused(const std::string& why) {
  if (counts_.refused++ == 0)
    log(log_level::error, "Redis refuses publications: " + why);
}

std::unique_ptr<member::parcel> member::pack(std::string_view to, std::string_view topic,
                                             const term& message,
                                             const runtime::detail::log_bounds* bounds) {
  auto what = write_publication(to, topic, message, *identities_, limits_);
  std::optional<to_keep> where;
  if (bounds != nullptr && options_.history)
    where = to_keep{std::string(topic), *bounds};
  if (posted_ <= options_.output_limit)
    return std::make_unique<parcel>(shared_from_this(), std::move(what), std::move(where),
                                    skipped_.exchange(0));
  if (where)
    histories_.note_hole();
  ++counts_.dropped;
  ++skipped_;
  return nullptr;
}

std::unique_ptr<runtime::detail::departing_publication>
member::departing(std::string_view topic, const term& message) {
  return pack({}, topic, message);
}

std::unique_ptr<runtime::detail::departing_publication>
member::departing_to_log(std::string_view topic, const term& message,
                         const runtime::detail::log_bounds& bounds) {
  return pack({}, topic, message, &bounds);
}

bool member::publish_at(const std::string& where, std::string_view topic,
                        const term& message) {
  if (where == options_.name) {
    pubsub::detail::publish_here(owner_, topic, message, {});
    return true;
  }
  if (!knows(where))
    return false;
  if (auto made = pack(where, topic, message))
    made.release()->leave();
  return true;
}

// The numbers of what was dropped are never used, so that others report them.
void member::count_skipped() noexcept {
  sequence_ += skipped_.exchange(0);
}

void member::publish(std::string_view what, const std::optional<to_keep>& where) {
  ++sequence_;
  const bool leaves = commands_.is_open() && phase_ == phase::joined
                      && commands_.unsent() <= options_.output_limit;
  if (!leaves) {
    if (where)
      histories_.note_hole();
    ++counts_.dropped;
    return;
  }
  mend_histories();
  if (where)
    keep(what, *where);
  else
    say(what);
  counts_.unsent = commands_.unsent();
  ++counts_.published;
}

void member::beat() {
  if (posted_ == 0) // else the next one brings their number
    count_skipped();
  counts_.unsent = commands_.unsent();
  if (commands_.unsent() > options_.output_limit)
    return;
  mend_histories();
  if (std::exchange(is_repair_due_, false))
    repair_histories();
  say(write_beat());
}

void member::say(std::string_view what) {
  commands_.send(command(
      {"PUBLISH", channel_, write_envelope({options_.name, epoch_, sequence_}, what)}));
  expected_.push_back(answer::publication);
}

engine_figures member::figures() const {
  engine_figures now;
  now.is_connected = counts_.is_connected;
  now.published = counts_.published;
  now.dropped = counts_.dropped;
  now.refused = counts_.refused;
  now.received = counts_.received;
  now.gaps = counts_.gaps;
  now.lost = counts_.lost;
  now.late = counts_.late;
  now.malformed = counts_.malformed;
  now.losses = counts_.losses;
  now.unkept = counts_.unkept;
  now.begun_anew = counts_.begun_anew;
  now.octets_unsent = counts_.unsent + posted_;
  return now;
}

void member::log(log_level level, const std::string& line) const noexcept {
  try {
    owner_.log(level, "redis: " + line);
  } catch (const std::bad_alloc&) {
    owner_.log(level, line);
  }
}

} // namespace websock::runtime::redis
