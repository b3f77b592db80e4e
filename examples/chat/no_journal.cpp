// The chat without SQLite.
#include "examples/chat/journal.hpp"

#include <stdexcept>

namespace chat {

std::shared_ptr<journal> open_journal(const std::string& file) {
  throw std::runtime_error("--store " + file + ": this program was built without SQLite");
}

} // namespace chat
