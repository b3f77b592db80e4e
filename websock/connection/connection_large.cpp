// Sending large messages.
#include "websock/connection/connection.hpp"
#include "websock/protocol/frame_header.hpp"

#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace websock {

// Avoids a copy where possible: the payload moves to the output from the handler that
// made it or the assembler that gathered it.
void connection::send_large(message& out) {
  const auto before = output_.target().size();
  try {
    append_large(out);
  } catch (...) { // no memory: drop the partial frame
    output_.target().resize(before);
    throw;
  }
}

void connection::append_large(message& out) {
  const auto payload = out.payload();
  protocol::append_header(output_.target(), out.opcode(), payload.size());
  if (auto* own = std::get_if<std::string>(&out.payload_)) {
    const auto kept = std::make_shared<const std::string>(std::move(*own));
    output_.append(*kept, kept);
  } else if (const auto gathered = assembler_.take_message(payload)) {
    output_.append(payload, gathered);
  } else {
    output_.target().append(payload);
  }
}

} // namespace websock
