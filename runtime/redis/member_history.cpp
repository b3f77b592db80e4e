// What a member keeps in streams of Redis for topics with a history, and reads from
// there.
#include "../distribution/etf/malformed.hpp"
#include "member.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <system_error>
#include <utility>
#include <variant>

namespace websock::runtime::redis {

using runtime::detail::log_bounds;
using runtime::detail::log_reading;
using runtime::detail::logged_publication;

// After a loss nobody knows whether what was sent last has been kept: `lost` has noted a
// hole, and the first command makes the histories begin anew.
void member::open_histories() {
  mend_histories();
  commands_.send(history_log::load(history_log::script::append)
                 + history_log::load(history_log::script::read));
  expected_.insert(expected_.end(), {answer::append_script, answer::read_script});
}

void member::mend_histories() {
  if (!options_.history || !histories_.wants_generation())
    return;
  commands_.send(histories_.begin_generation());
  expected_.push_back(answer::generation);
}

// Redis has refused something, or has forgotten the scripts.
void member::repair_histories() {
  histories_.note_hole();
  open_histories();
}

void member::histories_lost(connection& with) {
  if (!options_.history)
    return;
  if (&with == &commands_) {
    histories_.note_hole();
    histories_.give_up_answers();
  } else {
    histories_.give_up();
  }
  end_readings();
}

void member::keep(std::string_view what, const to_keep& where) {
  commands_.send(
      histories_.append(where.topic, where.bounds,
                        write_envelope({options_.name, epoch_, sequence_}, what)));
  expected_.push_back(answer::kept);
}

// What Redis refuses is tried again with the next sign of life, and not with each
// publication.
void member::history_answered(answer to, const reply& what) {
  const bool is_refused = what.type == reply::kind::error;
  switch (to) {
  case answer::append_script:
  case answer::read_script:
    histories_.loaded(to == answer::append_script ? history_log::script::append
                                                  : history_log::script::read,
                      what);
    if (is_refused && phase_ == phase::claiming)
      join_failed("engine_options.history: SCRIPT LOAD is refused: " + what.text);
    return;
  case answer::generation:
    is_repair_due_ = is_repair_due_ || is_refused;
    counts_.begun_anew += is_refused ? 0U : 1U;
    return;
  case answer::kept:
    if (is_refused)
      publication_refused(what.text);
    counts_.unkept += !is_refused && what.number <= 0 ? 1U : 0U;
    is_repair_due_ = is_repair_due_ || is_refused || what.number < 0;
    return;
  case answer::reading:
    is_repair_due_ = is_repair_due_ || what.text.starts_with("NOSCRIPT");
    histories_.answered(what);
    return end_readings();
  default:
    return;
  }
}

void member::read(std::string topic, const log_bounds& within, reader done) {
  home_.post([self = shared_from_this(), topic = std::move(topic), within,
              done = std::move(done)](shard& home) {
    home.guarded("redis: reading a history",
                 [&] { self->begin_reading(topic, within, done); });
  });
}

void member::begin_reading(const std::string& topic, const log_bounds& within,
                           reader done) {
  const bool is_ready = counts_.is_connected && phase_ == phase::joined
                        && histories_.has_scripts()
                        && commands_.unsent() <= options_.output_limit;
  const auto id = is_ready ? histories_.expect(done) : 0;
  if (id == 0)
    return done({});
  const auto marker =
      write_envelope({options_.name, epoch_, sequence_}, write_marker(id));
  commands_.send(histories_.read(topic, within, marker));
  expected_.push_back(answer::reading);
}

void member::end_readings() noexcept {
  for (auto& each : histories_.take_due())
    home_.guarded("redis: a history that was read", [&] { each.done(decoded(each)); });
}

// What cannot be read is a hole: only what came behind it is known to be whole.
log_reading member::decoded(const history_log::reading& from) const {
  log_reading all{from.is_read};
  for (auto each = from.kept.rbegin(); each != from.kept.rend(); ++each)
    try {
      all.kept.push_back(decoded(each->text));
    } catch (const etf::malformed&) {
      all.kept.clear();
    }
  return all;
}

// As read_script says it: an age, a space, an envelope.
logged_publication member::decoded(std::string_view entry) const {
  const auto space = std::min(entry.find(' '), entry.size());
  std::int64_t age = 0;
  if (std::from_chars(entry.data(), entry.data() + space, age).ec != std::errc())
    throw etf::malformed("an entry without its age", 0);
  entry.remove_prefix(std::min(space + 1, entry.size()));
  const auto read = read_envelope(entry, limits_);
  const auto* const publication = std::get_if<heard_publication>(&read.what);
  if (publication == nullptr)
    throw etf::malformed("an entry that is no publication", 0);
  return {read_message(*publication, *identities_, limits_),
          std::chrono::milliseconds(age)};
}

} // namespace websock::runtime::redis
