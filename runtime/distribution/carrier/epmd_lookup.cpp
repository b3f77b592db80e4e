// Asking epmd for a node.
#include "epmd_lookup.hpp"

#include "../../process/shard.hpp"
#include "../../time/deadline.hpp"

#include <stdexcept>
#include <utility>

namespace websock::runtime::distribution {

namespace {

[[nodiscard]] const std::string& checked(const std::string& name) {
  if (!is_epmd_name(name))
    throw std::invalid_argument("epmd knows no node \"" + name
                                + "\": 1 to 255 octets without spaces, controls and @");
  return name;
}

} // namespace

epmd_lookup::epmd_lookup(shard& home, network& sockets, epmd_address where,
                         std::string name, ready done)
    : home_(home), where_(std::move(where)), name_(std::move(name)),
      done_(std::move(done)), question_(ask_epmd_for_port(checked(name_))) {
  dialling_ = sockets.dial(
      home_, {.host = where_.host, .port = where_.port, .limit = where_.limit},
      [this](dial_result result) { connected(std::move(result)); });
  home_.timers().arm(*this, deadline_in(home_.now(), where_.limit));
}

epmd_lookup::~epmd_lookup() {
  home_.timers().disarm(*this);
}

void epmd_lookup::connected(dial_result result) {
  dialling_.reset();
  if (auto* const failed = std::get_if<dial_failed>(&result))
    return finish(epmd_error{epmd_failure::closed, "epmd: " + failed->why});
  epmd_ = std::move(std::get<std::unique_ptr<carrier>>(result));
  epmd_->start(*this);
  epmd_->write(question_.output());
}

void epmd_lookup::received(std::string_view octets) {
  auto answer = question_.feed(octets);
  if (auto* const found = std::get_if<epmd_node>(&answer))
    finish(std::move(*found));
  else if (auto* const failed = std::get_if<epmd_error>(&answer))
    finish(std::move(*failed));
}

void epmd_lookup::closed(std::string why) {
  finish(epmd_error{epmd_failure::closed, to_text(where_) + ": " + std::move(why)});
}

void epmd_lookup::expire(time_point) {
  finish(epmd_error{epmd_failure::closed, to_text(where_) + " does not answer"});
}

void epmd_lookup::finish(lookup_result result) {
  home_.timers().disarm(*this);
  dialling_.reset();
  epmd_.reset();
  if (auto* const failed = std::get_if<epmd_error>(&result))
    failed->text = "node \"" + name_ + "\": " + failed->text;
  const auto done = std::exchange(done_, nullptr); // may destroy this
  done(std::move(result));
}

} // namespace websock::runtime::distribution
