// What the connections of a shard count.
#include "websock/metrics/connection_meter.hpp"

#include "websock/connection/connection_record.hpp"

#include "tests/catch.hpp"

#include <chrono>
#include <cstdint>
#include <initializer_list>

using namespace std::chrono_literals;
using websock::callback_meter;
using websock::close_meter;
using websock::connection_meter;
using websock::connection_record;
using websock::frame_meter;
using websock::protocol::opcode;

TEST_CASE("messages are counted by opcode and by the number of bits of their size") {
  frame_meter its;
  for (const std::size_t size : {0U, 1U, 127U, 128U, 255U})
    its.note(opcode::text, size);
  its.note(opcode::pong, 5);
  CHECK(its.total(opcode::text).messages == 5);
  CHECK(its.total(opcode::text).octets == 511);
  CHECK(its.at(opcode::text)[0].messages == 2);
  CHECK(its.at(opcode::text)[6].messages == 1);
  CHECK(its.at(opcode::text)[7].messages == 2);
  CHECK(its.at(opcode::text)[7].octets == 383);
  CHECK(its.total(opcode::pong).octets == 5);
  CHECK(its.total(opcode::ping).octets == 0);
  its.note(opcode::binary, SIZE_MAX);
  CHECK(its.at(opcode::binary)[63].messages == 1);
}

TEST_CASE("one of 64 callbacks is timed, into the bucket of its duration") {
  callback_meter its;
  int timed = 0;
  for (int i = 0; i < 640; ++i)
    timed += its.is_due() ? 1 : 0;
  CHECK(timed == 10);
  its.note(1us);
  its.note(2us);
  its.note(20s);
  CHECK(its.counts()[0] == 1);
  CHECK(its.counts()[1] == 1);
  CHECK(its.counts()[8] == 1);
  CHECK(its.sum() > 20);
}

TEST_CASE("close codes of applications are counted together, so that labels are few") {
  using by = close_meter::by;
  close_meter its;
  for (const std::uint16_t code :
       std::initializer_list<std::uint16_t>{1000, 1006, 3000, 3999, 4000, 4999, 5000, 0})
    its.note(code, by::peer);
  CHECK(its.count(by::peer, 0) == 1);
  CHECK(its.count(by::peer, 6) == 1);
  CHECK(its.count(by::peer, 16) == 2);
  CHECK(its.count(by::peer, 17) == 2);
  CHECK(its.count(by::peer, 18) == 2);
  CHECK(its.count(by::us, 0) == 0);
}

TEST_CASE("a record counts in the meter of its shard, and its end as well") {
  connection_meter meter;
  {
    connection_record its({}, connection_record::keeps::no_tallies, &meter);
    CHECK(meter.opened == 1);
    its.note_received(opcode::binary, 3);
    its.note_sent(opcode::text, 4);
    its.note_close(1'001, connection_record::closer::peer);
    its.note_close(1'000, connection_record::closer::us);
    CHECK_FALSE(its.has_tallies());
    CHECK(meter.closed == 0);
  }
  CHECK(meter.received.total(opcode::binary).octets == 3);
  CHECK(meter.sent.total(opcode::text).octets == 4);
  CHECK(meter.closed == 1);
  CHECK(meter.closes.count(close_meter::by::peer, 1) == 1);
}
