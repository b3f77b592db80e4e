// The processes of random programs that await in their callbacks, as an Erlang process
// does in a receive.
#include "websock/runtime/process/shard.hpp"
#include "websock/runtime/server/gen_server.hpp"

#include "tests/runtime/process/random_process.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>

namespace runtime = websock::runtime;

namespace random_programs {

namespace {

using kind = event::kind;
using runtime::call_result;
using runtime::duration;
using runtime::server_result;
using runtime::term;
using runtime::waiting;

struct question {
  int from;
  int number;
};
struct answer {
  int from;
  int number;
};

/// It traps exits for life or never, so what must become of each exit signal is known.
class patient final : public runtime::gen_server {
public:
  patient(world& in, budget deeds) : me_(in, std::move(deeds)) {}
  ~patient() override {
    if (has_begun_)
      me_.write({.what = kind::exited, .who = me_.number(), .reason = unseen});
  }

private:
  /// Notes that a coroutine has ended, in whichever way.
  class visit {
  public:
    explicit visit(actor& of) : of_(of) {
      of_.write({.what = kind::entered, .who = of_.number()});
    }
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;
    ~visit() { of_.write({.what = kind::left, .who = of_.number()}); }

  private:
    actor& of_;
  };

  server_result init() override {
    has_begun_ = true;
    me_.begin(self());
    const int traps = me_.any(2);
    self().trap_exit(traps == 1);
    me_.saw(kind::begun, -1, traps);
    return runtime::noreply();
  }

  server_result handle_info(term message) override {
    if (message.is<go>())
      return act();
    me_.see(message);
    return runtime::noreply();
  }

  call_result handle_call(term request, runtime::from) override {
    const visit in(me_);
    const auto asked = request.get<question>();
    me_.saw(kind::served, asked.from, asked.number);
    const int how = me_.any(8);
    if (how == 0)
      co_await sleep(some_time(4));
    if (how == 1)
      co_await select(some_time(3));
    co_return runtime::reply(answer{asked.from, asked.number});
  }

  server_result act() {
    const visit in(me_);
    me_.spend(self());
    try {
      co_await deed(me_.any(100));
    } catch (const runtime::no_such_process&) {
    }
    co_return runtime::noreply();
  }

  waiting<> deed(int which) {
    const visit in(me_);
    if (which < 20)
      me_.send_note(self());
    else if (which < 25)
      me_.link(self());
    else if (which < 29)
      me_.set_timer(self());
    else if (which < 32)
      me_.exit_other(self());
    else if (which < 34)
      me_.broadcast(self());
    else if (which < 36)
      runtime::process::exit(runtime::reason::of(me_.any(3)));
    else if (which < 37)
      throw std::runtime_error("random");
    else if (which < 50)
      co_await ask(me_.anybody());
    else if (which < 60)
      co_await sleep(some_time(5));
    else if (which < 70)
      co_await watch_one();
    else if (which < 80)
      co_await write_to_oneself();
    else if (which < 83 && me_.program().offloads())
      co_await offload();
    else
      co_await select(some_time(5));
  }

  // Some of its own notes are there before it selects among them.
  waiting<> write_to_oneself() {
    const visit in(me_);
    for (int left = me_.any(4); left > 0; --left)
      me_.send_note(self(), me_.number());
    co_await select(some_time(2));
    if (me_.any(2) == 0)
      co_await select(some_time(2));
  }

  waiting<> select(duration limit) {
    const visit in(me_);
    event found{.what = kind::missed, .who = me_.number()};
    const auto take = [&found](const auto& n) {
      found.what = kind::selected;
      found.other = n.from;
      found.number = n.number;
    };
    const auto take_even = [&take](const even_note& n) { take(n); };
    const auto take_odd = [&take](const odd_note& n) { take(n); };
    found.which = static_cast<wanted>(me_.any(3));
    begin_wait(limit);
    bool has_come = false;
    if (found.which == wanted::even)
      has_come = co_await self().receive(limit, take_even);
    else if (found.which == wanted::odd)
      has_come = co_await self().receive(limit, take_odd);
    else
      has_come = co_await self().receive(limit, take_even, take_odd);
    end_wait(has_come);
    me_.write(found);
  }

  waiting<> sleep(duration time) {
    begin_wait(time);
    co_await self().sleep(time);
    end_wait(false);
  }

  waiting<> ask(int whom) {
    const visit in(me_);
    const question asked{me_.number(), ++questions_};
    const duration limit = some_time(6);
    begin_wait(limit);
    bool is_late = false;
    try {
      const auto got = co_await self().call<answer>(me_.program().at(whom), limit, asked);
      if (got.from != asked.from || got.number != asked.number)
        me_.write({.what = kind::stray,
                   .who = me_.number(),
                   .reason = "the answer to another question"});
    } catch (const runtime::call_failed& failed) {
      is_late = failed.reason() == runtime::exit_reason(runtime::reason::timeout);
    }
    end_wait(!is_late);
  }

  waiting<> watch_one() {
    const visit in(me_);
    const auto [whom, ref] = me_.watch(self());
    const duration limit = some_time(5);
    begin_wait(limit);
    const auto gone = co_await self().monitor_down(ref, limit);
    end_wait(gone.has_value());
    if (gone)
      me_.write({.what = kind::down,
                 .who = me_.number(),
                 .other = whom,
                 .number = 1,
                 .ref = ref,
                 .reason = to_string(gone->reason)});
    else if (me_.any(2) == 0)
      me_.stop_watching(self());
  }

  waiting<> offload() {
    const visit in(me_);
    const int number = ++questions_;
    begin_wait(runtime::infinity);
    const auto work = [number] { return number + 1; };
    const int result = co_await self().offload(work);
    end_wait(true);
    if (result != number + 1)
      me_.write({.what = kind::stray,
                 .who = me_.number(),
                 .reason = "the result of other work"});
  }

  void begin_wait(duration limit) {
    due_ = limit == runtime::infinity ? runtime::time_point{}
                                      : self().shard().read_clock() + limit;
    me_.write({.what = kind::waits, .who = me_.number(), .when = due_});
  }
  void end_wait(bool has_come) {
    me_.write({.what = kind::goes_on,
               .who = me_.number(),
               .number = has_come ? 0 : 1,
               .when = self().shard().read_clock()});
  }
  [[nodiscard]] duration some_time(int below) {
    return std::chrono::milliseconds(me_.any(below));
  }

  actor me_;
  int questions_ = 0;
  bool has_begun_ = false;
  runtime::time_point due_;
};

} // namespace

runtime::pid start_patient(world& in, budget deeds) {
  return in.node.spawn<patient>(std::ref(in), std::move(deeds));
}

runtime::pid start_patient(runtime::process& from, world& in, budget deeds) {
  return from.spawn<patient>(std::ref(in), std::move(deeds));
}

} // namespace random_programs
