// The two formats, literally.
#include "websock/runtime/metrics/metric_text.hpp"

#include "tests/catch.hpp"

#include <cmath>
#include <limits>
#include <string>

namespace runtime = websock::runtime;

using runtime::metric_format;
using runtime::metric_set;
using runtime::to_text;

TEST_CASE("a counter has its help and type before its values, and loses its ending in "
          "OpenMetrics") {
  metric_set all;
  all.counter("shop_orders_total", "Orders", 3, {{"kind", "book"}});
  all.counter("shop_orders_total", "Orders", 4, {{"kind", "film"}});
  CHECK(to_text(all, metric_format::prometheus)
        == "# HELP shop_orders_total Orders\n"
           "# TYPE shop_orders_total counter\n"
           "shop_orders_total{kind=\"book\"} 3\n"
           "shop_orders_total{kind=\"film\"} 4\n");
  CHECK(to_text(all, metric_format::openmetrics)
        == "# HELP shop_orders Orders\n"
           "# TYPE shop_orders counter\n"
           "shop_orders_total{kind=\"book\"} 3\n"
           "shop_orders_total{kind=\"film\"} 4\n"
           "# EOF\n");
}

TEST_CASE("backslashes, quotes and ends of lines are escaped in labels and in help") {
  metric_set all;
  all.gauge("a", "says \"\\\"\nthen stops", 1, {{"b", "\"\\\n"}});
  CHECK(to_text(all, metric_format::prometheus)
        == "# HELP a says \"\\\\\"\\nthen stops\n"
           "# TYPE a gauge\n"
           "a{b=\"\\\"\\\\\\n\"} 1\n");
  CHECK(to_text(all, metric_format::openmetrics)
            .starts_with("# HELP a says \\\"\\\\\\\"\\nthen stops\n"));
}

TEST_CASE("the buckets of a histogram add up to +Inf, and its sum and count follow") {
  metric_set all;
  all.histogram("wait_seconds", "Waits", {{0.25, 1}, {1, 2, 4}, 12.5}, {{"at", "x"}});
  CHECK(to_text(all, metric_format::prometheus)
        == "# HELP wait_seconds Waits\n"
           "# TYPE wait_seconds histogram\n"
           "wait_seconds_bucket{at=\"x\",le=\"0.25\"} 1\n"
           "wait_seconds_bucket{at=\"x\",le=\"1.0\"} 3\n"
           "wait_seconds_bucket{at=\"x\",le=\"+Inf\"} 7\n"
           "wait_seconds_sum{at=\"x\"} 12.5\n"
           "wait_seconds_count{at=\"x\"} 7\n");
}

TEST_CASE("OpenMetrics names the unit that a name ends with") {
  metric_set all;
  all.counter("sent_bytes_total", "Octets", 1);
  all.gauge("seconds", "No unit of anything", 1);
  CHECK(to_text(all, metric_format::openmetrics)
        == "# HELP seconds No unit of anything\n"
           "# TYPE seconds gauge\n"
           "seconds 1\n"
           "# HELP sent_bytes Octets\n"
           "# TYPE sent_bytes counter\n"
           "# UNIT sent_bytes bytes\n"
           "sent_bytes_total 1\n"
           "# EOF\n");
}

TEST_CASE("whole numbers are written in full, and what is no number has a name") {
  metric_set all;
  all.gauge("a", "", 9'007'199'254'740'992.0);
  all.gauge("b", "", 0.1);
  all.gauge("c", "", std::numeric_limits<double>::infinity());
  all.gauge("d", "", -std::numeric_limits<double>::infinity());
  all.gauge("e", "", std::nan(""));
  all.gauge("f", "", -2);
  const auto text = to_text(all, metric_format::prometheus);
  for (const std::string line :
       {"a 9007199254740992\n", "b 0.1\n", "c +Inf\n", "d -Inf\n", "e NaN\n", "f -2\n"})
    CHECK(text.find("gauge\n" + line) != std::string::npos);
}

TEST_CASE("no metrics are an empty text, or only its end") {
  CHECK(to_text({}, metric_format::prometheus).empty());
  CHECK(to_text({}, metric_format::openmetrics) == "# EOF\n");
}
