// The mailbox as a queue.
#include "websock/runtime/mailbox/mailbox.hpp"

#include "tests/catch.hpp"

#include <array>
#include <vector>

namespace runtime = websock::runtime;

namespace {

class note final : public runtime::detail::signal {
public:
  note() noexcept : signal(runtime::detail::signal_kind::message) {}
  void handle(runtime::detail::process_block&) override {}
  void dispose() noexcept override {}
};

/// Notes 0, 1, 2... in a mailbox.
template <std::size_t Count>
struct filled {
  filled() {
    for (auto& each : notes)
      box.push(&each);
  }
  [[nodiscard]] std::vector<std::ptrdiff_t> rest() {
    std::vector<std::ptrdiff_t> order;
    while (auto* next = box.pop())
      order.push_back(static_cast<note*>(next) - notes.data());
    return order;
  }
  [[nodiscard]] auto is(std::size_t index) {
    return [this, index](const runtime::detail::signal& entry) {
      return &entry == &notes[index];
    };
  }

  std::array<note, Count> notes;
  runtime::detail::mailbox box;
};

using order = std::vector<std::ptrdiff_t>;

} // namespace

TEST_CASE("a mailbox gives back what was pushed, oldest first") {
  filled<3> mail;
  CHECK(mail.box.size() == 3);
  CHECK(mail.rest() == order{0, 1, 2});
  CHECK(mail.box.empty());
  CHECK(mail.box.size() == 0);
  CHECK(mail.box.pop() == nullptr);
}

TEST_CASE("a mailbox that ran empty takes new signals") {
  filled<2> mail;
  CHECK(mail.rest() == order{0, 1});
  mail.box.push(&mail.notes[1]);
  mail.box.push(&mail.notes[0]);
  CHECK(mail.rest() == order{1, 0});
}

TEST_CASE("extract takes one signal out and leaves the others in order") {
  filled<4> mail;
  const auto index = GENERATE(as<std::size_t>{}, 0, 1, 2, 3);
  CHECK(mail.box.extract(mail.is(index)) == &mail.notes[index]);
  CHECK(mail.box.size() == 3);
  mail.box.push(&mail.notes[index]); // the end is still the end
  order wanted;
  for (std::size_t i = 0; i < 4; ++i)
    if (i != index)
      wanted.push_back(static_cast<std::ptrdiff_t>(i));
  wanted.push_back(static_cast<std::ptrdiff_t>(index));
  CHECK(mail.rest() == wanted);
}

TEST_CASE("extract takes the first that fits, and null when none does") {
  filled<3> mail;
  CHECK(mail.box.extract([](const auto&) { return true; }) == &mail.notes[0]);
  CHECK(mail.box.extract([](const auto&) { return false; }) == nullptr);
  CHECK(mail.rest() == order{1, 2});
}

TEST_CASE("extract of the only signal leaves an empty mailbox that works") {
  filled<1> mail;
  CHECK(mail.box.extract(mail.is(0)) == &mail.notes[0]);
  CHECK(mail.box.empty());
  mail.box.push(&mail.notes[0]);
  CHECK(mail.rest() == order{0});
}
