// The supervision tree of a server.
#include "websock/serve/supervision_tree.hpp"

#include "websock/runtime/process/node.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/process/process_block.hpp"
#include "websock/runtime/supervisor/supervisor.hpp"
#include "websock/serve/connections_process.hpp"
#include "websock/serve/listener_process.hpp"

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

namespace websock {

using runtime::detail::block_of;

namespace {

constexpr std::string_view connections_id = "connections";
constexpr std::string_view listener_id = "listener";

[[nodiscard]] std::string why_not_up(const runtime::exit_reason& why) {
  if (const auto* child = why.detail().get_if<runtime::failed_to_start_child>())
    return "child \"" + child->id + "\" did not come up: " + to_string(child->reason);
  return "the supervisor did not come up: " + to_string(why);
}

} // namespace

/// What the processes of the tree report to the server. Only they hold what `hold`
/// returns: when the last of them lets go, the tree is over.
class supervision_tree::outcome : public std::enable_shared_from_this<outcome> {
public:
  [[nodiscard]] std::shared_ptr<server_sockets>
  hold(const std::shared_ptr<server_sockets>& sockets) {
    return {sockets.get(),
            [kept = sockets, told = shared_from_this()](server_sockets*) mutable {
              kept.reset(); // first: the server may be destroyed when it hears of the end
              told->over();
            }};
  }

  void started(const runtime::start_result& result) {
    const std::lock_guard lock(mutex_);
    top_ = result.process;
    start_failure_ = result.failed;
    is_started_ = result.is_up();
    changed_.notify_all();
  }
  void failed(server_failure why) {
    const std::lock_guard lock(mutex_);
    if (!failure_)
      failure_ = std::move(why);
  }
  void over() {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
    changed_.notify_all();
    if (when_over_)
      std::exchange(when_over_, nullptr)();
  }

  void wait_until_over() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_over_; });
  }
  /// Empty when the tree is up; otherwise nothing of it is left.
  [[nodiscard]] std::optional<runtime::exit_reason> wait_until_started() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_started_ || is_over_; });
    return is_started_ ? std::nullopt : std::optional(start_failure_);
  }
  void when_over(std::function<void()> call) {
    const std::lock_guard lock(mutex_);
    when_over_ = std::move(call);
    if (is_over_ && when_over_)
      std::exchange(when_over_, nullptr)();
  }
  [[nodiscard]] runtime::pid top() const {
    const std::lock_guard lock(mutex_);
    return top_;
  }
  [[nodiscard]] std::optional<server_failure> failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
  }

private:
  mutable std::mutex mutex_; // between the tree's shard and the server's thread
  std::condition_variable changed_;
  bool is_started_ = false;
  bool is_over_ = false;
  runtime::pid top_;
  runtime::exit_reason start_failure_;
  std::optional<server_failure> failure_;
  std::function<void()> when_over_;
};

/// Starts the supervisor, unlinked, and records how that went and how it ended.
class supervision_tree::watcher final : public runtime::behaviour {
public:
  watcher(runtime::supervisor_options options, std::shared_ptr<outcome> told,
          std::shared_ptr<server_sockets> held)
      : options_(std::move(options)), told_(std::move(told)), held_(std::move(held)) {}

private:
  void on_start() override {
    started_ = self().start<runtime::supervisor>(std::move(options_));
    if (!started_.leaving)
      told_->started(started_);
    if (started_.is_up() || started_.leaving)
      static_cast<void>(
          self().monitor(started_.is_up() ? started_.process : started_.leaving));
    else
      block_of(self()).end(runtime::reason::normal);
  }
  void on_message(runtime::term message) override {
    const auto* gone = message.get_if<runtime::down>();
    if (gone == nullptr)
      return;
    if (started_.leaving)
      told_->started(started_);
    else if (gone->reason.is_abnormal())
      told_->failed({{}, gone->reason});
    block_of(self()).end(runtime::reason::normal);
  }

  runtime::supervisor_options options_;
  const std::shared_ptr<outcome> told_;
  const std::shared_ptr<server_sockets> held_;
  runtime::start_result started_;
};

bool supervision_tree::is_reserved(std::string_view id) noexcept {
  return id == connections_id || id == listener_id;
}

supervision_tree::supervision_tree() : outcome_(std::make_shared<outcome>()) {
}

std::shared_ptr<supervision_tree::outcome> supervision_tree::latest() const {
  const std::lock_guard lock(mutex_);
  return outcome_;
}

void supervision_tree::start(const std::shared_ptr<server_sockets>& sockets,
                             std::vector<runtime::child_spec> children) {
  const auto told = std::make_shared<outcome>();
  {
    const std::lock_guard lock(mutex_);
    outcome_ = told;
  }
  auto& node = sockets->service.node;
  auto held = told->hold(sockets);
  children.push_back(runtime::child<connections_process>(
      std::string(connections_id), {.shutdown = runtime::infinity}, held));
  children.push_back(
      runtime::child<listener_process>(std::string(listener_id), {}, held));
  runtime::supervisor_options options{
      .max_restarts = sockets->service.options.max_restarts,
      .max_period = sockets->service.options.restart_period,
      .children = std::move(children),
      .gave_up = [told, &node](const std::string& id, const runtime::exit_reason& why) {
        const server_failure failure{id, why};
        node.log(runtime::log_level::error, "the server ends: " + to_string(failure));
        told->failed(failure);
      }};
  node.spawn_on<watcher>(0, std::move(options), told, std::move(held));
  if (!node.is_running())
    return;
  const auto failed = told->wait_until_started();
  if (!failed)
    return;
  told->wait_until_over();
  throw std::runtime_error("start: " + why_not_up(*failed));
}

void supervision_tree::stop(runtime::node& node) {
  const auto told = latest();
  if (const auto supervisor = told->top())
    node.exit(supervisor, runtime::reason::shutdown);
  if (node.is_running())
    told->wait_until_over();
}

void supervision_tree::when_over(std::function<void()> call) {
  latest()->when_over(std::move(call));
}

runtime::pid supervision_tree::top() const {
  return latest()->top();
}

std::optional<server_failure> supervision_tree::failure() const {
  return latest()->failure();
}

} // namespace websock
