// The same lower bound as raw_epoll, with io_uring. Each connection has one multishot
// receive request, into buffers that the kernel picks. All sends of a round go out in one
// system call, which also waits for the next round.
//
//   raw_uring    echoes at every path but /hub, which broadcasts each message;
//                exits with 1 if the kernel refuses io_uring
#include "bench/servers/floor.hpp"

#include <liburing.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace bench {

namespace {

constexpr unsigned submissions = 4'096;
constexpr unsigned completions = 32'768;
constexpr unsigned buffer_count = 256; // must be a power of two
constexpr unsigned buffer_size = 2'048;

void check(int result) {
  if (result < 0)
    throw std::system_error(-result, std::generic_category(),
                            "the kernel refuses io_uring (Linux before 6.1, "
                            "kernel.io_uring_disabled or seccomp)");
}

class ring {
public:
  ring();
  ~ring() { ::io_uring_queue_exit(&handle_); }
  ring(const ring&) = delete;
  ring& operator=(const ring&) = delete;

  [[nodiscard]] io_uring* get() { return &handle_; }
  /// A request to fill in; all requests of a round are submitted together.
  [[nodiscard]] io_uring_sqe* request();

private:
  io_uring handle_{};
};

ring::ring() {
  io_uring_params how{};
  how.flags =
      IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE;
  how.cq_entries = completions;
  check(::io_uring_queue_init_params(submissions, &handle_, &how));
  ::io_uring_register_ring_fd(&handle_); // saves a lookup per call
}

io_uring_sqe* ring::request() {
  for (;;) {
    if (auto* const one = ::io_uring_get_sqe(&handle_))
      return one;
    ::io_uring_submit(&handle_);
  }
}

/// Receive buffers: the kernel takes one when data arrives, and gets it back once we have
/// read the data.
class buffers {
public:
  explicit buffers(ring& of);

  [[nodiscard]] char* at(unsigned id) { return octets_.get() + id * buffer_size; }
  void give_back(unsigned id);

private:
  alignas(4'096) std::array<io_uring_buf, buffer_count> entries_{};
  unsigned next_ = 0; // the entry to write next
  std::unique_ptr<char[]> octets_{new char[std::size_t{buffer_count} * buffer_size]};
};

buffers::buffers(ring& of) {
  io_uring_buf_reg where{};
  where.ring_addr = reinterpret_cast<std::uintptr_t>(entries_.data());
  where.ring_entries = buffer_count;
  check(::io_uring_register_buf_ring(of.get(), &where, 0));
  for (unsigned id = 0; id < buffer_count; ++id)
    give_back(id);
}

void buffers::give_back(unsigned id) {
  auto& entry = entries_[next_++ % buffer_count];
  entry.addr = reinterpret_cast<std::uintptr_t>(at(id));
  entry.len = buffer_size;
  entry.bid = static_cast<std::uint16_t>(id);
  ::io_uring_buf_ring_advance(reinterpret_cast<io_uring_buf_ring*>(entries_.data()), 1);
}

struct connection {
  explicit connection(int socket) : fd(socket) {}

  const int fd;
  bool upgraded = false;
  bool in_hub = false;
  bool closing = false;   // reads no more, and ends once everything is sent
  bool receiving = false; // the kernel has a receive request: keep the connection
  bool sending = false;   // the same for a send
  std::size_t place = 0;  // its index in the hub
  std::string in;         // an incomplete frame
  std::string leaving;    // what the kernel is sending
  std::string out;        // what to send after that
};

/// The kind of a request, stored beside the descriptor in its completion.
enum class kind : std::uint64_t { accept, receive, send };

void tag(io_uring_sqe* request, kind what, int fd) {
  ::io_uring_sqe_set_data64(request, static_cast<std::uint64_t>(fd) << 2U
                                         | static_cast<std::uint64_t>(what));
}

/// The outcome of one turn: what to send, and how many octets were used.
struct turn {
  std::string_view out;
  std::size_t used = 0;
};

class server {
public:
  server();
  ~server() { ::close(listener_.fd); }
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  [[nodiscard]] unsigned port() const { return listener_.port; }
  [[noreturn]] void run();

private:
  void on_completion(const io_uring_cqe& done);
  void accept();
  void on_accepted(int fd);
  void receive(connection& one);
  void on_received(connection& one, const io_uring_cqe& done);
  void read(connection& one, char* in, std::size_t size);
  [[nodiscard]] turn take(connection& one, char* in, std::size_t size);
  [[nodiscard]] turn upgrade(connection& one, std::string_view in);
  void send(connection& one, std::string_view octets);
  void flush(connection& one);
  void on_sent(connection& one, int result);
  void close(connection& one);
  void end_when_over(connection& one);

  ring ring_;
  buffers buffers_{ring_};
  listening listener_;
  std::vector<std::unique_ptr<connection>> connections_; // by descriptor
  std::vector<connection*> hub_;
};

// All sockets are blocking: otherwise io_uring would return EAGAIN instead of waiting.
server::server() : listener_(listen_anywhere(0)) {
  accept();
}

void server::run() {
  for (;;) {
    ::io_uring_submit_and_wait(ring_.get(), 1);
    unsigned head = 0;
    unsigned count = 0;
    io_uring_cqe* done = nullptr;
    io_uring_for_each_cqe(ring_.get(), head, done) {
      on_completion(*done);
      ++count;
    }
    ::io_uring_cq_advance(ring_.get(), count);
  }
}

void server::on_completion(const io_uring_cqe& done) {
  const auto what = static_cast<kind>(done.user_data & 3U);
  if (what == kind::accept) {
    if (done.res >= 0)
      on_accepted(done.res);
    if ((done.flags & IORING_CQE_F_MORE) == 0)
      accept();
    return;
  }
  auto& one = *connections_[done.user_data >> 2U];
  if (what == kind::receive)
    on_received(one, done);
  else
    on_sent(one, done.res);
  end_when_over(one);
}

void server::accept() {
  auto* const request = ring_.request();
  ::io_uring_prep_multishot_accept(request, listener_.fd, nullptr, nullptr, 0);
  tag(request, kind::accept, listener_.fd);
}

void server::on_accepted(int fd) {
  receive(adopt(fd, connections_));
}

void server::receive(connection& one) {
  auto* const request = ring_.request();
  ::io_uring_prep_recv_multishot(request, one.fd, nullptr, 0, 0);
  request->flags |= IOSQE_BUFFER_SELECT;
  tag(request, kind::receive, one.fd);
  one.receiving = true;
}

/// Without the MORE flag the request has ended, and we make a new one. ENOBUFS is
/// harmless: the buffers are back by then.
void server::on_received(connection& one, const io_uring_cqe& done) {
  one.receiving = (done.flags & IORING_CQE_F_MORE) != 0;
  if ((done.flags & IORING_CQE_F_BUFFER) != 0) {
    const auto id = done.flags >> IORING_CQE_BUFFER_SHIFT;
    if (done.res > 0 && !one.closing)
      read(one, buffers_.at(id), static_cast<std::size_t>(done.res));
    buffers_.give_back(id);
  }
  if (done.res <= 0 && done.res != -ENOBUFS)
    close(one);
  else if (!one.receiving && !one.closing)
    receive(one);
}

void server::read(connection& one, char* in, std::size_t size) {
  const bool begun = !one.in.empty();
  if (begun) {
    one.in.append(in, size);
    in = one.in.data();
    size = one.in.size();
  }
  const auto made = one.upgraded ? take(one, in, size) : upgrade(one, {in, size});
  if (one.in_hub)
    for (std::size_t i = 0; i < hub_.size() && !made.out.empty(); ++i)
      send(*hub_[i], made.out);
  else if (!made.out.empty())
    send(one, made.out);
  if (begun)
    one.in.erase(0, made.used);
  else
    one.in.assign(in + made.used, size - made.used);
}

/// Unmasks the frames at `in` in place and returns the octets to send.
turn server::take(connection& one, char* in, std::size_t size) {
  char* to = in;
  const char* from = in;
  const char* const end = in + size;
  while (from < end) {
    const std::string_view left(from, static_cast<std::size_t>(end - from));
    const auto next = parse(left);
    if (next.header == 0 || left.size() - next.header < next.length)
      break;
    if ((next.first & 0x0FU) == 8)
      close(one);
    to = unmask(to, from, next);
    from += next.header + next.length;
  }
  return {{in, static_cast<std::size_t>(to - in)}, static_cast<std::size_t>(from - in)};
}

turn server::upgrade(connection& one, std::string_view in) {
  if (!in.ends_with("\r\n\r\n"))
    return {};
  one.upgraded = true;
  send(one, answer_to(in));
  if (in.starts_with("GET /hub ")) {
    enter(hub_, one);
    one.in_hub = true;
  }
  return {{}, in.size()};
}

void server::send(connection& one, std::string_view octets) {
  one.out += octets;
  flush(one);
}

/// Sends one request at a time; later output goes out with the next one.
void server::flush(connection& one) {
  if (one.sending)
    return;
  if (one.leaving.empty())
    std::swap(one.leaving, one.out);
  if (one.leaving.empty())
    return;
  auto* const request = ring_.request();
  ::io_uring_prep_send(request, one.fd, one.leaving.data(), one.leaving.size(),
                       MSG_NOSIGNAL | MSG_WAITALL);
  tag(request, kind::send, one.fd);
  one.sending = true;
}

void server::on_sent(connection& one, int result) {
  one.sending = false;
  if (result >= 0) {
    one.leaving.erase(0, static_cast<std::size_t>(result));
    flush(one);
    return;
  }
  one.leaving.clear();
  one.out.clear();
  close(one);
}

void server::close(connection& one) {
  one.closing = true;
  if (std::exchange(one.in_hub, false))
    leave(hub_, one);
}

/// Waits for the kernel too: the shutdown ends a pending receive.
void server::end_when_over(connection& one) {
  if (!one.closing || one.sending)
    return;
  if (one.receiving) {
    ::shutdown(one.fd, SHUT_RDWR);
    return;
  }
  const int fd = one.fd;
  connections_[static_cast<std::size_t>(fd)].reset();
  ::close(fd);
}

} // namespace

} // namespace bench

int main() {
  try {
    bench::serve<bench::server>();
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "raw_uring: %s\n", failure.what());
    return 1;
  }
}
