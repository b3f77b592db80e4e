// Commands for streams, and readings until both of their halves have come.
#include "history_log.hpp"

#include "command.hpp"
#include "history_scripts.hpp"

#include <algorithm>
#include <chrono>

namespace websock::runtime::redis {

using runtime::detail::log_bounds;

namespace {

// So that a source that was silent for as long as clients may be away is still known.
constexpr int times_kept = 2;

[[nodiscard]] std::string milliseconds_kept(const log_bounds& bounds) {
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(bounds.time);
  constexpr std::chrono::milliseconds least(1);
  constexpr std::chrono::milliseconds most = std::chrono::hours(24 * 365);
  return std::to_string(std::clamp(time, least, most).count() * times_kept);
}

} // namespace

history_log::history_log(const engine_options& options, std::string channel)
    : root_(options.prefix + ":history:" + std::to_string(options.database)),
      channel_(std::move(channel)), most_octets_(options.message_size) {
}

std::string history_log::begin_generation() {
  has_hole_ = false;
  return command({"HINCRBY", root_, "generation", "1"});
}

std::string history_log::load(script which) {
  return command(
      {"SCRIPT", "LOAD", which == script::append ? append_script : read_script});
}

std::string history_log::append(std::string_view topic, const log_bounds& bounds,
                                std::string_view envelope) const {
  return command({"EVALSHA", append_digest_, "1", root_, topic,
                  std::to_string(bounds.messages), milliseconds_kept(bounds), channel_,
                  envelope});
}

std::string history_log::read(std::string_view topic, const log_bounds& within,
                              std::string_view marker) {
  return command({"EVALSHA", read_digest_, "1", root_, topic,
                  std::to_string(std::min(within.messages, longest_reading)),
                  std::to_string(std::min(within.octets, most_octets_)), channel_,
                  marker});
}

void history_log::loaded(script which, const reply& what) {
  if (what.type == reply::kind::text)
    (which == script::append ? append_digest_ : read_digest_) = what.text;
}

std::uint64_t history_log::expect(runtime::detail::publication_log::reader done) {
  if (expected_.size() == most_readings)
    return 0;
  expected_.push_back({++last_id_, {std::move(done)}});
  return last_id_;
}

void history_log::answered(const reply& what) {
  const auto next =
      std::find_if(expected_.begin(), expected_.end(),
                   [](const expected_reading& each) { return !each.is_answered; });
  if (next == expected_.end())
    return;
  next->is_answered = true;
  next->what.is_read = what.type == reply::kind::list;
  next->what.kept = what.elements;
  next->is_marked = next->is_marked || !next->what.is_read; // it was not published
  finish();
}

void history_log::marked(std::uint64_t id) {
  for (auto& each : expected_)
    if (each.id == id)
      each.is_marked = true;
  finish();
}

void history_log::finish() {
  while (!expected_.empty() && expected_.front().is_answered
         && expected_.front().is_marked) {
    if (expected_.front().what.done)
      due_.push_back(std::move(expected_.front().what));
    expected_.pop_front();
  }
}

void history_log::give_up() {
  for (auto& each : expected_) {
    if (auto done = std::exchange(each.what.done, nullptr))
      due_.push_back({std::move(done)});
    each.is_marked = true;
  }
  finish();
}

void history_log::give_up_answers() {
  give_up();
  expected_.clear();
}

} // namespace websock::runtime::redis
