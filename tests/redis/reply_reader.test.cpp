// Replies of Redis, whole and in pieces, and what is none.
#include "websock/runtime/redis/reply_reader.hpp"

#include "websock/runtime/redis/command.hpp"

#include "tests/catch.hpp"

using websock::runtime::redis::command;
using websock::runtime::redis::reply;
using websock::runtime::redis::reply_reader;

namespace {

constexpr std::size_t most = 65'536;

[[nodiscard]] std::string shown(const reply& what) {
  switch (what.type) {
  case reply::kind::nil:
    return "nil";
  case reply::kind::status:
    return "+" + what.text;
  case reply::kind::error:
    return "-" + what.text;
  case reply::kind::integer:
    return std::to_string(what.number);
  case reply::kind::text:
    return '"' + what.text + '"';
  default:
    break;
  }
  std::string all = "[";
  for (const auto& each : what.elements)
    all += shown(each) + ' ';
  return all + "]";
}

[[nodiscard]] std::string read(std::string_view octets, std::size_t piece) {
  reply_reader reader(most);
  std::string all;
  for (std::size_t at = 0; at < octets.size(); at += piece) {
    reader.feed(octets.substr(at, piece));
    while (const auto got = reader.next())
      all += shown(*got) + ';';
  }
  return all + reader.trouble();
}

} // namespace

TEST_CASE("replies are read in order, however they are cut") {
  const std::string octets = "+OK\r\n-ERR no\r\n:-7\r\n$-1\r\n$5\r\na\r\nbc\r\n$0\r\n\r\n"
                             "*3\r\n$7\r\nmessage\r\n*2\r\n:1\r\n*0\r\n$1\r\nx\r\n*-1\r\n"
                             "+PONG\r\n";
  const std::string all = "+OK;-ERR no;-7;nil;\"a\r\nbc\";\"\";"
                          "[\"message\" [1 [] ] \"x\" ];nil;+PONG;";
  for (std::size_t piece = 1; piece <= octets.size(); ++piece)
    REQUIRE(read(octets, piece) == all);
}

TEST_CASE("what is no reply ends the stream, and says why") {
  CHECK(read("+OK\r\n?what\r\n+OK\r\n", 99)
        == "+OK;what arrives is no reply: Protocol error, got \"?\" as reply type byte");
  CHECK_FALSE(read("*1000000000\r\n", 99).empty()); // takes no memory for them
  CHECK_FALSE(read("*16385\r\n", 99).empty());
  std::string nested;
  for (int i = 0; i < 100; ++i)
    nested += "*1\r\n";
  CHECK_FALSE(read(nested, 999).empty());
}

TEST_CASE("a reply that is longer than the limit ends the stream") {
  reply_reader reader(most);
  reader.feed("$999999999\r\n");
  CHECK_FALSE(reader.next());
  CHECK(reader.trouble().empty());
  reader.feed(std::string(most, 'x'));
  CHECK_FALSE(reader.next());
  CHECK(reader.trouble() == "a reply has more than 65536 octets");
  reader.feed("+OK\r\n");
  CHECK_FALSE(reader.next());
}

TEST_CASE("a command holds any octets") {
  CHECK(command({"PUBLISH", "", std::string_view("a\0\r\n", 4)})
        == std::string("*3\r\n$7\r\nPUBLISH\r\n$0\r\n\r\n$4\r\na\0\r\n\r\n", 33));
}
