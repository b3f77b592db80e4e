// Summing up values, and leaving out what is not valid.
#include "websock/runtime/metrics/metric_set.hpp"

#include "tests/catch.hpp"

#include <string>
#include <variant>

namespace runtime = websock::runtime;

using runtime::metric_labels;
using runtime::metric_set;
using runtime::metric_type;

namespace {

[[nodiscard]] double value(const metric_set& all, const std::string& name,
                           const metric_labels& labels = {}) {
  return std::get<double>(all.families().at(name).values.at(labels));
}

} // namespace

TEST_CASE("values with the same name and labels are summed up, others are apart") {
  metric_set all;
  all.counter("a_total", "", 1);
  all.counter("a_total", "", 2);
  all.counter("a_total", "", 5, {{"b", "c"}});
  metric_set more;
  more.counter("a_total", "", 10);
  more.gauge("d", "", 7);
  all.add(more);
  CHECK(value(all, "a_total") == 13);
  CHECK(value(all, "a_total", {{"b", "c"}}) == 5);
  CHECK(value(all, "d") == 7);
  CHECK(all.left_out() == 0);
}

TEST_CASE("histograms with the same bounds are summed up, bucket by bucket") {
  metric_set all;
  all.histogram("a", "", {{1, 2}, {1, 2, 3}, 10});
  all.histogram("a", "", {{1, 2}, {10, 20, 30}, 100});
  all.histogram("a", "", {{1, 3}, {1, 1, 1}, 1});
  const auto& its =
      std::get<runtime::histogram_values>(all.families().at("a").values.at({}));
  CHECK(its.counts == std::vector<std::uint64_t>{11, 22, 33});
  CHECK(its.sum == 110);
  CHECK(all.left_out() == 1);
}

TEST_CASE("what is not valid, or of another type, is left out and counted") {
  metric_set all;
  all.counter("no_ending", "", 1);
  all.gauge("a_total", "", 1);
  all.gauge("1a", "", 1);
  all.gauge("", "", 1);
  all.gauge("a b", "", 1);
  all.gauge("a", "", 1, {{"le", "x"}});
  all.gauge("a", "", 1, {{"b", "1"}, {"b", "2"}});
  all.gauge("a", "", 1, {{"__b", "1"}});
  all.histogram("a", "", {{1}, {1}, 0});
  all.histogram("h", "", {{2, 1}, {1, 1, 1}, 0});
  CHECK(all.left_out() == 10);
  all.gauge("b", "", 1);
  all.histogram("b", "", {{}, {1}, 0});
  CHECK(all.left_out() == 11);
}

TEST_CASE("values beyond the limit are left out and counted") {
  metric_set all;
  for (std::size_t i = 0; i < metric_set::most_values + 3; ++i)
    all.gauge("a", "", 1, {{"b", std::to_string(i)}});
  CHECK(all.left_out() == 3);
  CHECK(all.families().at("a").values.size() == metric_set::most_values);
}
