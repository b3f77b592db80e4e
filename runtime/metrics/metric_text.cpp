// Writing the two formats: they differ in the names of counters, units and the end.
#include "metric_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <utility>

namespace websock::runtime {

namespace {

constexpr std::string_view total = "_total";
constexpr double exact = 9'007'199'254'740'992; // 2^53: integers up to it are exact

void append_escaped(std::string& out, std::string_view text, bool with_quotes) {
  for (const char c : text)
    if (c == '\n')
      out += "\\n";
    else if (c == '\\' || (with_quotes && c == '"'))
      (out += '\\') += c;
    else
      out += c;
}

void append_number(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::isinf(value)) {
    out += value < 0 ? "-Inf" : "+Inf";
    return;
  }
  std::array<char, 32> digits{};
  auto* const end = digits.data() + digits.size();
  const bool is_whole = std::trunc(value) == value && std::abs(value) <= exact;
  const auto written =
      is_whole ? std::to_chars(digits.data(), end, static_cast<std::int64_t>(value))
               : std::to_chars(digits.data(), end, value);
  out.append(digits.data(), written.ptr);
}

// OpenMetrics wants bounds as floats: 1.0.
[[nodiscard]] std::string bound_text(double bound) {
  std::string text;
  append_number(text, bound);
  if (text.find_first_of(".eIN") == std::string::npos)
    text += ".0";
  return text;
}

/// One family, in one of the formats.
class family_writer {
public:
  family_writer(std::string& out, metric_format format, std::string_view name,
                const metric_family& family)
      : out_(out), format_(format), base_(name), family_(family) {
    if (is_open() && family.type == metric_type::counter)
      base_.remove_suffix(total.size());
  }

  void write() {
    comment("HELP");
    append_escaped(out_, family_.help, is_open());
    out_ += '\n';
    comment("TYPE");
    out_ += type_name();
    out_ += '\n';
    if (const auto unit = its_unit(); is_open() && !unit.empty()) {
      comment("UNIT");
      out_ += unit;
      out_ += '\n';
    }
    for (const auto& [labels, its] : family_.values)
      if (const auto* values = std::get_if<histogram_values>(&its))
        buckets(labels, *values);
      else
        line(is_open() && family_.type == metric_type::counter ? total : "", labels, {},
             std::get<double>(its));
  }

private:
  [[nodiscard]] bool is_open() const noexcept {
    return format_ == metric_format::openmetrics;
  }
  [[nodiscard]] std::string_view type_name() const noexcept {
    switch (family_.type) {
    case metric_type::counter:
      return "counter";
    case metric_type::gauge:
      return "gauge";
    case metric_type::histogram:
      break;
    }
    return "histogram";
  }
  // The last part of the name, where that is a unit.
  [[nodiscard]] std::string_view its_unit() const noexcept {
    for (const std::string_view unit : {"seconds", "bytes"})
      if (base_.ends_with(unit) && base_.size() > unit.size()
          && base_[base_.size() - unit.size() - 1] == '_')
        return unit;
    return {};
  }
  void comment(std::string_view what) {
    out_ += "# ";
    out_ += what;
    out_ += ' ';
    out_ += base_;
    out_ += ' ';
  }
  void buckets(const metric_labels& labels, const histogram_values& values) {
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i < values.counts.size(); ++i) {
      so_far += values.counts[i];
      line("_bucket", labels,
           i < values.bounds.size() ? bound_text(values.bounds[i]) : "+Inf",
           static_cast<double>(so_far));
    }
    line("_sum", labels, {}, values.sum);
    line("_count", labels, {}, static_cast<double>(so_far));
  }
  void label(std::string_view name, std::string_view value) {
    out_ += name;
    out_ += "=\"";
    append_escaped(out_, value, true);
    out_ += "\",";
  }
  void line(std::string_view suffix, const metric_labels& labels, std::string_view bound,
            double value) {
    out_ += base_;
    out_ += suffix;
    if (!labels.empty() || !bound.empty()) {
      out_ += '{';
      for (const auto& [name, its] : labels)
        label(name, its);
      if (!bound.empty())
        label("le", bound);
      out_.back() = '}'; // in place of the comma
    }
    out_ += ' ';
    append_number(out_, value);
    out_ += '\n';
  }

  std::string& out_;
  const metric_format format_;
  std::string_view base_;
  const metric_family& family_;
};

} // namespace

std::string to_text(const metric_set& metrics, metric_format format) {
  std::string out;
  for (const auto& [name, family] : metrics.families())
    family_writer(out, format, name, family).write();
  if (format == metric_format::openmetrics)
    out += "# EOF\n";
  return out;
}

std::string_view content_type(metric_format format) noexcept {
  return format == metric_format::openmetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

} // namespace websock::runtime
