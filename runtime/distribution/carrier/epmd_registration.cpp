// Staying registered at epmd.
#include "epmd_registration.hpp"

#include "../../process/shard.hpp"
#include "../../time/deadline.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <variant>

namespace websock::runtime::distribution {

namespace {

constexpr std::chrono::milliseconds first_pause{500};
constexpr std::chrono::seconds longest_pause{30};

} // namespace

epmd_registration::epmd_registration(shard& home, network& sockets, epmd_address where,
                                     epmd_node what, events& owner)
    : home_(home), sockets_(sockets), where_(std::move(where)), what_(std::move(what)),
      owner_(owner), pause_(first_pause) {
  if (!is_epmd_name(what_.name))
    throw std::invalid_argument("epmd takes no node \"" + what_.name
                                + "\": 1 to 255 octets without spaces, controls and @");
  dial();
}

epmd_registration::~epmd_registration() {
  home_.timers().disarm(*this);
}

void epmd_registration::dial() {
  dialling_ = sockets_.dial(
      home_, {.host = where_.host, .port = where_.port, .limit = where_.limit},
      [this](dial_result result) { connected(std::move(result)); });
}

void epmd_registration::connected(dial_result result) {
  dialling_.reset();
  if (auto* const failed = std::get_if<dial_failed>(&result))
    return try_later({epmd_failure::closed, "epmd: " + failed->why});
  epmd_ = std::move(std::get<std::unique_ptr<carrier>>(result));
  question_.emplace(register_at_epmd(what_));
  epmd_->start(*this);
  epmd_->write(question_->output());
  arm(where_.limit);
}

void epmd_registration::received(std::string_view octets) {
  if (!question_)
    return; // epmd says nothing more
  auto answer = question_->feed(octets);
  if (auto* const failed = std::get_if<epmd_error>(&answer))
    try_later(std::move(*failed));
  else if (const auto* const creation = std::get_if<std::uint32_t>(&answer))
    is_in(*creation);
}

void epmd_registration::is_in(std::uint32_t creation) {
  question_.reset();
  home_.timers().disarm(*this);
  pause_ = first_pause;
  is_registered_ = true;
  owner_.registered(creation);
}

void epmd_registration::closed(std::string why) {
  try_later({epmd_failure::closed, to_text(where_) + ": " + std::move(why)});
}

void epmd_registration::expire(time_point) {
  if (question_)
    try_later({epmd_failure::closed, to_text(where_) + " does not answer"});
  else
    dial();
}

void epmd_registration::arm(duration limit) {
  home_.timers().disarm(*this);
  home_.timers().arm(*this, deadline_in(home_.now(), limit));
}

void epmd_registration::try_later(epmd_error why) {
  epmd_.reset();
  question_.reset();
  is_registered_ = false;
  arm(pause_);
  pause_ = std::min<duration>(pause_ * 2, longest_pause);
  owner_.unregistered(std::move(why));
}

} // namespace websock::runtime::distribution
