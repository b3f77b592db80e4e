// The metrics of a node: those that it keeps itself, those of libraries, and a program's
// own; read together, as text.
#pragma once

#include "../term/reference.hpp"
#include "instruments.hpp"
#include "metric_set.hpp"
#include "metric_text.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace websock::runtime {

class node;
class process;
class shard;

/// Any thread may call each function. A node counts from the first call of `metrics_of`
/// on; before, it has nothing to do with metrics.
class metrics {
public:
  /// Series of instruments, for each node.
  static constexpr std::size_t most_series = 10'000;

  using source = std::function<void(metric_set&)>;
  using shard_source = std::function<void(shard&, metric_set&)>;

  explicit metrics(node& owner); // for metrics_of
  ~metrics();
  metrics(const metrics&) = delete;
  metrics& operator=(const metrics&) = delete;

  /// The instrument with this name and these labels, made when there is none. Keep it:
  /// finding it takes a lock. Throws std::invalid_argument for a name or a label that is
  /// not valid, or when an instrument of that name is of another type or has other
  /// bounds; std::length_error beyond most_series.
  std::shared_ptr<metric_counter> counter(std::string name, std::string help,
                                          metric_labels labels = {});
  std::shared_ptr<metric_gauge> gauge(std::string name, std::string help,
                                      metric_labels labels = {});
  std::shared_ptr<metric_histogram> histogram(std::string name, std::string help,
                                              std::vector<double> bounds,
                                              metric_labels labels = {});

  /// Calls `give` at each reading, on the thread that reads: it must be quick. Throws
  /// std::invalid_argument when `id` is taken.
  void add_source(std::string id, source give);
  /// The same on each shard, for what only a shard can see; it stays as long as the node.
  void add_shard_source(std::string id, shard_source give);
  /// False when there is no such source. It is not running any more. Not from a source.
  bool remove_source(std::string_view id);

  /// Calls `then` with everything once all shards have given their part: on the last of
  /// them, or on this thread when the node has ended. Shards go on meanwhile.
  void collect(std::function<void(metric_set)> then);

private:
  using instrument =
      std::variant<std::shared_ptr<metric_counter>, std::shared_ptr<metric_gauge>,
                   std::shared_ptr<metric_histogram>>;
  struct family {
    std::string help;
    metric_type type;
    std::map<metric_labels, instrument> series;
  };
  struct named_source {
    std::string id;
    std::mutex mutex; // while it is called, and while it is removed
    source give;
  };
  struct named_shard_source {
    std::string id;
    shard_source give;
  };
  class gathering;

  template <class Instrument, class Make>
  std::shared_ptr<Instrument> find(std::string name, std::string help, metric_type type,
                                   metric_labels labels, Make make);
  void listen();
  [[nodiscard]] metric_set instruments() const;
  void ask(named_source& each, metric_set& into) const noexcept;
  [[nodiscard]] std::vector<std::shared_ptr<named_source>> sources() const;

  node& owner_;
  mutable std::mutex mutex_; // for finding, adding and copying
  std::map<std::string, family> families_;
  std::size_t series_ = 0;
  std::vector<std::shared_ptr<named_source>> sources_;
  std::vector<std::shared_ptr<const named_shard_source>> shard_sources_;
};

/// Those of this node, which are kept from the first call on. Any thread.
[[nodiscard]] metrics& metrics_of(node& owner);

/// Everything as text. Waits for the shards, without holding any: any thread but a
/// shard's, which throws std::logic_error. The node must have threads or have ended.
[[nodiscard]] std::string metrics_text(node& owner,
                                       metric_format format = metric_format::prometheus);

/// The answer to `request_metrics`.
struct metrics_answer {
  reference id;
  std::string text;
};
/// The same for a process, which gets a `metrics_answer` with this reference.
reference request_metrics(process& self, metric_format format);

} // namespace websock::runtime
