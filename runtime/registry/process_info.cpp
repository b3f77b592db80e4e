// Asks a process about itself: with a signal that it answers on arrival.
#include "process_info.hpp"

#include "../address/local_only.hpp"
#include "../address/name_at.hpp"
#include "../address/name_table.hpp"
#include "../process/node.hpp"
#include "../process/process_block.hpp"
#include "../process/shard.hpp"
#include "../server/thread_process.hpp"

#include <algorithm>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace websock::runtime {

namespace {

using when_known = std::function<void(std::optional<process_info>)>;
using when_listed = std::function<void(std::vector<pid>)>;

[[nodiscard]] std::string name_of(const std::type_info& type) {
  std::string name;
  detail::print_type(name, type);
  return name;
}

/// The values of a table, ordered by reference.
template <class Table>
[[nodiscard]] auto by_age(const Table& table) {
  using entry = std::pair<reference, const typename Table::mapped_type*>;
  std::vector<entry> sorted;
  for (const auto& [ref, value] : table)
    sorted.emplace_back(ref, &value);
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

[[nodiscard]] process_status status_of(const detail::process_block& who) {
  if (who.is_ending())
    return process_status::exiting;
  if (who.is_running())
    return process_status::running;
  if (who.is_suspended())
    return process_status::suspended;
  return who.is_scheduled() ? process_status::runnable : process_status::waiting;
}

[[nodiscard]] process_info::monitored
monitor_of(const detail::relations::monitored& watched) {
  auto name = watched.name_or_empty();
  return {watched.who, std::move(name.name), std::move(name.node)};
}

void add_ties(process_info& found, const detail::relations& ties) {
  for (const auto& [who, nothing] : ties.links)
    found.links.push_back(who);
  std::sort(found.links.begin(), found.links.end());
  for (const auto& [ref, watched] : by_age(ties.monitors))
    found.monitors.push_back(monitor_of(*watched));
  for (const auto& [ref, watcher] : by_age(ties.watchers))
    found.monitored_by.push_back(watcher->who);
}

[[nodiscard]] process_info look_at(detail::process_block& who) {
  who.shard().topics().settle();
  process_info found;
  found.who = who.pid();
  found.registered_name = who.node().names().name_of(found.who);
  if (const auto* body = who.body()) {
    found.initial_behaviour = name_of(typeid(*body));
    found.current_behaviour = name_of(detail::process_block::type_of(*body));
  }
  found.status = status_of(who);
  found.parent = who.parent();
  found.shard = who.shard().index();
  found.message_queue_len = who.messages().size();
  found.messages_handled = who.messages_handled();
  found.message_queue_bytes = who.messages().bytes();
  found.messages_dropped = who.messages().dropped();
  found.traps_exit = who.traps_exit();
  if (const auto* ties = who.existing_ties())
    add_ties(found, *ties);
  return found;
}

/// Answered on arrival.
class info_request final : public detail::signal {
public:
  explicit info_request(when_known then)
      : signal(detail::signal_kind::control), then_(std::move(then)) {}
  void handle(detail::process_block& target) override {
    const std::unique_ptr<info_request> own(this);
    then_(look_at(target));
  }
  void dispose() noexcept override {
    const std::unique_ptr<info_request> own(this);
    then_(std::nullopt);
  }

private:
  const when_known then_;
};

void inspect(const pid& who, when_known then) {
  detail::check_local("process_info", who);
  auto* block = detail::find_block(who);
  if (block == nullptr || !block->is_alive())
    then(std::nullopt); // its shard may have stopped and would never answer
  else
    detail::deliver(*block, new info_request(std::move(then)));
}

/// The answers so far. Every shard owns a share until it has answered or ended.
class gathering {
public:
  gathering(const node& owner, when_listed then) : node_(owner), then_(std::move(then)) {}
  gathering(const gathering&) = delete;
  gathering& operator=(const gathering&) = delete;
  ~gathering() {
    std::sort(found_.begin(), found_.end());
    try {
      then_(std::move(found_));
    } catch (...) { // no memory for a message
      node_.log_thrown("a list of processes is not sent");
    }
  }
  void add(const std::vector<pid>& some) {
    const std::lock_guard lock(mutex_);
    found_.insert(found_.end(), some.begin(), some.end());
  }

private:
  const node& node_;
  std::mutex mutex_; // each shard takes it once
  std::vector<pid> found_;
  const when_listed then_;
};

void list_processes(node& owner, when_listed then) {
  const auto all = std::make_shared<gathering>(owner, std::move(then));
  for (std::size_t i = 0; i < owner.shard_count(); ++i)
    owner.shard_at(i).post([all](const shard& each) { all->add(each.processes()); });
}

void refuse_to_block_a_shard(node& owner, const char* function) {
  for (std::size_t i = 0; i < owner.shard_count(); ++i)
    if (owner.shard_at(i).is_current())
      throw std::logic_error(std::string(function)
                             + " waits and was called from a process: ask with request_"
                             + function + " there");
}

/// Waits for the value that `ask` passes to its callback.
template <class T, class Ask>
[[nodiscard]] T wait_for(Ask ask) {
  const auto answer = std::make_shared<std::promise<T>>();
  ask([answer](T value) { answer->set_value(std::move(value)); });
  return answer->get_future().get();
}

/// The same for a thread that has a mailbox.
template <class T, class Ask>
[[nodiscard]] T wait_for(thread_process& self, Ask ask) {
  struct answer {
    T value;
  };
  ask([target = self.pid()](T value) {
    detail::send_kept(target, answer{std::move(value)});
  });
  auto found = self.receive(infinity, [](const answer& reply) { return reply.value; });
  if (!found)
    self.throw_ended();
  return *std::move(found);
}

[[nodiscard]] std::string text_of(const pid& who) {
  return to_string(who);
}

[[nodiscard]] std::string text_of(const process_info::monitored& monitor) {
  if (!monitor.node.empty())
    return to_string(name_at{monitor.name, monitor.node});
  return monitor.name.empty() ? to_string(monitor.who) : '"' + monitor.name + '"';
}

template <class T>
void print_list(std::string& out, std::string_view label, const std::vector<T>& values) {
  if (values.empty())
    return;
  out += "\n  ";
  out += label;
  for (const T& each : values)
    out += ' ' + text_of(each);
}

} // namespace

std::string_view to_string(process_status status) noexcept {
  switch (status) {
  case process_status::waiting:
    return "waiting";
  case process_status::runnable:
    return "runnable";
  case process_status::running:
    return "running";
  case process_status::suspended:
    return "suspended";
  case process_status::exiting:
    return "exiting";
  }
  return "unknown";
}

std::string to_string(const process_info& info) {
  std::string text = to_string(info.who);
  if (!info.registered_name.empty())
    text += " \"" + info.registered_name + '"';
  text += ' ' + info.initial_behaviour;
  if (info.current_behaviour != info.initial_behaviour)
    text += " (" + info.current_behaviour + ')';
  text += ": ";
  text += to_string(info.status);
  text += "\n  " + std::to_string(info.message_queue_len) + " messages wait, ";
  if (info.message_queue_bytes != 0)
    text += std::to_string(info.message_queue_bytes) + " bytes, ";
  text += std::to_string(info.messages_handled) + " handled, shard "
          + std::to_string(info.shard);
  if (info.messages_dropped != 0)
    text += ", " + std::to_string(info.messages_dropped) + " dropped";
  if (info.traps_exit)
    text += ", traps exits";
  if (info.parent)
    text += "\n  parent " + to_string(info.parent);
  print_list(text, "links", info.links);
  print_list(text, "monitors", info.monitors);
  print_list(text, "monitored by", info.monitored_by);
  return text;
}

process_info info(process& self) {
  return look_at(detail::block_of(self));
}

reference request_info(process& self, const pid& who) {
  const auto id = self.shard().make_reference();
  inspect(who, [id, target = self.pid()](std::optional<process_info> found) {
    detail::send_kept(target, process_info_answer{id, std::move(found)});
  });
  return id;
}

std::optional<process_info> info(const pid& who) {
  if (auto* block = detail::find_block(who))
    refuse_to_block_a_shard(block->node(), "info");
  return wait_for<std::optional<process_info>>(
      [&](auto then) { inspect(who, std::move(then)); });
}

std::optional<process_info> info(thread_process& self, const pid& who) {
  return wait_for<std::optional<process_info>>(
      self, [&](auto then) { inspect(who, std::move(then)); });
}

reference request_processes(process& self) {
  const auto id = self.shard().make_reference();
  list_processes(self.node(), [id, target = self.pid()](std::vector<pid> found) {
    detail::send_kept(target, process_list_answer{id, std::move(found)});
  });
  return id;
}

std::vector<pid> processes(node& owner) {
  refuse_to_block_a_shard(owner, "processes");
  return wait_for<std::vector<pid>>(
      [&](auto then) { list_processes(owner, std::move(then)); });
}

std::vector<pid> processes(thread_process& self) {
  return wait_for<std::vector<pid>>(
      self, [&](auto then) { list_processes(self.node(), std::move(then)); });
}

} // namespace websock::runtime
