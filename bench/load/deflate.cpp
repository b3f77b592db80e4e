// zlib, without a header.
#include "bench/load/deflate.hpp"

#include <array>
#include <stdexcept>

namespace bench {

namespace {

[[nodiscard]] Bytef* octets(std::string_view text) noexcept {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

} // namespace

deflater::deflater() {
  if (::deflateInit2(&stream_, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("deflateInit2");
}

deflater::~deflater() {
  ::deflateEnd(&stream_);
}

std::string deflater::message(std::string_view payload) {
  std::string out(::deflateBound(&stream_, payload.size()) + 16, '\0');
  ::deflateReset(&stream_);
  stream_.next_in = octets(payload);
  stream_.avail_in = static_cast<uInt>(payload.size());
  stream_.next_out = octets(out);
  stream_.avail_out = static_cast<uInt>(out.size());
  if (::deflate(&stream_, Z_SYNC_FLUSH) != Z_OK || stream_.avail_in != 0)
    throw std::runtime_error("deflate");
  out.resize(stream_.total_out - 4);
  return out;
}

inflater::inflater() {
  if (::inflateInit2(&stream_, -15) != Z_OK)
    throw std::runtime_error("inflateInit2");
}

inflater::~inflater() {
  ::inflateEnd(&stream_);
}

void inflater::append(std::string_view part, std::string& to) {
  std::array<char, 16'384> buffer;
  stream_.next_in = octets(part);
  stream_.avail_in = static_cast<uInt>(part.size());
  do {
    stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream_.avail_out = buffer.size();
    const auto result = ::inflate(&stream_, Z_SYNC_FLUSH);
    if (result != Z_OK && result != Z_BUF_ERROR)
      throw std::runtime_error("a message cannot be inflated");
    to.append(buffer.data(), buffer.size() - stream_.avail_out);
  } while (stream_.avail_out == 0 || stream_.avail_in > 0);
}

void inflater::finish(std::string& to) {
  append(std::string_view("\0\0\xFF\xFF", 4), to);
}

} // namespace bench
