// Wraps zlib in two classes. Its memory comes from operator new and is counted.
#include "websock/protocol/permessage_deflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <limits>
#include <new>

namespace websock::protocol {

namespace {

// RFC 7692 §7.2.1: the end of an empty stored block, with which every message ends and
// which no frame carries.
constexpr std::size_t tail_size = 4;

// zlib counts what is left in unsigned int.
constexpr std::size_t largest_piece = std::numeric_limits<uInt>::max();

// zlib.h: with six octets or less left, a flush may write its marker twice.
constexpr std::size_t spare_room = 16;
constexpr std::size_t most_room = 16'384;

constexpr int between_blocks = 128; // z_stream::data_type, after inflate
constexpr int unused_bits = 63;

struct counted_heap {
  std::size_t size = 0;
};

// The block size is stored in front of each block, keeping the alignment of any type.
constexpr std::size_t prefix = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

void* allocate(void* heap, uInt count, uInt size) {
  const std::size_t octets = std::size_t{count} * size + prefix;
  void* block = ::operator new(octets, std::nothrow);
  if (block == nullptr)
    return Z_NULL;
  *static_cast<std::size_t*>(block) = octets;
  static_cast<counted_heap*>(heap)->size += octets;
  return static_cast<std::byte*>(block) + prefix;
}

void release(void* heap, void* address) {
  void* block = static_cast<std::byte*>(address) - prefix;
  static_cast<counted_heap*>(heap)->size -= *static_cast<std::size_t*>(block);
  ::operator delete(block);
}

z_stream stream_on(counted_heap& heap) {
  z_stream zlib{};
  zlib.zalloc = allocate;
  zlib.zfree = release;
  zlib.opaque = &heap;
  return zlib;
}

void require_memory(int result) {
  assert(result == Z_OK || result == Z_MEM_ERROR); // the settings were validated
  if (result != Z_OK)
    throw std::bad_alloc();
}

uInt piece_of(std::size_t size) noexcept {
  return static_cast<uInt>(std::min(size, largest_piece));
}

// zlib reads through a pointer to non-const.
template <class Octet>
Bytef* octets_of(Octet* data) noexcept {
  return reinterpret_cast<Bytef*>(const_cast<char*>(reinterpret_cast<const char*>(data)));
}

} // namespace

struct deflater::stream {
  counted_heap heap;
  z_stream zlib = stream_on(heap);
};

deflater::deflater(const deflate_settings& settings)
    : settings_(settings), stream_(std::make_unique<stream>()) {
  require_memory(::deflateInit2(&stream_->zlib, settings.level, Z_DEFLATED,
                                -settings.window_bits, settings.memory_level,
                                Z_DEFAULT_STRATEGY));
}

deflater::~deflater() {
  ::deflateEnd(&stream_->zlib);
}

void deflater::append(std::string& out, std::string_view message) {
  if (message
          .empty()) { // RFC 7692 §7.2.3.6: zlib writes nothing when there is no new input
    out.push_back('\0');
    return;
  }
  auto& zlib = stream_->zlib;
  std::size_t end = out.size();
  do {
    const auto piece = message.substr(0, largest_piece);
    zlib.next_in = octets_of(piece.data());
    zlib.avail_in = piece_of(piece.size());
    message.remove_prefix(piece.size());
    const std::size_t room = std::min(piece.size() + spare_room, most_room);
    do {
      out.resize(end + room);
      zlib.next_out = octets_of(out.data() + end);
      zlib.avail_out = piece_of(room);
      ::deflate(&zlib, message.empty() ? Z_SYNC_FLUSH : Z_NO_FLUSH);
      end += room - zlib.avail_out;
    } while (zlib.avail_out == 0);
  } while (!message.empty());
  out.resize(end - tail_size);
}

void deflater::reset() noexcept {
  ::deflateReset(&stream_->zlib);
}

std::size_t deflater::heap_size() const noexcept {
  return sizeof(stream) + stream_->heap.size;
}

struct inflater::stream {
  counted_heap heap;
  z_stream zlib = stream_on(heap);
  bool is_after_final_block = false;
};

inflater::inflater(int window_bits)
    : window_bits_(window_bits), stream_(std::make_unique<stream>()) {
  require_memory(::inflateInit2(&stream_->zlib, -window_bits));
}

inflater::~inflater() {
  ::inflateEnd(&stream_->zlib);
}

inflater::step inflater::inflate(std::span<const std::byte>& in,
                                 std::span<std::byte> out) {
  if (in.empty() && is_between_blocks())
    return {}; // a call would make zlib forget that it is
  auto& zlib = stream_->zlib;
  const auto offered = piece_of(in.size());
  zlib.next_in = octets_of(in.data());
  zlib.avail_in = offered;
  zlib.next_out = octets_of(out.data());
  zlib.avail_out = piece_of(out.size());
  int result = Z_OK;
  do {
    result = ::inflate(&zlib, Z_SYNC_FLUSH);
    stream_->is_after_final_block = result == Z_STREAM_END;
    // RFC 7692 §7.2.3.4: blocks may follow one with BFINAL and refer to earlier data, so
    // the window is kept.
    if (result == Z_STREAM_END)
      ::inflateResetKeep(&zlib);
  } while (result == Z_STREAM_END && zlib.avail_in != 0 && zlib.avail_out != 0);
  in = in.subspan(offered - zlib.avail_in);
  if (result == Z_MEM_ERROR)
    throw std::bad_alloc();
  const bool is_sound = result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR;
  return {.written = out.size() - zlib.avail_out, .is_corrupt = !is_sound};
}

bool inflater::is_after_final_block() const noexcept {
  return stream_->is_after_final_block;
}

bool inflater::is_between_blocks() const noexcept {
  const int state = stream_->zlib.data_type;
  return stream_->is_after_final_block
         || ((state & between_blocks) != 0 && (state & unused_bits) == 0);
}

void inflater::reset() noexcept {
  stream_->is_after_final_block = false;
  ::inflateReset(&stream_->zlib);
}

std::size_t inflater::heap_size() const noexcept {
  return sizeof(stream) + stream_->heap.size;
}

} // namespace websock::protocol
