// permessage-deflate for the load generator (RFC 7692): each message that it sends is
// compressed alone, those that come in may share a context.
#pragma once

#include <zlib.h>

#include <string>
#include <string_view>

namespace bench {

class deflater {
public:
  deflater();
  deflater(const deflater&) = delete;
  deflater& operator=(const deflater&) = delete;
  ~deflater();

  /// Without the last four octets (RFC 7692 §7.2.1).
  [[nodiscard]] std::string message(std::string_view payload);

private:
  z_stream stream_{};
};

class inflater {
public:
  inflater();
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;
  ~inflater();

  /// Appends what becomes of `part` of a message. Throws std::runtime_error.
  void append(std::string_view part, std::string& to);
  /// The message is complete.
  void finish(std::string& to);

private:
  z_stream stream_{};
};

} // namespace bench
