// How a process learns that a table lists it: by a signal, which bounces if it is dead.
#include "membership.hpp"

#include "process_block.hpp"

#include <algorithm>
#include <utility>

namespace websock::runtime::detail {

class enrolment final : public signal {
public:
  explicit enrolment(std::shared_ptr<membership> table)
      : signal(signal_kind::control), table_(std::move(table)) {}
  void handle(process_block& target) override {
    const bool is_in = target.has_room([this](relations& ties) {
      auto& known = ties.rarely().memberships;
      if (std::find(known.begin(), known.end(), table_) == known.end())
        known.push_back(table_);
    });
    if (!is_in)
      return bounce(target);
    dispose();
  }
  void bounce(process_block& target) noexcept override {
    const std::unique_ptr<enrolment> own(this);
    table_->forget(pid(target));
  }
  void dispose() noexcept override { delete this; }

private:
  std::shared_ptr<membership> table_;
};

void enrolment_deleter::operator()(enrolment* unused) const noexcept {
  unused->dispose();
}

made_enrolment make_enrolment(std::shared_ptr<membership> table) {
  return made_enrolment(new enrolment(std::move(table)));
}

void enrol(const pid& who, made_enrolment made) noexcept {
  deliver(who, made.release());
}

} // namespace websock::runtime::detail
