// RFC 8305: tries addresses in order, overlapping if they are slow.
#include "websock/dial/dialer.hpp"

#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/term/thrown.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace websock {

namespace {

[[nodiscard]] std::string error_text(int code) {
  return std::generic_category().message(code);
}

} // namespace

/// One socket that is connecting.
class dialer::attempt final : public runtime::io_target {
public:
  /// Throws std::system_error if the kernel cannot watch it; the caller then still owns
  /// the descriptor.
  attempt(dialer& owner, int descriptor) : dialer_(owner), descriptor_(descriptor) {
    owner.shard_.sockets().add(descriptor, *this, runtime::interest::write);
  }
  ~attempt() {
    if (descriptor_ >= 0)
      ::close(take());
  }
  attempt(const attempt&) = delete;
  attempt& operator=(const attempt&) = delete;

  /// The outcome: an errno, or 0.
  [[nodiscard]] int error() const noexcept {
    int failed = 0;
    socklen_t size = sizeof failed;
    ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &failed, &size);
    return failed;
  }
  /// The caller takes over the descriptor.
  [[nodiscard]] int take() noexcept {
    static_cast<void>(dialer_.shard_.sockets().remove(descriptor_, *this));
    return std::exchange(descriptor_, -1);
  }

private:
  void on_ready(runtime::readiness) override { dialer_.settled(*this); }
  void failed() noexcept override { dialer_.failed(); }

  dialer& dialer_;
  int descriptor_;
};

dialer::dialer(runtime::shard& home, std::function<void(result)> done)
    : shard_(home), done_(std::move(done)), self_(std::make_shared<dialer*>(this)) {
}

dialer::~dialer() {
  *self_ = nullptr;
  shard_.timers().disarm(*this);
}

// Results known at once are still reported later, as the caller has not returned yet.
void dialer::dial(const std::string& host, std::uint16_t port) {
  auto written = written_address(host);
  if (written)
    later([port, known = *std::move(written)](dialer& self) { self.found(known, port); });
  else
    lookup_.emplace(shard_, host, [this, port](found_addresses resolved) {
      found(std::move(resolved), port);
    });
}

void dialer::dial(const std::string& path) {
  addresses_ = {unix_address(path)};
  later([](dialer& self) { self.try_next(); });
}

template <class F>
void dialer::later(F task) {
  shard_.post([self = self_, task = std::move(task)](runtime::shard&) {
    if (*self != nullptr)
      task(**self);
  });
}

std::string dialer::state() const {
  return lookup_ ? "its name is being looked up" : last_failure_;
}

void dialer::found(found_addresses resolved, std::uint16_t port) {
  lookup_.reset();
  if (resolved.addresses.empty()) {
    finish(connect_failed{connect_failed::kind::unresolved, std::move(resolved.failure)});
    return;
  }
  addresses_ = in_turn(std::move(resolved.addresses), port, most_addresses);
  std::reverse(addresses_.begin(), addresses_.end());
  try_next();
}

void dialer::try_next() {
  auto next_in = head_start;
  auto last = begun::no;
  while (last == begun::no && !addresses_.empty()) {
    last = begin(addresses_.back());
    if (last != begun::queue_is_full)
      addresses_.pop_back();
    else
      next_in = full_queue_pause;
  }
  shard_.timers().disarm(*this);
  if (!addresses_.empty())
    shard_.timers().arm(*this, shard_.now() + next_in);
  else if (attempts_.empty())
    finish(connect_failed{connect_failed::kind::unreachable, last_failure_});
}

dialer::begun dialer::begin(const socket_address& address) {
  const auto family = address.bytes.ss_family;
  const int descriptor = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) {
    last_failure_ = error_text(errno);
    return begun::no;
  }
  if (family != AF_UNIX) {
    const int enabled = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &enabled, sizeof enabled);
  }
  const auto* generic = reinterpret_cast<const sockaddr*>(&address.bytes);
  if (::connect(descriptor, generic, address.size) == 0 || errno == EINPROGRESS)
    return watch(descriptor);
  const int failed = errno;
  ::close(descriptor);
  last_failure_ = error_text(failed);
  // connect(2): for a Unix socket the kernel does not wait for room in the queue.
  return family == AF_UNIX && failed == EAGAIN ? begun::queue_is_full : begun::no;
}

dialer::begun dialer::watch(int descriptor) {
  try {
    attempts_.reserve(attempts_.size() + 1); // first, as the attempt owns the descriptor
    attempts_.push_back(std::make_unique<attempt>(*this, descriptor));
    return begun::yes;
  } catch (...) { // the kernel cannot watch another socket
    ::close(descriptor);
    last_failure_ = runtime::detail::thrown_text();
    return begun::no;
  }
}

void dialer::settled(attempt& finished) {
  const int failed = finished.error();
  if (failed == 0) {
    finish(finished.take());
    return;
  }
  last_failure_ = error_text(failed);
  std::erase_if(attempts_,
                [&finished](const auto& each) { return each.get() == &finished; });
  try_next();
}

void dialer::expire(runtime::time_point) {
  try_next();
}

// Without memory to report the failure, the client's own deadline ends it.
void dialer::failed() noexcept {
  try {
    finish(connect_failed{connect_failed::kind::unreachable,
                          std::string(runtime::detail::thrown_text())});
  } catch (...) {
    shard_.log_thrown("a client does not connect");
  }
}

void dialer::finish(result outcome) {
  shard_.timers().disarm(*this);
  attempts_.clear();
  const auto done = std::move(done_); // may destroy this object
  done(std::move(outcome));
}

} // namespace websock
