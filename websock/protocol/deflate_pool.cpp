// Short lists, searched from the back: the last one used is still in the cache.
#include "websock/protocol/deflate_pool.hpp"

#include <algorithm>
#include <utility>

namespace websock::protocol {

namespace {

// A compressor is lent for one message at a time, so one per setting is enough.
constexpr std::size_t kept_deflaters = 4; // of up to 262 KiB, or 1 MiB at the most
// A decompressor is lent from the first frame of a message to its last.
constexpr std::size_t kept_inflaters = 16; // of up to 40 KiB
constexpr std::size_t kept_buffers = 4;
constexpr std::size_t kept_buffer_size = 65'536;
constexpr std::size_t kept_deflated_size = 262'144;
constexpr std::size_t inflated_size = 16'384;

template <class Context, class Fits>
std::unique_ptr<Context> take(std::vector<std::unique_ptr<Context>>& list, Fits fits) {
  const auto found = std::find_if(list.rbegin(), list.rend(), fits);
  if (found == list.rend())
    return nullptr;
  std::swap(*found, list.back());
  auto context = std::move(list.back());
  list.pop_back();
  return context;
}

// Replaces the oldest, so that settings no longer in use are forgotten.
template <class Thing>
void keep(std::vector<Thing>& list, Thing thing, std::size_t most) noexcept {
  if (list.size() == most)
    list.erase(list.begin());
  list.push_back(std::move(thing)); // reserved when the first one was made
}

} // namespace

std::unique_ptr<deflater> deflate_pool::take_deflater(const deflate_settings& settings) {
  deflaters_.reserve(kept_deflaters);
  auto kept =
      take(deflaters_, [&](const auto& each) { return each->settings() == settings; });
  return kept ? std::move(kept) : std::make_unique<deflater>(settings);
}

std::unique_ptr<inflater> deflate_pool::take_inflater(int window_bits) {
  inflaters_.reserve(kept_inflaters);
  auto kept = take(inflaters_,
                   [&](const auto& each) { return each->window_bits() == window_bits; });
  return kept ? std::move(kept) : std::make_unique<inflater>(window_bits);
}

std::vector<std::byte> deflate_pool::take_buffer() {
  buffers_.reserve(kept_buffers);
  if (buffers_.empty())
    return {};
  auto buffer = std::move(buffers_.back());
  buffers_.pop_back();
  return buffer;
}

void deflate_pool::put(std::unique_ptr<deflater> context) noexcept {
  if (!context)
    return;
  context->reset();
  keep(deflaters_, std::move(context), kept_deflaters);
}

void deflate_pool::put(std::unique_ptr<inflater> context) noexcept {
  if (!context)
    return;
  context->reset();
  keep(inflaters_, std::move(context), kept_inflaters);
}

void deflate_pool::put(std::vector<std::byte> buffer) noexcept {
  buffer.clear();
  if (buffer.capacity() != 0 && buffer.capacity() <= kept_buffer_size)
    keep(buffers_, std::move(buffer), kept_buffers);
}

std::string& deflate_pool::deflated() {
  if (deflated_.capacity() > kept_deflated_size)
    std::string().swap(deflated_);
  deflated_.clear();
  return deflated_;
}

std::span<std::byte> deflate_pool::inflated() {
  if (!inflated_)
    inflated_ = std::make_unique_for_overwrite<std::byte[]>(inflated_size);
  return {inflated_.get(), inflated_size};
}

std::size_t deflate_pool::heap_size() const noexcept {
  std::size_t size = deflated_.capacity() + (inflated_ ? inflated_size : 0);
  for (const auto& each : deflaters_)
    size += each->heap_size();
  for (const auto& each : inflaters_)
    size += each->heap_size();
  for (const auto& each : buffers_)
    size += each.capacity();
  return size;
}

} // namespace websock::protocol
