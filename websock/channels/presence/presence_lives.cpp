// When lives begin, are greyed, hidden and forgotten.
#include "websock/channels/presence/presence_lives.hpp"

#include "websock/runtime/time/deadline.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace websock::channels {

presence_copy* presence_lives::meet(number creation, runtime::time_point now,
                                    presence_view& view) {
  if (std::find(over_.begin(), over_.end(), creation) != over_.end())
    return nullptr;
  if (present_ && present_->copy.owner()->creation != creation)
    replace(view, now);
  if (!present_)
    present_.emplace(life{presence_copy(
        std::make_shared<presence_owner>(presence_owner{node_, creation}), limits_)});
  present_->state = life_state::up;
  present_->copy.owner()->is_greyed = false;
  present_->heard = now;
  return &present_->copy;
}

presence_copy* presence_lives::living() noexcept {
  return present_ && present_->state == life_state::up ? &present_->copy : nullptr;
}

void presence_lives::settle(presence_view& view) {
  auto* copy = living();
  if (copy == nullptr || copy->lacks() || !copy->owner()->has_hidden)
    return;
  copy->show_all(view);
  copy->owner()->has_hidden = false;
}

// Its entries stay for as long as they would if it were lost now, or when it was lost:
// whoever comes back takes their place.
void presence_lives::replace(presence_view& view, runtime::time_point now) {
  remember_as_over(present_->copy.owner()->creation);
  if (present_->state == life_state::up)
    grey(*present_, now);
  if (present_->state == life_state::greyed)
    former_.push_back(std::move(*present_));
  present_.reset();
  while (former_.size() > most_former) {
    former_.front().copy.hide_all(view);
    former_.pop_front();
  }
}

void presence_lives::remember_as_over(number creation) {
  over_.push_back(creation);
  if (over_.size() > most_over)
    over_.pop_front();
}

void presence_lives::grey(life& lost, runtime::time_point now) const {
  lost.state = life_state::greyed;
  lost.until = runtime::deadline_in(now, periods_.down);
  lost.copy.give_up_snapshot();
  lost.copy.owner()->is_greyed = true;
}

void presence_lives::lose(runtime::time_point now) {
  if (present_ && present_->state == life_state::up)
    grey(*present_, now);
}

void presence_lives::bury(number creation, presence_view& view) {
  const auto is_it = [creation](const life& each) {
    return each.copy.owner()->creation == creation;
  };
  if (present_ && is_it(*present_)) {
    remember_as_over(creation);
    present_->copy.hide_all(view);
    present_.reset();
  }
  if (const auto found = std::find_if(former_.begin(), former_.end(), is_it);
      found != former_.end()) {
    found->copy.hide_all(view);
    former_.erase(found);
  }
}

void presence_lives::expire(runtime::time_point now, presence_view& view) {
  if (present_ && present_->state == life_state::up
      && runtime::deadline_in(present_->heard, periods_.silence) <= now)
    grey(*present_, now);
  if (present_ && present_->state == life_state::greyed && present_->until <= now) {
    present_->copy.hide_all(view);
    present_->copy.owner()->is_greyed = false;
    present_->copy.owner()->has_hidden = true;
    present_->state = life_state::hidden;
    present_->until = runtime::deadline_in(now, periods_.permdown);
  }
  if (present_ && present_->state == life_state::hidden && present_->until <= now)
    present_.reset();
  while (!former_.empty() && former_.front().until <= now) {
    former_.front().copy.hide_all(view);
    former_.pop_front();
  }
}

} // namespace websock::channels
