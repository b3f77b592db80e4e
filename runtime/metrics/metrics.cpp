// Instruments and sources of a node, and reading them.
#include "metrics.hpp"

#include "../address/send.hpp"
#include "../process/node.hpp"
#include "../process/process.hpp"
#include "../process/shard.hpp"
#include "shard_metrics.hpp"

#include <algorithm>
#include <future>
#include <stdexcept>

namespace websock::runtime {

/// What has been given so far. Every shard owns a share until it has given its part.
class metrics::gathering {
public:
  gathering(const node& owner, std::function<void(metric_set)> then)
      : owner_(owner), then_(std::move(then)) {}
  gathering(const gathering&) = delete;
  gathering& operator=(const gathering&) = delete;
  ~gathering() {
    try {
      all_.counter("websock_metrics_left_out_total",
                   "Values for which there was no room, or that were not valid",
                   static_cast<double>(all_.left_out()));
      then_(std::move(all_));
    } catch (...) {
      owner_.log_thrown("metrics are not sent");
    }
  }
  void add(metric_set some) {
    const std::lock_guard lock(mutex_);
    all_.add(std::move(some));
  }

private:
  const node& owner_;
  std::mutex mutex_; // each shard takes it once
  metric_set all_;
  const std::function<void(metric_set)> then_;
};

namespace {

void give_instrument(metric_set& into, const std::string& name, const std::string& help,
                     const metric_labels& labels, const metric_counter& its) {
  into.counter(name, help, static_cast<double>(its.value()), labels);
}
void give_instrument(metric_set& into, const std::string& name, const std::string& help,
                     const metric_labels& labels, const metric_gauge& its) {
  into.gauge(name, help, its.value(), labels);
}
void give_instrument(metric_set& into, const std::string& name, const std::string& help,
                     const metric_labels& labels, const metric_histogram& its) {
  into.histogram(name, help, its.values(), labels);
}

} // namespace

template <class Instrument, class Make>
std::shared_ptr<Instrument> metrics::find(std::string name, std::string help,
                                          metric_type type, metric_labels labels,
                                          Make make) {
  if (!is_metric_name(name, type) || !are_metric_labels(labels))
    throw std::invalid_argument("metric " + name + ": its name or a label is not valid");
  const std::lock_guard lock(mutex_);
  auto its = families_.find(name);
  if (its != families_.end() && its->second.type != type)
    throw std::invalid_argument("metric " + name + ": there is one of another type");
  if (its != families_.end())
    if (const auto known = its->second.series.find(labels);
        known != its->second.series.end())
      return std::get<std::shared_ptr<Instrument>>(known->second);
  if (series_ == most_series)
    throw std::length_error("metric " + name + ": there are "
                            + std::to_string(most_series) + " series");
  auto made = make();
  if (its == families_.end())
    its = families_.emplace(std::move(name), family{std::move(help), type, {}}).first;
  its->second.series.emplace(std::move(labels), made);
  ++series_;
  return made;
}

std::shared_ptr<metric_counter> metrics::counter(std::string name, std::string help,
                                                 metric_labels labels) {
  return find<metric_counter>(std::move(name), std::move(help), metric_type::counter,
                              std::move(labels),
                              [&] { return std::make_shared<metric_counter>(owner_); });
}

std::shared_ptr<metric_gauge> metrics::gauge(std::string name, std::string help,
                                             metric_labels labels) {
  return find<metric_gauge>(std::move(name), std::move(help), metric_type::gauge,
                            std::move(labels),
                            [] { return std::make_shared<metric_gauge>(); });
}

std::shared_ptr<metric_histogram> metrics::histogram(std::string name, std::string help,
                                                     std::vector<double> bounds,
                                                     metric_labels labels) {
  const auto wanted = bounds;
  const auto shown = name;
  auto found = find<metric_histogram>(
      std::move(name), std::move(help), metric_type::histogram, std::move(labels),
      [&] { return std::make_shared<metric_histogram>(owner_, std::move(bounds)); });
  if (found->bounds() != wanted)
    throw std::invalid_argument("metric " + shown + ": there is one with other bounds");
  return found;
}

void metrics::add_source(std::string id, source give) {
  auto made = std::make_shared<named_source>();
  made->id = std::move(id);
  made->give = std::move(give);
  const std::lock_guard lock(mutex_);
  for (const auto& each : sources_)
    if (each->id == made->id)
      throw std::invalid_argument("metrics: there is a source " + made->id);
  sources_.push_back(std::move(made));
}

void metrics::add_shard_source(std::string id, shard_source give) {
  auto made = std::make_shared<const named_shard_source>(
      named_shard_source{std::move(id), std::move(give)});
  const std::lock_guard lock(mutex_);
  for (const auto& each : shard_sources_)
    if (each->id == made->id)
      throw std::invalid_argument("metrics: there is a source " + made->id);
  shard_sources_.push_back(std::move(made));
}

bool metrics::remove_source(std::string_view id) {
  std::shared_ptr<named_source> removed;
  {
    const std::lock_guard lock(mutex_);
    const auto its = std::find_if(sources_.begin(), sources_.end(),
                                  [id](const auto& each) { return each->id == id; });
    if (its == sources_.end())
      return false;
    removed = std::move(*its);
    sources_.erase(its);
  }
  const std::lock_guard until_it_is_done(removed->mutex);
  removed->give = {};
  return true;
}

std::vector<std::shared_ptr<metrics::named_source>> metrics::sources() const {
  const std::lock_guard lock(mutex_);
  return sources_;
}

void metrics::ask(named_source& each, metric_set& into) const noexcept {
  try {
    const std::lock_guard lock(each.mutex);
    if (each.give)
      each.give(into);
  } catch (...) {
    owner_.log_thrown("a source of metrics");
  }
}

metric_set metrics::instruments() const {
  metric_set all;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, its] : families_)
    for (const auto& [labels, one] : its.series) {
      const auto give = [&, &title = name, &about = its,
                         &with = labels](const auto& its_own) {
        give_instrument(all, title, about.help, with, *its_own);
      };
      std::visit(give, one);
    }
  return all;
}

void metrics::collect(std::function<void(metric_set)> then) {
  const auto all = std::make_shared<gathering>(owner_, std::move(then));
  metric_set ours = instruments();
  detail::add_node_metrics(owner_, ours);
  for (const auto& each : sources())
    ask(*each, ours);
  all->add(std::move(ours));
  std::vector<std::shared_ptr<const named_shard_source>> asked;
  {
    const std::lock_guard lock(mutex_);
    asked = shard_sources_;
  }
  for (std::size_t i = 0; i < owner_.shard_count(); ++i) {
    auto& home = owner_.shard_at(i);
    home.post([all, asked, since = home.read_clock()](shard& here) {
      metric_set its;
      detail::add_shard_metrics(here, since, its);
      for (const auto& each : asked)
        here.guarded("a source of metrics", [&] { each->give(here, its); });
      all->add(std::move(its));
    });
  }
}

std::string metrics_text(node& owner, metric_format format) {
  if (owner.runs_here())
    throw std::logic_error("metrics_text waits and was called on a shard: ask with "
                           "request_metrics there");
  const auto answer = std::make_shared<std::promise<std::string>>();
  auto text = answer->get_future();
  metrics_of(owner).collect([answer, format](const metric_set& all) {
    answer->set_value(to_text(all, format));
  });
  return text.get();
}

reference request_metrics(process& self, metric_format format) {
  const auto id = self.shard().make_reference();
  metrics_of(self.node())
      .collect([id, format, target = self.pid()](const metric_set& all) {
        detail::send_kept(target, metrics_answer{id, to_text(all, format)});
      });
  return id;
}

} // namespace websock::runtime
