// Shows whether, and when, a callback releases what it holds.
#pragma once

#include "tests/websock/connection/scripted.hpp"

#include <memory>
#include <utility>

namespace tests {

/// Logs "released" when it is destroyed.
class release_note {
public:
  explicit release_note(std::shared_ptr<websock::testing::lines> log)
      : log_(std::move(log)) {}
  release_note(const release_note&) = delete;
  release_note& operator=(const release_note&) = delete;
  ~release_note() { log_->push_back("released"); }

private:
  const std::shared_ptr<websock::testing::lines> log_;
};

} // namespace tests
