// One connection of a person in one room: the topic "room:NAME".
#pragma once

#include "websock/channels.hpp"

#include "examples/chat/archive.hpp"
#include "examples/chat/house.hpp"
#include "examples/chat/person.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace chat {

class room final : public websock::channel {
public:
  explicit room(house* in) : house_(in) {}

private:
  struct has_joined {};

  websock::join_result join(std::string_view topic, const payload& params) override;
  websock::channel_result handle_in(std::string_view event, const payload& in) override;
  websock::channel_result handle_info(websock::runtime::term info) override;

  [[nodiscard]] json welcome(const excerpt& said) const;
  websock::channel_result enter();
  websock::channel_result say(const payload& in);
  websock::channel_result type();
  [[nodiscard]] const person& who() const { return socket<person>(); }
  /// Empty when the archive does not answer.
  template <class Answer, class Question>
  websock::runtime::waiting<std::optional<Answer>> ask(Question about);

  house* const house_;
  std::string name_;
  std::uint64_t seen_ = 0; // the number of the last line in the answer to the join
  websock::runtime::time_point typed_{};
};

} // namespace chat
