// Name resolution and connect.
#include "websock/dialer.hpp"

#include "runtime/shard.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <netinet/tcp.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace websock {

namespace {

[[nodiscard]] std::string text_of(int code) {
  return std::generic_category().message(code);
}

} // namespace

/// What an answer of the resolver finds when it comes: the dialer, unless that has gone.
struct dialer::lookup {
  lookup(asio::io_context& io, dialer& of) : resolver(io), owner(&of) {}
  asio::ip::tcp::resolver resolver;
  dialer* owner;
};

dialer::dialer(runtime::shard& on, runtime::time_point deadline,
               std::function<void(result)> done)
    : shard_(on), deadline_(deadline), done_(std::move(done)),
      lookup_(std::make_shared<lookup>(on.io(), *this)) {
}

dialer::~dialer() {
  lookup_->owner = nullptr;
  lookup_->resolver.cancel();
  shard_.timers().disarm(*this);
  if (descriptor_ < 0)
    return;
  static_cast<void>(shard_.sockets().remove(descriptor_, *this));
  ::close(descriptor_);
}

void dialer::dial(const std::string& host, std::uint16_t port) {
  asio::error_code is_a_name;
  const auto numeric = asio::ip::make_address(host, is_a_name);
  if (is_a_name) {
    resolve(host, port);
    return;
  }
  const asio::ip::tcp::endpoint to(numeric, port);
  address& only = addresses_.emplace_back();
  only.size = static_cast<socklen_t>(to.size());
  std::memcpy(&only.bytes, to.data(), to.size());
  try_later();
}

void dialer::dial(const std::string& path) {
  sockaddr_un to{};
  if (path.empty() || path.size() >= sizeof to.sun_path)
    throw std::invalid_argument("the path of a Unix socket must be 1 to "
                                + std::to_string(sizeof to.sun_path - 1)
                                + " bytes long: " + path);
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, path.data(), path.size());
  address& only = addresses_.emplace_back();
  only.size = sizeof to;
  std::memcpy(&only.bytes, &to, sizeof to);
  try_later();
}

void dialer::resolve(const std::string& host, std::uint16_t port) {
  lookup_->resolver.async_resolve(
      host, std::to_string(port), asio::ip::resolver_base::numeric_service,
      [state = lookup_](const asio::error_code& failed,
                        const asio::ip::tcp::resolver::results_type& found) {
        if (state->owner == nullptr)
          return;
        std::vector<address> addresses;
        for (const auto& entry : found) {
          const auto to = entry.endpoint();
          address& next = addresses.emplace_back();
          next.size = static_cast<socklen_t>(to.size());
          std::memcpy(&next.bytes, to.data(), to.size());
        }
        state->owner->resolved(std::move(addresses), failed ? failed.message() : "");
      });
}

void dialer::resolved(std::vector<address> found, const std::string& failure) {
  if (found.empty()) {
    finish(connect_failed{connect_failed::kind::unresolved, failure});
    return;
  }
  std::reverse(found.begin(), found.end());
  addresses_ = std::move(found);
  try_next();
}

// What is known at once is told later all the same: the caller has not returned yet.
void dialer::try_later() {
  shard_.post([state = std::weak_ptr(lookup_)](runtime::shard&) {
    if (const auto there = state.lock(); there && there->owner != nullptr)
      there->owner->try_next();
  });
}

void dialer::try_next() {
  while (!addresses_.empty()) {
    const auto share = static_cast<runtime::duration::rep>(addresses_.size());
    const address to = addresses_.back();
    addresses_.pop_back();
    if (!try_connect(to))
      continue;
    const auto now = shard_.now();
    shard_.timers().arm(*this, now + (deadline_ - now) / share);
    return;
  }
  finish(connect_failed{connect_failed::kind::unreachable, last_failure_});
}

bool dialer::try_connect(const address& to) {
  const auto* generic = reinterpret_cast<const sockaddr*>(&to.bytes);
  descriptor_ =
      ::socket(to.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ >= 0 && to.bytes.ss_family != AF_UNIX) {
    const int on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  const bool is_begun =
      descriptor_ >= 0
      && (::connect(descriptor_, generic, to.size) == 0 || errno == EINPROGRESS);
  last_failure_ = text_of(errno);
  if (is_begun && try_watch())
    return true;
  if (descriptor_ >= 0)
    ::close(std::exchange(descriptor_, -1));
  return false;
}

bool dialer::try_watch() {
  try {
    shard_.sockets().add(descriptor_, *this, runtime::interest::write);
    return true;
  } catch (const std::system_error& failed) { // no room for one more
    last_failure_ = failed.code().message();
    return false;
  }
}

void dialer::on_ready(runtime::readiness) {
  int failed = 0;
  socklen_t size = sizeof failed;
  ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &failed, &size);
  if (failed != 0) {
    give_up_address(text_of(failed));
    return;
  }
  static_cast<void>(shard_.sockets().remove(descriptor_, *this));
  finish(std::exchange(descriptor_, -1));
}

void dialer::expire(runtime::time_point) {
  give_up_address(text_of(ETIMEDOUT));
}

void dialer::give_up_address(std::string why) {
  last_failure_ = std::move(why);
  shard_.timers().disarm(*this);
  static_cast<void>(shard_.sockets().remove(descriptor_, *this));
  ::close(std::exchange(descriptor_, -1));
  try_next();
}

void dialer::finish(result outcome) {
  shard_.timers().disarm(*this);
  const auto done = std::move(done_); // which may destroy this object
  done(std::move(outcome));
}

} // namespace websock
