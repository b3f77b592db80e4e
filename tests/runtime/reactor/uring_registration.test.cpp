// The state that the io_uring reactor keeps per descriptor: the transitions, and which
// states can coexist.
#include "websock/runtime/reactor/uring_registration.hpp"

#include "tests/catch.hpp"

#include <vector>

namespace runtime = websock::runtime;

using runtime::detail::is_in_kernel;
using runtime::detail::is_listed;
using runtime::detail::is_stream;
using runtime::detail::next;
using runtime::detail::notice;
using runtime::detail::notice_event;
using runtime::detail::reception;
using runtime::detail::reception_event;
using runtime::detail::tells_writable;
using runtime::detail::uring_registration;
using runtime::detail::uring_registrations;

namespace {

class nobody final : public runtime::io_target {
  void on_ready(runtime::readiness) override {}
};

[[nodiscard]] reception after(std::vector<reception_event> all) {
  auto now = reception::none;
  for (const auto each : all)
    now = next(now, each);
  return now;
}

} // namespace

TEST_CASE("a stream is received from by a request, or read by calls") {
  using enum reception_event;
  CHECK(after({stream}) == reception::idle);
  CHECK(after({stream, ask}) == reception::asked);
  CHECK(after({stream, ask, finish}) == reception::idle);
  CHECK(after({stream, ask, stop}) == reception::stopping);
  CHECK(after({stream, ask, stop, finish}) == reception::idle);
  CHECK(after({stream, ask, starve}) == reception::starved);
  CHECK(after({stream, ask, starve, finish}) == reception::idle);
  CHECK(after({stream, ask, stop, starve}) == reception::idle);
  CHECK(after({stream, ask, much}) == reception::going_bulk);
  CHECK(after({stream, ask, much, finish}) == reception::bulk);
  CHECK(after({stream, ask, much, starve}) == reception::bulk);
  CHECK(after({stream, ask, finish, much}) == reception::bulk);
  CHECK(after({stream, ask, finish, much, little}) == reception::idle);
  CHECK(after({stream, ask, end}) == reception::ended);
  CHECK(after({stream, ask, end, lose}) == reception::ended);
  CHECK(after({stream, ask, lose}) == reception::bulk);
}

TEST_CASE("what is no stream stays polled, whatever becomes of the ring") {
  using enum reception_event;
  CHECK(after({add}) == reception::polled);
  CHECK(after({add, stream}) == reception::polled);
  CHECK(after({add, lose}) == reception::polled);
  CHECK(after({stream, ask, add}) == reception::asked);
  CHECK(after({stream, ask, stream}) == reception::asked);
  CHECK_FALSE(is_stream(reception::none));
  CHECK_FALSE(is_stream(reception::polled));
  CHECK(is_stream(reception::idle));
  CHECK(is_stream(reception::ended));
}

TEST_CASE("the kernel has a request while it is asked, and until it has stopped") {
  using enum reception;
  for (const auto each : {asked, stopping, going_bulk})
    CHECK(is_in_kernel(each));
  for (const auto each : {none, polled, idle, starved, bulk, ended})
    CHECK_FALSE(is_in_kernel(each));
}

TEST_CASE("a notice that had no memory is owed") {
  using enum notice_event;
  CHECK(next(notice::nothing, list) == notice::due);
  CHECK(next(notice::due, may_write) == notice::writable);
  CHECK(next(notice::nothing, may_write) == notice::owed);
  CHECK(next(notice::owed, may_write) == notice::owed);
  CHECK(next(notice::owed, list) == notice::writable);
  CHECK(next(notice::writable, owner_leaves) == notice::due);
  CHECK(next(notice::owed, owner_leaves) == notice::nothing);
  for (const auto each : {notice::due, notice::writable})
    CHECK(next(each, told) == notice::nothing);
  CHECK(is_listed(notice::due));
  CHECK(is_listed(notice::writable));
  CHECK_FALSE(is_listed(notice::owed));
  CHECK(tells_writable(notice::owed));
  CHECK_FALSE(tells_writable(notice::due));
}

TEST_CASE("what belongs to an owner goes with it") {
  nobody target;
  uring_registrations all;
  auto& stream = all.enter(70, reception_event::stream);
  CHECK(stream.is_legal()); // it has no owner yet
  stream.wanted = runtime::interest::read;
  CHECK_FALSE(stream.is_legal());
  stream.target = &target;
  CHECK(stream.is_legal());
  stream.happens(notice_event::may_write);
  CHECK_FALSE(stream.is_legal()); // the list has it, or the stream is broken off
  stream.error = 1;
  CHECK(stream.is_legal());
  CHECK(all.find(70) == &stream);
  const auto generation = stream.generation;
  uring_registrations::erase(stream);
  CHECK(all.find(70) == nullptr);
  CHECK(stream.is_legal());
  CHECK(stream.generation == generation + 1);
  CHECK(&all.enter(70, reception_event::add) == &stream);
  CHECK(stream.descriptor == 70);
  CHECK_FALSE(stream.is_legal()); // what is no stream has an owner as long as it is there
}
