// Metrics at one moment: families by name, each with its values by their labels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace websock::runtime {

enum class metric_type : std::uint8_t { counter, gauge, histogram };

/// Names and values, as in `{{"route", "/chat"}}`. Few values each: every combination is
/// a series that is kept and sent for ever.
using metric_labels = std::vector<std::pair<std::string, std::string>>;

/// How often values fell into each bucket.
struct histogram_values {
  std::vector<double> bounds;        // upper ones, inclusive, ascending, without +Inf
  std::vector<std::uint64_t> counts; // one more than bounds; not cumulative
  double sum = 0;
};

struct metric_family {
  std::string help;
  metric_type type = metric_type::gauge;
  std::map<metric_labels, std::variant<double, histogram_values>> values;
};

/// What sources write into. The same name with the same labels is summed up, so that each
/// shard may give its part. A value whose name or labels are not valid, whose family has
/// another type or other bounds, or for which there is no room, is left out and counted.
class metric_set {
public:
  static constexpr std::size_t most_values = 20'000;

  /// `name` ends in "_total".
  void counter(std::string_view name, std::string_view help, double now,
               metric_labels labels = {});
  void gauge(std::string_view name, std::string_view help, double now,
             metric_labels labels = {});
  void histogram(std::string_view name, std::string_view help, histogram_values values,
                 metric_labels labels = {});
  /// Adds all of `more`.
  void add(metric_set more);

  /// In the order of their names.
  [[nodiscard]] const std::map<std::string, metric_family, std::less<>>&
  families() const noexcept {
    return families_;
  }
  [[nodiscard]] std::uint64_t left_out() const noexcept { return left_out_; }

private:
  using value = std::variant<double, histogram_values>;

  void put(std::string_view name, std::string_view help, metric_type type, value its,
           metric_labels labels);

  std::map<std::string, metric_family, std::less<>> families_;
  std::size_t values_ = 0;
  std::uint64_t left_out_ = 0;
};

/// Letters, digits, '_' and ':', not a digit first; that of a counter ends in "_total".
[[nodiscard]] bool is_metric_name(std::string_view name, metric_type type) noexcept;
/// Each name once, of letters, digits and '_', not a digit nor "__" first, and not "le".
[[nodiscard]] bool are_metric_labels(const metric_labels& labels) noexcept;

} // namespace websock::runtime
