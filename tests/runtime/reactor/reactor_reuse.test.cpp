// A descriptor that is closed and immediately reused by an unrelated stream.
#include "websock/runtime/reactor/reactor.hpp"

#include "tests/catch.hpp"
#include "tests/runtime/reactor/reactors.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace runtime = websock::runtime;

using runtime::interest;
using tests::one_of_each;
using tests::socket_pair;

namespace {

class noted_target final : public runtime::io_target {
public:
  void on_ready(runtime::readiness what) override {
    if (what.readable && when_readable)
      when_readable();
  }
  void on_unsent(std::string_view rest) override { unsent += rest; }

  std::function<void()> when_readable;
  std::string unsent;
};

struct scene {
  ~scene() {
    static_cast<void>(made->remove(descriptor, second));
    made->close(descriptor);
  }
  void add_first() {
    made->add_stream(descriptor, first, interest::read);
    made->poll();
  }
  /// Of the first, whose descriptor the second has then.
  void close_and_use_again() {
    made->close(descriptor);
    is_used_again = ::dup2(after.ends[0], descriptor) == descriptor;
    made->add_stream(descriptor, second, interest::read);
  }
  /// After it the kernel takes nothing more.
  void fill() const {
    const std::string octets(4'096, 'f');
    while (::send(descriptor, octets.data(), octets.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
           > 0) {
    }
  }
  void read() {
    std::array<std::byte, 64> into;
    if (const auto count = made->receive(descriptor, into); count > 0)
      got.append(reinterpret_cast<const char*>(into.data()),
                 static_cast<std::size_t>(count));
  }
  void poll_a_while() const {
    for (int i = 0; i < 10; ++i)
      made->poll();
  }

  std::unique_ptr<runtime::reactor> made = one_of_each();
  socket_pair before;
  socket_pair after;
  const int descriptor = std::exchange(before.ends[0], -1);
  noted_target first;
  noted_target second;
  bool is_used_again = false;
  std::string got;
};

} // namespace

TEST_CASE("a stream gets nothing that came for the one before with its descriptor") {
  scene on;
  on.add_first();
  on.first.when_readable = [&on] {
    static_cast<void>(on.made->remove(on.descriptor, on.first));
    on.close_and_use_again();
    on.read();
  };
  on.second.when_readable = [&on] { on.read(); };
  REQUIRE(::write(on.before.ends[1], "old", 3) == 3);
  on.poll_a_while();
  REQUIRE(on.is_used_again);
  CHECK(on.got.empty());
  REQUIRE(::write(on.after.ends[1], "new", 3) == 3);
  on.poll_a_while();
  CHECK(on.got == "new");
}

TEST_CASE("what was posted on a stream that is closed is no business of the next one") {
  const bool is_full = GENERATE(false, true);
  scene on;
  on.add_first();
  if (is_full)
    on.fill();
  static_cast<void>(on.made->post(on.descriptor, "old"));
  if (is_full)
    on.made->flush(); // it comes back, and nobody is told as yet
  on.close_and_use_again();
  REQUIRE(on.is_used_again);
  on.poll_a_while();
  char octet = 0;
  CHECK(::recv(on.after.ends[1], &octet, 1, MSG_DONTWAIT) < 0);
  CHECK(on.second.unsent.empty());
  CHECK(on.made->post(on.descriptor, "new") == 3);
  on.poll_a_while();
  CHECK(::recv(on.after.ends[1], &octet, 1, MSG_DONTWAIT) == 1);
  CHECK(octet == 'n');
}

TEST_CASE("what came back goes to who removes the stream, once") {
  scene on;
  on.add_first();
  on.fill();
  const auto took = on.made->post(on.descriptor, "old");
  on.made->flush(); // it comes back, and nobody is told as yet
  const auto left = on.made->remove(on.descriptor, on.first);
  CHECK(left == (took > 0 ? "old" : ""));
  on.poll_a_while();
  CHECK(on.first.unsent.empty());
}
