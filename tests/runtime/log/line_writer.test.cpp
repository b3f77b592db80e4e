// A line writer on a pipe whose reader is slow, stuck or gone.
#include "websock/runtime/log/line_writer.hpp"

#include "tests/catch.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <regex>
#include <string>
#include <utility>

namespace runtime = websock::runtime;

using namespace std::chrono_literals;
using runtime::log_level;
using runtime::detail::line_writer;

namespace {

class pipe_end {
public:
  explicit pipe_end(int descriptor) noexcept : descriptor_(descriptor) {}
  ~pipe_end() { close(); }
  pipe_end(const pipe_end&) = delete;
  pipe_end& operator=(const pipe_end&) = delete;
  [[nodiscard]] int get() const noexcept { return descriptor_; }
  void close() noexcept {
    if (descriptor_ >= 0)
      ::close(std::exchange(descriptor_, -1));
  }

private:
  int descriptor_;
};

struct scene {
  explicit scene(std::array<int, 2> ends) : out(ends[0]), in(ends[1]) {}
  scene() : scene(made()) {}
  ~scene() {
    writer->close();
    out.close();        // ends a write that is stuck
    writer->flush(10s); // after that the thread leaves `in` alone
  }
  static std::array<int, 2> made() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    return ends;
  }

  void put(const std::string& line) const { writer->put(log_level::warning, line); }
  /// What is in the pipe until it is enough.
  std::string read(const std::function<bool(const std::string&)>& is_enough) const {
    std::string text;
    std::array<char, 4'096> some{};
    while (!is_enough(text)) {
      const auto count = ::read(out.get(), some.data(), some.size());
      if (count <= 0)
        break;
      text.append(some.data(), static_cast<std::size_t>(count));
    }
    return text;
  }
  std::string read(const std::string& enough) const {
    return read(
        [&](const std::string& text) { return text.find(enough) != std::string::npos; });
  }

  pipe_end out;
  pipe_end in;
  std::shared_ptr<line_writer> writer = std::make_shared<line_writer>(in.get());
};

/// The sum of the numbers in the lines that match.
std::uint64_t sum_of(const std::string& text, const std::regex& line) {
  std::uint64_t sum = 0;
  for (auto at = std::sregex_iterator(text.begin(), text.end(), line);
       at != std::sregex_iterator(); ++at)
    sum += std::stoull((*at)[1].str());
  return sum;
}

/// How many lines it says were dropped.
std::uint64_t dropped_in(const std::string& text) {
  static const std::regex line("warning: ([0-9]+) lines dropped\n");
  return sum_of(text, line);
}

/// How many lines "a: b" it says were put: those written and those held back.
std::uint64_t put_in(const std::string& text) {
  static const std::regex written("warning: a: b\n");
  static const std::regex held_back("warning: a: last message repeated ([0-9]+) times\n");
  const auto lines = std::distance(
      std::sregex_iterator(text.begin(), text.end(), written), std::sregex_iterator());
  return static_cast<std::uint64_t>(lines) + sum_of(text, held_back);
}

/// Of 50 sources.
std::string line_of(std::size_t number) {
  return std::string(number % 50 + 1, 'x') + ": " + std::string(1'000, 'y');
}

} // namespace

TEST_CASE("lines arrive in order, each with its level") {
  const scene on;
  on.writer->put(log_level::debug, "a");
  on.writer->put(log_level::info, "b");
  on.writer->put(log_level::error, "c\nd");
  CHECK(on.read("c\\x0ad\n") == "debug: a\ninfo: b\nerror: c\\x0ad\n");
  CHECK(on.writer->flush(10s));
  CHECK(on.writer->dropped() == 0);
}

TEST_CASE("a line that is too long is cut, and tells by how much") {
  const scene on;
  on.put(std::string(10'000, 'a'));
  CHECK(on.read("\n")
        == "warning: " + std::string(line_writer::longest_line, 'a')
               + "... (7952 octets more)\n");
}

TEST_CASE(
    "when nobody reads, nobody who writes waits; what is lost is counted and told") {
  const scene on;
  constexpr std::size_t count = 1'000; // 20 of each source
  for (std::size_t i = 0; i < count; ++i)
    on.put(line_of(i));
  const auto dropped = on.writer->dropped();
  CHECK(dropped > 0);
  CHECK(dropped < count);
  CHECK_FALSE(on.writer->flush(1ms));
  const auto text =
      on.read([&](const std::string& all) { return dropped_in(all) >= dropped; });
  CHECK(dropped_in(text) == dropped);
}

TEST_CASE("when the reader has gone, lines are dropped and no signal ends the program") {
  scene on;
  on.out.close();
  for (std::size_t i = 0; i < 10; ++i)
    on.put(line_of(i));
  CHECK(on.writer->flush(10s));
  CHECK(on.writer->dropped() == 10);
}

TEST_CASE("a flush tells what was held back") {
  const scene on;
  for (int i = 0; i < 57; ++i)
    on.put("a: b");
  REQUIRE(on.writer->flush(10s));
  REQUIRE(::fcntl(on.out.get(), F_SETFL, O_NONBLOCK) == 0); // what is not there is late
  const auto text = on.read([](const std::string&) { return false; });
  CHECK(put_in(text) == 57);
}

TEST_CASE("what was held back is told when its second is over, also when all is quiet") {
  const scene on;
  for (int i = 0; i < 57; ++i)
    on.put("a: b");
  const auto text = on.read([](const std::string& all) { return put_in(all) >= 57; });
  CHECK(put_in(text) == 57);
  CHECK(text.ends_with(" times\n"));
}
