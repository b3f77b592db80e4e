// How time passes where only a test makes it pass.
#include "steppable.hpp"

#include "../time/deadline.hpp"

#include <algorithm>
#include <stdexcept>

namespace websock::runtime::testing {

void steppable::run_until_idle(std::size_t limit) {
  while (step())
    if (limit-- == 0)
      throw std::runtime_error("the processes did not come to rest");
}

bool steppable::advance_to_next(time_point limit) {
  const auto next = next_deadline();
  if (next && *next <= limit) {
    pass(std::max<duration>(*next - now(), duration::zero()));
    run_until_idle();
    return true;
  }
  if (limit != end_of_time)
    pass(std::max<duration>(limit - now(), duration::zero()));
  run_until_idle();
  return false;
}

void steppable::advance(duration by) {
  const time_point end = deadline_in(now(), by);
  run_until_idle();
  while (advance_to_next(end))
    continue;
}

} // namespace websock::runtime::testing
