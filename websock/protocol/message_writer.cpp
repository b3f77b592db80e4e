// One branch: who masks.
#include "websock/protocol/message_writer.hpp"

#include "websock/protocol/frame_writer.hpp"

namespace websock::protocol {

void message_writer::append_message(std::string& out, opcode code,
                                    std::string_view payload) {
  if (next_key_ == nullptr)
    append_frame(out, code, payload);
  else
    append_masked_frame(out, code, payload, next_key_());
}

void message_writer::append_control(std::string& out, opcode code,
                                    std::string_view payload) {
  append_message(out, code, payload);
}

void message_writer::append_close(std::string& out, close_code code,
                                  std::string_view body) {
  if (next_key_ == nullptr)
    protocol::append_close(out, code, body);
  else
    append_masked_close(out, code, body, next_key_());
}

} // namespace websock::protocol
