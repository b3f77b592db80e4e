// A supervised pool of workers: clients send jobs, and a job that crashes its worker
// affects no other client.
#include "websock/runtime/supervisor_calls.hpp"
#include "websock/websock.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <deque>
#include <iostream>
#include <stdexcept>
#include <unordered_map>

namespace {

using namespace std::chrono_literals;

constexpr const char* pool_name = "pool";
constexpr std::uint64_t largest_number = 1'000'000'000'000;
constexpr auto longest_sleep = 10'000ms;
constexpr std::size_t most_at_once = 100; // jobs per connection

// A connection calls the pool, which passes the job to a worker; the worker replies.
struct job {
  std::string text;
};
struct assignment {
  job what;
  websock::runtime::from caller;
};
struct outcome {
  std::string text;
};
// From a worker to the pool.
struct ready {
  websock::runtime::pid worker;
};

/// Throws on any other input, which crashes the worker.
[[nodiscard]] std::uint64_t number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failed] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size() || number < 1
      || number > largest_number)
    throw std::invalid_argument("not a number from 1 to 10^12");
  return number;
}

[[nodiscard]] std::string factors(std::uint64_t number) {
  std::string found;
  const auto add = [&](std::uint64_t factor) {
    found += (found.empty() ? "" : " * ") + std::to_string(factor);
    number /= factor;
  };
  for (std::uint64_t divisor = 2; divisor * divisor <= number;)
    if (number % divisor == 0)
      add(divisor);
    else
      ++divisor;
  if (number > 1 || found.empty())
    add(number);
  return found;
}

/// Does one job at a time: factors a number, or sleeps. It does not validate its input,
/// so it may crash.
class worker final : public websock::runtime::gen_server {
private:
  struct rested {
    websock::runtime::from caller;
  };

  websock::runtime::server_result init() override {
    websock::runtime::cast(self().whereis(pool_name), ready{self().pid()});
    return websock::runtime::noreply();
  }
  websock::runtime::server_result handle_cast(websock::runtime::term request) override {
    const auto& [what, caller] = request.get<assignment>();
    if (!what.text.starts_with("sleep "))
      return finish(caller, factors(number_in(what.text)));
    const auto needed = std::chrono::milliseconds(number_in(what.text.substr(6)));
    self().send_after(std::min(needed, longest_sleep), self(), rested{caller});
    return websock::runtime::noreply();
  }
  websock::runtime::server_result handle_info(websock::runtime::term info) override {
    return finish(info.get<rested>().caller, "done");
  }
  websock::runtime::server_result finish(const websock::runtime::from& caller,
                                         const std::string& result) {
    websock::runtime::reply(caller, outcome{result + " by " + to_string(self().pid())});
    return init();
  }
};

/// Gives each job to an idle worker; other jobs wait. Replies on behalf of workers that
/// crash.
class pool final : public websock::runtime::gen_server {
private:
  websock::runtime::server_result init() override {
    self().register_name(pool_name);
    return websock::runtime::noreply();
  }
  websock::runtime::call_result handle_call(websock::runtime::term request,
                                            websock::runtime::from caller) override {
    waiting_.push_back({request.get<job>(), std::move(caller)});
    hand_out();
    return websock::runtime::noreply();
  }
  websock::runtime::server_result handle_cast(websock::runtime::term request) override {
    const auto& who = request.get<ready>().worker;
    if (jobs_.insert_or_assign(who, websock::runtime::from()).second)
      static_cast<void>(self().monitor(who));
    free_.push_back(who);
    hand_out();
    return websock::runtime::noreply();
  }
  websock::runtime::server_result handle_info(websock::runtime::term info) override {
    const auto& gone = info.get<websock::runtime::down>();
    std::erase(free_, gone.who);
    websock::runtime::reply(
        jobs_.extract(gone.who).mapped(),
        outcome{to_string(gone.who) + " crashed: " + to_string(gone.reason)});
    return websock::runtime::noreply();
  }
  void hand_out() {
    for (; !free_.empty() && !waiting_.empty(); free_.pop_front(), waiting_.pop_front()) {
      jobs_[free_.front()] = waiting_.front().caller;
      websock::runtime::cast(free_.front(), waiting_.front());
    }
  }

  std::deque<assignment> waiting_;
  std::deque<websock::runtime::pid> free_;
  std::unordered_map<websock::runtime::pid, websock::runtime::from>
      jobs_; // by worker: the caller it works for
};

class session final : public websock::handler {
public:
  explicit session(std::chrono::milliseconds limit) : limit_(limit) {}

private:
  websock::handle_result handle_in(websock::message_view in) override {
    if (in.is_binary())
      return websock::stop(websock::runtime::reason::normal, {1003, "text only"});
    if (asked_.size() >= most_at_once)
      return websock::push(websock::text("too many jobs at once"));
    job what{std::string(in.text())};
    const auto id = self().send_request(self().whereis(pool_name), limit_, what);
    asked_.emplace(id, std::move(what.text));
    return websock::ok();
  }
  websock::handle_result handle_info(websock::runtime::term info) override {
    const auto& answer = info.get<websock::runtime::response>();
    const auto result = answer.is_answered() ? answer.value.get<outcome>().text
                                             : "failed: " + to_string(answer.failed);
    return websock::push(
        websock::text(asked_.extract(answer.id).mapped() + ": " + result));
  }

  const std::chrono::milliseconds limit_;
  std::unordered_map<websock::runtime::reference, std::string> asked_;
};

/// Starts a worker on the next shard in turn, to use all cores. By default a supervisor
/// starts its children on its own shard and waits; here it continues while the worker
/// starts.
[[nodiscard]] websock::runtime::child_spec worker_child(std::size_t number) {
  auto spec = websock::runtime::child<worker>("worker " + std::to_string(number));
  spec.start = [](websock::runtime::process& parent) {
    const auto started = parent.node().spawn<worker>();
    parent.link(started);
    return websock::runtime::start_result{started, {}, {}};
  };
  return spec;
}

/// The pool is first: if it crashes, the workers are restarted too and report to it
/// again.
[[nodiscard]] websock::runtime::supervisor_options tree(std::size_t workers) {
  websock::runtime::supervisor_options crew{.max_restarts = 1'000, .max_period = 1s};
  for (std::size_t number = 1; number <= workers; ++number)
    crew.children.push_back(worker_child(number));
  return {.strategy = websock::runtime::rest_for_one,
          .children = {websock::runtime::child<pool>("pool"),
                       websock::runtime::child<websock::runtime::supervisor>("workers",
                                                                             {}, crew)}};
}

} // namespace

int main(int argc, char** argv) {
  websock::server_options options;
  std::size_t workers = 4;
  std::int64_t limit = 1'000;
  CLI::App app("Factors numbers with a pool of workers; anything else crashes a worker.");
  app.add_option("--host", options.host, "address to listen on");
  app.add_option("--port", options.port, "port to listen on, 0 for a free one");
  app.add_option("--shards", options.shards, "threads, 0 for one per core");
  app.add_option("--workers", workers, "processes in the pool")
      ->check(CLI::Range(1, 1'000));
  app.add_option("--limit-ms", limit, "milliseconds for a job")
      ->check(CLI::Range(1, 60'000));
  CLI11_PARSE(app, argc, argv);
  try {
    websock::server server(options);
    server.websocket<session>("/", std::chrono::milliseconds(limit));
    websock::runtime::start_supervisor(server.node(), tree(workers));
    return server.run([&] {
      std::cout << "workers: ws" << server.url().substr(4) << "  (Ctrl-C stops it)"
                << std::endl;
    });
  } catch (const std::exception& failed) {
    std::cerr << "workers: " << failed.what() << '\n';
    return 1;
  }
}
