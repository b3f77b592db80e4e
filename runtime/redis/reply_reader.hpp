// Reads the replies of a stream. The parser is hiredis's, its memory is bounded here.
#pragma once

#include "reply.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace websock::runtime::redis {

class reply_reader {
public:
  static constexpr std::size_t most_elements = 16'384; // of one list

  /// A reply that takes more octets than `most_octets` is refused. Throws std::bad_alloc.
  explicit reply_reader(std::size_t most_octets);
  ~reply_reader();
  reply_reader(const reply_reader&) = delete;
  reply_reader& operator=(const reply_reader&) = delete;

  void feed(std::string_view octets);
  /// Takes one reply. Nothing when none is complete, or there is trouble.
  [[nodiscard]] std::optional<reply> next();
  /// Why nothing more is read from this stream, for people; empty while all is well.
  [[nodiscard]] const std::string& trouble() const noexcept { return trouble_; }

private:
  struct parser;

  const std::size_t most_octets_;
  const std::unique_ptr<parser> parser_;
  std::string trouble_;
};

} // namespace websock::runtime::redis
