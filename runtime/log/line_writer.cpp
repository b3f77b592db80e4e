// The thread that writes lines, and the queue in front of it.
#include "line_writer.hpp"

#include "signals_blocked.hpp"
#include "visible.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <exception>
#include <system_error>
#include <thread>
#include <utility>

namespace websock::runtime::detail {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::string_view prefixes[] = {"debug: ", "info: ", "warning: ", "error: "};

[[nodiscard]] bool takes_more(int descriptor, int timeout) noexcept {
  pollfd poll_entry{descriptor, POLLOUT, 0};
  return ::poll(&poll_entry, 1, timeout) == 1;
}

} // namespace

// Drops the line when there is no memory for it.
void line_writer::put(log_level level, std::string_view line) noexcept {
  const lock held(mutex_);
  try {
    tell_repeated(clock::now());
    if (limit_.passes(level, line, clock::now()))
      append(level, line);
    if (has_thread())
      changed_.notify_all();
    else
      write_what_goes();
  } catch (const std::exception&) {
    drop();
  }
}

void line_writer::append(log_level level, std::string_view line) {
  std::string text(prefixes[static_cast<std::size_t>(level)]);
  text += visible(line, longest_line);
  text += '\n';
  if (text.size() > most_waiting - octets_)
    return drop();
  const auto size = text.size();
  waiting_.push_back(std::move(text));
  octets_ += size;
}

void line_writer::tell_repeated(clock::time_point now) noexcept {
  try {
    while (const auto told = limit_.take(now))
      append(told->level, told->line);
  } catch (const std::exception&) {
    drop();
  }
}

void line_writer::drop() noexcept {
  ++dropped_;
  ++untold_;
}

bool line_writer::has_thread() {
  const auto self = ::getpid();
  if (thread_of_ == self)
    return true;
  try {
    const signals_blocked for_the_thread; // SIGPIPE among them
    std::thread([me = shared_from_this()] { me->run(); }).detach();
    thread_of_ = self;
    return true;
  } catch (const std::exception&) { // std::bad_alloc as well
    return false;
  }
}

void line_writer::run() noexcept {
  lock held(mutex_);
  while (wait_for_lines(held))
    write_waiting(held);
  thread_of_ = 0;
}

// False once the writer is closed and everything is written.
bool line_writer::wait_for_lines(lock& held) noexcept {
  for (;;) {
    const bool is_asked = std::exchange(is_asked_to_flush_, false) || is_closed_;
    tell_repeated(is_asked ? clock::time_point::max() : clock::now());
    if (!waiting_.empty())
      return true;
    changed_.notify_all(); // wakes threads that wait in flush()
    if (is_closed_)
      return false;
    if (const auto due = limit_.next())
      changed_.wait_until(held, *due);
    else
      changed_.wait(held);
  }
}

void line_writer::write_waiting(lock& held) noexcept {
  is_writing_ = true;
  while (!waiting_.empty()) {
    const auto line = std::move(waiting_.front());
    waiting_.pop_front();
    octets_ -= line.size();
    const auto untold = std::exchange(untold_, 0);
    held.unlock();
    const bool is_written = write(line);
    const bool is_told = untold == 0 || (is_written && tell_dropped(untold));
    held.lock();
    untold_ += is_told ? 0 : untold;
    if (!is_written)
      drop();
  }
  is_writing_ = false;
}

bool line_writer::tell_dropped(std::uint64_t count) const noexcept {
  std::array<char, 80> text{};
  const int size = std::snprintf(text.data(), text.size(),
                                 "warning: %" PRIu64 " lines dropped\n", count);
  return write({text.data(), static_cast<std::size_t>(size)});
}

// Normally in one call, so that lines of programs sharing the descriptor do not mix.
bool line_writer::write(std::string_view line) const noexcept {
  while (!line.empty()) {
    const auto count = ::write(descriptor_, line.data(), line.size());
    if (count >= 0)
      line.remove_prefix(static_cast<std::size_t>(count));
    else if (errno == EAGAIN)
      static_cast<void>(takes_more(descriptor_, -1));
    else if (errno != EINTR)
      return false;
  }
  return true;
}

// When there is no thread: writes as much as possible without blocking.
void line_writer::write_what_goes() noexcept {
  const signals_blocked meanwhile;
  while (!waiting_.empty() && takes_more(descriptor_, 0)) {
    const bool is_written = write(waiting_.front());
    octets_ -= waiting_.front().size();
    waiting_.pop_front();
    if (!is_written)
      drop();
  }
}

bool line_writer::flush(std::chrono::milliseconds limit) noexcept {
  lock held(mutex_);
  if (thread_of_ != ::getpid())
    return waiting_.empty();
  is_asked_to_flush_ = true;
  changed_.notify_all();
  return changed_.wait_for(held, limit, [this] {
    return !is_asked_to_flush_ && waiting_.empty() && !is_writing_;
  });
}

void line_writer::close() noexcept {
  const lock held(mutex_);
  is_closed_ = true;
  changed_.notify_all();
}

} // namespace websock::runtime::detail
