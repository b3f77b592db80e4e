// How a process learns that it is in a table: by a signal, which bounces when it is dead.
#include "runtime/membership.hpp"

#include "runtime/access.hpp"
#include "runtime/process.hpp"

#include <algorithm>
#include <utility>

namespace runtime {

struct process_memberships {
  class enrolment final : public detail::signal {
  public:
    explicit enrolment(std::shared_ptr<detail::membership> table)
        : signal(detail::signal_kind::control), table_(std::move(table)) {}
    void handle(process& target) override {
      const std::unique_ptr<enrolment> own(this);
      auto& known = target.ties().memberships;
      if (std::find(known.begin(), known.end(), table_) == known.end())
        known.push_back(std::move(table_));
    }
    void bounce(process& target) override {
      const std::unique_ptr<enrolment> own(this);
      table_->forget(pid(target));
    }
    void dispose() noexcept override { delete this; }

  private:
    std::shared_ptr<detail::membership> table_;
  };
};

namespace detail {

void enrol(const pid& who, std::shared_ptr<membership> table) {
  deliver(*detail::access::local(who),
          new process_memberships::enrolment(std::move(table)));
}

} // namespace detail
} // namespace runtime
