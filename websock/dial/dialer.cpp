// RFC 8305: one address after the other, and then beside it.
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

[[nodiscard]] std::string text_of(int code) {
  return std::generic_category().message(code);
}

} // namespace

/// A socket that is being connected.
class dialer::attempt final : public runtime::io_target {
public:
  /// Throws std::system_error when there is no room to watch one more; the descriptor is
  /// the caller's then.
  attempt(dialer& of, int descriptor) : dialer_(of), descriptor_(descriptor) {
    of.shard_.sockets().add(descriptor, *this, runtime::interest::write);
  }
  ~attempt() {
    if (descriptor_ >= 0)
      ::close(take());
  }
  attempt(const attempt&) = delete;
  attempt& operator=(const attempt&) = delete;

  /// How it came out: an errno, or 0.
  [[nodiscard]] int error() const noexcept {
    int failed = 0;
    socklen_t size = sizeof failed;
    ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &failed, &size);
    return failed;
  }
  /// The descriptor is the caller's.
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

dialer::dialer(runtime::shard& on, std::function<void(result)> done)
    : shard_(on), done_(std::move(done)), self_(std::make_shared<dialer*>(this)) {
}

dialer::~dialer() {
  *self_ = nullptr;
  shard_.timers().disarm(*this);
}

// What is known at once is told later all the same: the caller has not returned yet.
void dialer::dial(const std::string& host, std::uint16_t port) {
  auto written = written_address(host);
  if (written)
    later([port, what = *std::move(written)](dialer& self) { self.found(what, port); });
  else
    lookup_.emplace(shard_, host,
                    [this, port](found_addresses what) { found(std::move(what), port); });
}

void dialer::dial(const std::string& path) {
  addresses_ = {unix_address(path)};
  later([](dialer& self) { self.try_next(); });
}

template <class F>
void dialer::later(F what) {
  shard_.post([self = self_, what = std::move(what)](runtime::shard&) {
    if (*self != nullptr)
      what(**self);
  });
}

std::string dialer::state() const {
  return lookup_ ? "its name is being looked up" : last_failure_;
}

void dialer::found(found_addresses what, std::uint16_t port) {
  lookup_.reset();
  if (what.addresses.empty()) {
    finish(connect_failed{connect_failed::kind::unresolved, std::move(what.failure)});
    return;
  }
  addresses_ = in_turn(std::move(what.addresses), port, most_addresses);
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

dialer::begun dialer::begin(const socket_address& to) {
  const auto family = to.bytes.ss_family;
  const int descriptor = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) {
    last_failure_ = text_of(errno);
    return begun::no;
  }
  if (family != AF_UNIX) {
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  const auto* generic = reinterpret_cast<const sockaddr*>(&to.bytes);
  if (::connect(descriptor, generic, to.size) == 0 || errno == EINPROGRESS)
    return watch(descriptor);
  const int failed = errno;
  ::close(descriptor);
  last_failure_ = text_of(failed);
  // connect(2): a Unix socket does not wait in the kernel for room in the queue.
  return family == AF_UNIX && failed == EAGAIN ? begun::queue_is_full : begun::no;
}

dialer::begun dialer::watch(int descriptor) {
  try {
    attempts_.reserve(attempts_.size() + 1); // first: the attempt owns the descriptor
    attempts_.push_back(std::make_unique<attempt>(*this, descriptor));
    return begun::yes;
  } catch (...) { // no room for one more
    ::close(descriptor);
    last_failure_ = runtime::detail::thrown_text();
    return begun::no;
  }
}

void dialer::settled(attempt& which) {
  const int failed = which.error();
  if (failed == 0) {
    finish(which.take());
    return;
  }
  last_failure_ = text_of(failed);
  std::erase_if(attempts_, [&which](const auto& each) { return each.get() == &which; });
  try_next();
}

void dialer::expire(runtime::time_point) {
  try_next();
}

// Who dials meets its own deadline when there is no memory to say so.
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
  const auto done = std::move(done_); // which may destroy this object
  done(std::move(outcome));
}

} // namespace websock
