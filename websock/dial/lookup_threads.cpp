// Lookups: which requests wait for which, and on which thread they run.
#include "websock/dial/lookup_threads.hpp"

#include "websock/dial/name_lookup.hpp"
#include "websock/runtime/log/signals_blocked.hpp"
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/term/thrown.hpp"

#include <chrono>
#include <exception>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

namespace websock::detail {

namespace {

// An older lookup says little about the current addresses.
constexpr std::chrono::seconds young{10};
// How long an idle thread is kept.
constexpr std::chrono::seconds kept_idle{10};

// Call while handling an exception. Without memory for the text it stays empty.
[[nodiscard]] found_addresses failed_lookup(const std::string& host) noexcept {
  try {
    return {{}, host + ": " + std::string(runtime::detail::thrown_text())};
  } catch (const std::bad_alloc&) {
    return {};
  }
}

[[nodiscard]] found_addresses found_by(const resolver& how,
                                       const std::string& host) noexcept {
  try {
    return how(host);
  } catch (...) {
    return failed_lookup(host);
  }
}

} // namespace

lookup_threads::lookup_threads(resolver how)
    : how_(std::make_shared<const resolver>(std::move(how))) {
}

void lookup_threads::resolve_with(resolver how) {
  const std::lock_guard lock(mutex_);
  how_ = std::make_shared<const resolver>(std::move(how));
}

void lookup_threads::ask(const std::string& host,
                         std::shared_ptr<lookup_request> request) {
  const auto now = request->home->now();
  const std::lock_guard lock(mutex_);
  const auto job = job_for(host, now);
  request->job = job;
  request->place = job->waiting.insert(job->waiting.end(), request);
  need_thread();
}

lookup_threads::shared_job lookup_threads::job_for(const std::string& host,
                                                   runtime::time_point now) {
  auto& [latest, running] = names_[host];
  const bool is_shared =
      latest
      && (latest->now == lookup_job::state::queued || now - latest->asked < young
          || running >= name_lookups::most_for_a_name);
  if (is_shared)
    return latest;
  latest = std::make_shared<lookup_job>(lookup_job{host, now});
  latest->place = queue_.insert(queue_.end(), latest);
  return latest;
}

void lookup_threads::forget(lookup_request& request) noexcept {
  const std::lock_guard lock(mutex_);
  const auto job = std::exchange(request.job, nullptr);
  if (!job)
    return;
  job->waiting.erase(request.place);
  if (!job->waiting.empty() || job->now != lookup_job::state::queued)
    return;
  queue_.erase(job->place);
  end(job);
}

void lookup_threads::close() noexcept {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  changed_.notify_all();
}

// If the system refuses a thread, an existing one does the work later; without any, the
// lookup fails.
void lookup_threads::need_thread() {
  changed_.notify_one();
  if (idle_ >= queue_.size() || threads_ == name_lookups::most_threads)
    return;
  try {
    const runtime::detail::signals_blocked now;
    std::thread([self = shared_from_this()] { self->run(); }).detach();
    ++threads_;
  } catch (const std::system_error& failed) {
    while (threads_ == 0 && !queue_.empty()) {
      const auto job = queue_.front();
      queue_.pop_front();
      answer(*job, {{}, job->host + ": no thread to look it up: " + failed.what()});
      end(job);
    }
  }
}

void lookup_threads::run() noexcept {
  std::unique_lock lock(mutex_);
  while (const auto job = next_job(lock)) {
    const auto how = how_;
    lock.unlock();
    const auto found = found_by(*how, job->host);
    lock.lock();
    --names_.at(job->host).running;
    answer(*job, found);
    end(job);
  }
  --threads_;
}

// Null: the thread is no longer needed.
lookup_threads::shared_job lookup_threads::next_job(std::unique_lock<std::mutex>& lock) {
  ++idle_;
  changed_.wait_for(lock, kept_idle, [this] { return is_closed_ || !queue_.empty(); });
  --idle_;
  if (is_closed_ || queue_.empty())
    return nullptr;
  auto job = std::move(queue_.front());
  queue_.pop_front();
  job->now = lookup_job::state::running;
  ++names_.at(job->host).running;
  return job;
}

// A shard lives until the node is closed. Without memory for the answer, the client's own
// deadline ends its request.
void lookup_threads::answer(lookup_job& job, const found_addresses& found) noexcept {
  for (const auto& request : std::exchange(job.waiting, {})) {
    request->job = nullptr;
    if (is_closed_)
      continue;
    try {
      request->home->post([request, found](runtime::shard&) {
        if (const auto done = std::exchange(request->done, nullptr))
          done(found);
      });
    } catch (const std::bad_alloc&) {
      continue;
    }
  }
}

void lookup_threads::end(const shared_job& job) noexcept {
  job->now = lookup_job::state::over;
  const auto of_name = names_.find(job->host);
  auto& [latest, running] = of_name->second;
  if (latest == job)
    latest = nullptr;
  if (!latest && running == 0)
    names_.erase(of_name);
}

} // namespace websock::detail
