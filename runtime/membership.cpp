// How a process learns that it is in a table: by a signal, which bounces when it is dead.
#include "runtime/membership.hpp"

#include "runtime/process_block.hpp"

#include <algorithm>
#include <utility>

namespace runtime::detail {

namespace {

class enrolment final : public signal {
public:
  explicit enrolment(std::shared_ptr<membership> table)
      : signal(signal_kind::control), table_(std::move(table)) {}
  void handle(process_block& target) override {
    const std::unique_ptr<enrolment> own(this);
    auto& known = target.ties().memberships;
    if (std::find(known.begin(), known.end(), table_) == known.end())
      known.push_back(std::move(table_));
  }
  void bounce(process_block& target) override {
    const std::unique_ptr<enrolment> own(this);
    table_->forget(pid(target));
  }
  void dispose() noexcept override { delete this; }

private:
  std::shared_ptr<membership> table_;
};

} // namespace

void enrol(const pid& who, std::shared_ptr<membership> table) {
  deliver(who, new enrolment(std::move(table)));
}

} // namespace runtime::detail
