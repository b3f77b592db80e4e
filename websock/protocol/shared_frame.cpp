// The variants form a list that only grows, so no reader waits for a compressing thread.
#include "websock/protocol/shared_frame.hpp"

#include "websock/protocol/deflate_pool.hpp"
#include "websock/protocol/frame_writer.hpp"
#include "websock/protocol/permessage_deflate.hpp"

#include <memory>
#include <utility>

namespace websock::protocol {

struct shared_frame::variant {
  deflate_settings settings;
  std::string frame;
  const variant* older;
};

shared_frame::shared_frame(opcode code, std::string_view payload) : code_(code) {
  plain_.reserve(max_header_size + payload.size());
  append_frame(plain_, code, payload);
  header_size_ = plain_.size() - payload.size();
}

shared_frame::~shared_frame() {
  // relaxed: the last owner alone is left, and giving up the others' shares ordered this.
  const variant* each = variants_.load(std::memory_order_relaxed);
  while (each != nullptr)
    delete std::exchange(each, each->older);
}

std::string_view shared_frame::deflated(const deflate_settings& settings,
                                        deflate_pool& contexts) const {
  // acquire: pairs with the release below, which publishes a variant.
  const variant* newest = variants_.load(std::memory_order_acquire);
  for (const variant* each = newest; each != nullptr; each = each->older)
    if (each->settings == settings)
      return each->frame;
  auto made =
      std::make_unique<variant>(variant{settings, deflate(settings, contexts), newest});
  // release: pairs with the acquire above. relaxed on failure: the newer variant becomes
  // `older`, but is not read here.
  while (!variants_.compare_exchange_weak(
      made->older, made.get(), std::memory_order_release, std::memory_order_relaxed)) {
  }
  return made.release()->frame;
}

std::string shared_frame::deflate(const deflate_settings& settings,
                                  deflate_pool& contexts) const {
  auto context = contexts.take_deflater(settings);
  std::string& octets = contexts.deflated();
  context->append(octets, payload());
  contexts.put(std::move(context));
  std::string frame;
  if (octets.size() < payload().size())
    append_frame(frame, code_, octets, fin::set, rsv::rsv1);
  return frame;
}

} // namespace websock::protocol
