// The whole life of a connection on a stepped node: the input decides what the peer,
// other processes, the handler and time do to it.
#include "websock/protocol/frame_writer.hpp"
#include "websock/runtime/process/process.hpp"
#include "websock/runtime/testing/stepped_node.hpp"
#include "websock/testing/client.hpp"

#include "tests/fuzz/input.hpp"

#include <array>
#include <chrono>
#include <deque>
#include <memory>
#include <stdexcept>

namespace runtime = websock::runtime;

namespace {

using namespace websock;
using namespace std::chrono_literals;

/// What the handler is to do, and what happened to it.
struct diary {
  std::deque<std::uint8_t> answers;
  int inits = 0;
  int terminations = 0;
  bool is_over = false; // no callback may follow

  void callback() const {
    fuzz::require(!is_over, "no callback follows terminate");
    fuzz::require(inits == 1, "init comes first, and once");
  }
  [[nodiscard]] std::uint8_t next() {
    if (answers.empty())
      return 0;
    const auto answer = answers.front();
    answers.pop_front();
    return answer;
  }
};

class answering final : public handler {
public:
  explicit answering(std::shared_ptr<diary> notes) : notes_(std::move(notes)) {}

private:
  handle_result init() override {
    ++notes_->inits;
    notes_->callback();
    return answer("init");
  }
  handle_result handle_in(message_view in) override {
    notes_->callback();
    const bool is_echo = notes_->answers.empty();
    return is_echo ? push(in) : answer("in");
  }
  handle_result handle_info(runtime::term) override {
    notes_->callback();
    return answer("info");
  }
  handle_result handle_control(control_view) override {
    notes_->callback();
    return answer("control");
  }
  void terminate(const close_reason&) override {
    notes_->callback();
    notes_->is_over = true;
    ++notes_->terminations;
    if (notes_->next() % 8 == 1)
      throw std::runtime_error("in terminate");
  }

  handle_result answer(const char* where) {
    switch (notes_->next() % 16) {
    case 1:
      return push(text(where));
    case 2:
      return push({ping("p"), binary(std::string(300, 'b')), pong("q")});
    case 3:
      return stop(runtime::reason::normal);
    case 4:
      return stop(runtime::reason::shutdown, {4000, "enough"}, text("last"));
    case 5:
      return stop(runtime::reason::error("bad"), {999});
    case 6:
      return push(text("\xFF"));
    case 7:
      throw std::runtime_error(where);
    case 8:
      runtime::process::exit(runtime::reason::shutdown);
    case 9:
      return push(binary(std::string(70'000, 'x')));
    case 10:
      self().exit(self().pid(), runtime::reason::error("by itself"));
      return push(text("after an exit signal"));
    case 11:
      self().trap_exit(true);
      return ok();
    case 12:
      runtime::send(self().pid(), 1);
      return ok();
    default:
      return ok();
    }
  }

  std::shared_ptr<diary> notes_;
};

upgrade_options options_for(std::uint8_t choice) {
  upgrade_options options;
  options.trap_exit = (choice & 1U) != 0;
  if ((choice & 2U) != 0)
    options.limits = {.max_frame_size = 200, .max_message_size = 300, .max_fragments = 4};
  if ((choice & 4U) != 0) {
    options.high_mark = 1'000;
    options.low_mark = 100;
  }
  if ((choice & 8U) != 0) {
    options.compress = true;
    options.deflate.threshold = 0;
  }
  return options;
}

runtime::exit_reason reason_for(std::uint8_t choice) {
  switch (choice % 5) {
  case 0:
    return runtime::reason::normal;
  case 1:
    return runtime::reason::shutdown;
  case 2:
    return runtime::reason::kill;
  case 3:
    return runtime::reason::error("from outside");
  default:
    return runtime::reason::shutdown("restart");
  }
}

std::string masked(std::uint8_t choice, std::string_view payload) {
  using protocol::opcode;
  constexpr std::array codes{opcode::text, opcode::binary, opcode::ping, opcode::pong,
                             opcode::close};
  const auto code = codes[choice % codes.size()];
  const protocol::mask_key key{std::byte{choice}, std::byte{2}, std::byte{3},
                               std::byte{4}};
  std::string out;
  protocol::append_masked_frame(out, code,
                                payload.substr(0, protocol::max_control_payload), key);
  return out;
}

void act(fuzz::input& in, runtime::testing::stepped_node& node, testing::client& peer,
         diary& notes) {
  switch (in.byte() % 12) {
  case 0:
    return peer.raw(in.text(in.byte()));
  case 1:
  case 2:
    return peer.raw(masked(in.byte(), in.text(in.byte())));
  case 3:
    return peer.raw(in.text(1));
  case 4:
    return runtime::send(peer.pid(), static_cast<int>(in.byte()));
  case 5:
    return node.node().exit(peer.pid(), reason_for(in.byte()));
  case 6:
    return node.advance(std::chrono::milliseconds(in.number()));
  case 7:
    return peer.disconnect();
  case 8:
    return peer.take_only(in.byte());
  case 9:
    return peer.take(in.number());
  case 10:
    return notes.answers.push_back(in.byte());
  default:
    for (auto steps = in.byte() % 16; steps > 0; --steps)
      static_cast<void>(node.step());
    return;
  }
}

// RFC 6455 §5.5.1: nothing follows a close frame. `frames` throws unless every frame is
// one that a server may send.
void check_output(const testing::client& peer) {
  bool is_closed = false;
  for (const auto& frame : peer.frames()) {
    fuzz::require(!is_closed, "nothing follows a close frame");
    is_closed = frame.code == protocol::opcode::close;
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Never destroyed: at exit CAF may be gone before it.
  static auto& node =
      *new runtime::testing::stepped_node(1, {.shards = 1, .pool_threads = 1});
  fuzz::input in(data, size);
  node.reseed(in.byte());
  const auto notes = std::make_shared<diary>();
  const auto options = options_for(in.byte());
  if (const auto first = in.byte(); first != 0)
    notes->answers.push_back(first);
  {
    auto peer = testing::connect_with<answering>(node, options, notes);
    while (!in.empty()) {
      act(in, node, peer, *notes);
      check_output(peer);
    }
    node.run_until_idle();
    check_output(peer);
    node.advance(200s); // every deadline has passed, or the peer's silence ended it
    check_output(peer);
    fuzz::require(node.node().process_count() == 0, "a silent connection ends");
  }
  fuzz::require(notes->inits <= 1 && notes->terminations <= notes->inits,
                "terminate is called at most once, and only after init");
  fuzz::require(notes.use_count() == 1, "the handler is gone with its process");
  return 0;
}
