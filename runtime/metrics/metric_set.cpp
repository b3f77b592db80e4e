// Summing up values with equal names and labels.
#include "metric_set.hpp"

#include <algorithm>
#include <utility>

namespace websock::runtime {

namespace {

[[nodiscard]] bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

[[nodiscard]] bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

[[nodiscard]] bool is_label_name(std::string_view name) noexcept {
  return !name.empty() && is_letter(name.front()) && !name.starts_with("__")
         && name != "le" && std::all_of(name.begin(), name.end(), [](char c) {
              return is_letter(c) || is_digit(c);
            });
}

[[nodiscard]] bool fits(const histogram_values& values) noexcept {
  return values.counts.size() == values.bounds.size() + 1
         && std::is_sorted(values.bounds.begin(), values.bounds.end());
}

/// False when they cannot be summed up.
[[nodiscard]] bool sum_up(histogram_values& into, const histogram_values& more) noexcept {
  if (into.bounds != more.bounds)
    return false;
  for (std::size_t i = 0; i < into.counts.size(); ++i)
    into.counts[i] += more.counts[i];
  into.sum += more.sum;
  return true;
}

} // namespace

bool is_metric_name(std::string_view name, metric_type type) noexcept {
  if (name.empty() || is_digit(name.front())
      || name.ends_with("_total") != (type == metric_type::counter))
    return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == ':'; });
}

bool are_metric_labels(const metric_labels& labels) noexcept {
  for (auto each = labels.begin(); each != labels.end(); ++each)
    if (!is_label_name(each->first)
        || std::any_of(labels.begin(), each,
                       [&](const auto& other) { return other.first == each->first; }))
      return false;
  return true;
}

void metric_set::counter(std::string_view name, std::string_view help, double now,
                         metric_labels labels) {
  put(name, help, metric_type::counter, now, std::move(labels));
}

void metric_set::gauge(std::string_view name, std::string_view help, double now,
                       metric_labels labels) {
  put(name, help, metric_type::gauge, now, std::move(labels));
}

void metric_set::histogram(std::string_view name, std::string_view help,
                           histogram_values values, metric_labels labels) {
  if (fits(values))
    put(name, help, metric_type::histogram, std::move(values), std::move(labels));
  else
    ++left_out_;
}

void metric_set::put(std::string_view name, std::string_view help, metric_type type,
                     value its, metric_labels labels) {
  auto family = families_.find(name);
  if (family == families_.end() && is_metric_name(name, type))
    family = families_.emplace(name, metric_family{std::string(help), type, {}}).first;
  if (family == families_.end() || family->second.type != type
      || !are_metric_labels(labels)) {
    ++left_out_;
    return;
  }
  auto& values = family->second.values;
  if (const auto known = values.find(labels); known != values.end()) {
    if (type != metric_type::histogram)
      std::get<double>(known->second) += std::get<double>(its);
    else if (!sum_up(std::get<histogram_values>(known->second),
                     std::get<histogram_values>(its)))
      ++left_out_;
  } else if (values_ < most_values) {
    values.emplace(std::move(labels), std::move(its));
    ++values_;
  } else {
    ++left_out_;
  }
}

void metric_set::add(metric_set more) {
  left_out_ += more.left_out_;
  for (auto& [name, family] : more.families_)
    for (auto& [labels, its] : family.values)
      put(name, family.help, family.type, std::move(its), labels);
}

} // namespace websock::runtime
