// Random programs on two or three nodes, and a model of what they may hear: links and
// monitors end once, and nothing arrives twice, late or from the dead.
#pragma once

#include "websock/runtime/process/process.hpp"

#include "tests/distribution/stepped_cluster.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace tests::random_nodes {

/// What one process knows of another, which is on another node.
struct relation {
  runtime::pid pid; // as this process knows it
  int sent = 0;
  int heard = 0; // the number of the last message
  int links_made = 0;
  int exits_waiting = 0; // of links that are over
  int unlinks_made = 0;
  std::uint64_t last_link = 0;   // when this process linked
  std::uint64_t void_before = 0; // when it removed a link: earlier ones are void
  int exits_heard = 0;
  bool is_linked = false; // it has linked, and has neither unlinked nor heard an exit
  bool is_known_dead = false;
};

struct monitor {
  int of = 0;
  bool is_active = true; // neither removed nor down
};

/// One process, and what the model knows of it after its end, too.
struct actor {
  std::size_t node = 0;
  runtime::pid local;
  bool is_alive = true;
  std::map<int, relation> others; // by number
  std::map<runtime::reference, monitor> monitors;
  std::map<runtime::reference, bool> requests; // whether it is answered
};

class world {
public:
  world(std::uint64_t seed, std::size_t nodes, std::size_t actors_per_node);

  /// Deeds, steps and accidents in random order.
  void run(int deeds, bool with_accidents);
  /// Everything heals; then every connection is lost once more and everything comes to
  /// rest.
  void finish();
  /// What contradicts the model, found so far.
  [[nodiscard]] const std::vector<std::string>& wrong() const noexcept { return wrong_; }

private:
  friend class body;
  void introduce();
  void deed();
  void accident();
  void act(int who, int on, unsigned what, runtime::process& self);
  void link(relation& known, runtime::process& self);
  void unlink(relation& known, runtime::process& self);
  void check_end(bool had_accidents);
  void check_tables();
  void blame(int who, const std::string& what);
  void heard(int by, int from, int number);
  void heard_exit(int by, const runtime::exit_signal& signal);
  void heard_down(int by, const runtime::down& down);
  [[nodiscard]] int number_of(const actor& of, const runtime::pid& other) const;
  [[nodiscard]] static std::string name_of(int number) {
    return "p" + std::to_string(number);
  }
  [[nodiscard]] std::size_t draw(std::size_t below) { return random_() % below; }

  const std::uint64_t seed_;
  std::mt19937_64 random_;
  stepped_cluster nodes_;
  std::vector<actor> actors_;
  std::vector<std::string> wrong_;
  std::uint64_t time_ = 0; // of the model: counts deeds
  bool had_accidents_ = false;
};

} // namespace tests::random_nodes
