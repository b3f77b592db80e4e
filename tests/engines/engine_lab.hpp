// Nodes that share topics by one engine, so that one set of tests can say what all
// engines promise. What differs from one to another is a trait here, and a line of
// docs/engines.md.
#pragma once

#include "websock/runtime/node.hpp"
#include "websock/runtime/term.hpp"

#include "tests/support/channel.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace runtime = websock::runtime;

namespace tests {

class engine_lab;

struct engine_kind {
  std::string name;
  std::size_t nodes = 3; // 1: topics that nobody shares
  /// Whether a message may have pids in it.
  bool carries_pids = true;
  std::unique_ptr<engine_lab> (*make)() = nullptr;
  /// A text as it arrives at subscribers on other nodes; "?" for anything else.
  std::string (*text)(const runtime::term&) = nullptr;
};

/// Those that this build has.
[[nodiscard]] std::vector<engine_kind> engine_kinds();

/// Totals of one node.
struct engine_flow {
  std::uint64_t sent = 0; // publications, once for each other node
  std::uint64_t received = 0;
};

/// Two or more nodes of two shards each, or one. All of them hear each other once it is
/// made. Its functions return when what they do is done, and are called by the test.
class engine_lab {
public:
  engine_lab() = default;
  virtual ~engine_lab() = default;
  engine_lab(const engine_lab&) = delete;
  engine_lab& operator=(const engine_lab&) = delete;

  [[nodiscard]] virtual const engine_kind& kind() const = 0;
  [[nodiscard]] virtual runtime::node& node(std::size_t i) = 0;
  /// Its name for direct broadcasts.
  [[nodiscard]] virtual std::string name(std::size_t i) = 0;
  [[nodiscard]] virtual engine_flow flow(std::size_t i) = 0;

  /// Breaks what joins the nodes, and joins them again.
  virtual void interrupt() = 0;
  virtual void mend() = 0;
  /// The last node leaves, and lives on by itself. Then it joins the others again.
  virtual void last_leaves() = 0;
  virtual void last_returns() = 0;

  [[nodiscard]] std::size_t size() const { return kind().nodes; }
  [[nodiscard]] std::size_t last() const { return size() - 1; }
  [[nodiscard]] bool is_shared() const { return size() > 1; }
};

/// Waits for what other threads bring about; throws std::runtime_error when that takes
/// too long.
template <class F>
void wait_until(F is_so) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > end)
      throw std::runtime_error("what the test waits for does not come");
    std::this_thread::yield();
  }
}

/// A std::string.
[[nodiscard]] std::string plain_text(const runtime::term& message);

// Each in a file of its own, which is built where its library is.
[[nodiscard]] engine_kind local_kind();
[[nodiscard]] engine_kind cluster_kind();
[[nodiscard]] engine_kind phoenix_kind();
[[nodiscard]] engine_kind redis_kind();

} // namespace tests
