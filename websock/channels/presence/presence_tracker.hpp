// The process that stands for the presence of its node: knows which other nodes
// are connected, and tells of changes, to them and to those who follow topics here.
#pragma once

#include "websock/channels/presence/presence_speaker.hpp"
#include "websock/channels/presence/presence_table.hpp"
#include "websock/runtime/behaviour/behaviour.hpp"
#include "websock/runtime/process/process.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace websock::channels {

/// What has changed within one turn of it is told together: one diff for each topic.
class presence_tracker final : public runtime::behaviour {
public:
  /// To begin. `ear` has the name; neither outlives the other.
  struct begin {
    runtime::pid ear;
  };

  explicit presence_tracker(std::shared_ptr<presence_table> table)
      : table_(std::move(table)) {}

private:
  struct tick {};
  struct speaker {
    runtime::pid process;
    speaker_wake is_woken;
  };

  void on_start() override { self().trap_exit(true); }
  void on_message(runtime::term message) override;
  void on_end_of_turn() override;
  void on_exit(const runtime::exit_reason& why) noexcept override;

  void start(const begin& with);
  void beat();
  void heard_exit(const runtime::exit_signal& signal);
  void publish(const presence_table::published& news);
  void call_handle_metas(const presence_table::published& news);
  [[nodiscard]] std::string with_fetch(const std::string& topic, std::string presences);
  void wake_speakers();
  void say_farewell();

  const std::shared_ptr<presence_table> table_;
  runtime::pid ear_;
  std::map<std::string, speaker> speakers_;
};

} // namespace websock::channels
